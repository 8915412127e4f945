"""Our own file with chats: everything in them, but nothing of the PC they come from.

`docs/data-format.md` describes it for others. One JSON object, UTF-8; keys with their default
value are left out, unknown ones are skipped when it is read. Messages have ids that count from 1
in every chat, parents before their children.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from app.domain.attachments import (
    Attachment,
    Detail,
    DocumentAttachment,
    DocumentPage,
    PictureAttachment,
    Source,
)
from app.domain.chat import (
    Effort,
    PicturePart,
    Role,
    Sampling,
    TextPart,
    ThoughtPart,
    Timings,
    Usage,
)
from app.domain.kept_chat import ChatInfo, ChatMessage, ChatSettings, KeptChat, MessageState

FORMAT: Literal["cierzo-chats"] = "cierzo-chats"
VERSION = 1

# Gives the content of an attachment; None where it is not there or not wanted.
ReadSource = Callable[[Source], bytes | None]
# Says where the content of an attachment is now.
SourceOf = Callable[["FilePicture | FileDocument"], Source]


class FilePicture(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="picture"):
    """A picture; `data` is the content of its file as the person gave it, None where it is lost.

    Attributes:
        width_px: Of the upright picture, as is the height.
    """

    name: str
    sha256: str = ""
    detail: Detail = Detail.FULL
    width_px: int = 0
    height_px: int = 0
    data: bytes | None = None


class FileDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="document"):
    """A document: what was read of it, and the content of its file where that is there."""

    name: str
    sha256: str = ""
    kind: str = ""
    pages: tuple[DocumentPage, ...] = ()
    chosen: tuple[int, ...] | None = None
    data: bytes | None = None


class FileMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question or an answer; see `ChatMessage`."""

    id: int
    parent: int | None = None
    role: Role
    state: MessageState = MessageState.DONE
    created_ms: int = 0
    parts: tuple[TextPart | ThoughtPart, ...] = ()
    attachments: tuple[FilePicture | FileDocument, ...] = ()
    effort: Effort | None = None
    model: str = ""
    is_edited: bool = False
    seed: int | None = None
    sampling: Sampling | None = None
    usage: Usage | None = None
    timings: Timings | None = None
    thought_s: float = 0.0


class FileSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`ChatSettings` without the path of the model's file."""

    preset: str = ""
    system: str = ""
    effort: Effort | None = None
    model: str = ""
    temperature: float | None = None
    top_p: float | None = None
    thinking_tokens: int | None = None


class FileChatHead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A chat without its messages; see `ChatInfo`."""

    key: str = ""
    title: str = ""
    is_named: bool = False
    folder: str = ""
    is_pinned: bool = False
    created_ms: int = 0
    used_ms: int = 0
    leaf: int | None = None
    reads_after: int | None = None
    settings: FileSettings = FileSettings()


class FileChat(FileChatHead, frozen=True, kw_only=True, omit_defaults=True):
    """A chat with all variants of all its messages."""

    messages: tuple[FileMessage, ...] = ()


class ChatFile(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file.

    Attributes:
        app: The version that wrote it.
        folders: Names, in the person's order: those that chats of the file are in, and perhaps
            empty ones.
    """

    format: Literal["cierzo-chats"] = FORMAT
    version: int = VERSION
    exported_ms: int = 0
    app: str = ""
    folders: tuple[str, ...] = ()
    chats: tuple[FileChat, ...] = ()


def file_numbers(chat: KeptChat) -> dict[int, int]:
    """Number the messages of a chat for a file: their id -> their place, from 1."""
    return {m.message_id: number for number, m in enumerate(chat.messages, start=1)}


def file_head(info: ChatInfo, numbers: Mapping[int, int]) -> FileChatHead:
    """Put what is known of a chat into the file's form; `numbers` are those of its messages."""
    settings = info.settings
    return FileChatHead(
        key=info.key,
        title=info.title,
        is_named=info.is_named,
        folder=info.folder,
        is_pinned=info.is_pinned,
        created_ms=info.created_ms,
        used_ms=info.used_ms,
        leaf=_number(info.leaf_id, numbers),
        reads_after=_number(info.reads_after, numbers),
        settings=FileSettings(
            preset=settings.preset,
            system=settings.system,
            effort=settings.effort,
            model=settings.model,
            temperature=settings.temperature,
            top_p=settings.top_p,
            thinking_tokens=settings.thinking_tokens,
        ),
    )


def file_message(
    message: ChatMessage,
    numbers: Mapping[int, int],
    *,
    read: ReadSource,
    has_thoughts: bool = True,
) -> FileMessage:
    """Put a message into the file's form; pixels that a model was shown are left out."""
    kinds = (TextPart, ThoughtPart) if has_thoughts else (TextPart,)
    return FileMessage(
        id=numbers[message.message_id],
        parent=_number(message.parent_id, numbers),
        role=message.role,
        state=message.state,
        created_ms=message.created_ms,
        parts=tuple(
            part
            for part in message.parts
            if not isinstance(part, PicturePart) and isinstance(part, kinds)
        ),
        attachments=tuple(_file_attachment(a, read(a.source)) for a in message.attachments),
        effort=message.effort,
        model=message.model,
        is_edited=message.is_edited,
        seed=message.seed,
        sampling=message.sampling,
        usage=message.usage,
        timings=message.timings,
        thought_s=message.thought_s,
    )


def kept_chat(chat: FileChat, source_of: SourceOf) -> KeptChat:
    """Make a chat of what a file says; its ids are those of the file, `chat_id` is 0.

    Raises:
        msgspec.ValidationError: Messages do not form a tree, or a page is chosen that is not there.
    """
    known: set[int] = set()
    for message in chat.messages:
        if message.id in known or not (message.parent is None or message.parent in known):
            raise msgspec.ValidationError("messages have to come after the one they follow")
        known.add(message.id)
    return KeptChat(
        info=ChatInfo(
            chat_id=0,
            key=chat.key,
            title=chat.title,
            is_named=chat.is_named,
            folder=chat.folder,
            is_pinned=chat.is_pinned,
            created_ms=chat.created_ms,
            used_ms=chat.used_ms,
            leaf_id=chat.leaf if chat.leaf in known else None,
            reads_after=chat.reads_after if chat.reads_after in known else None,
            settings=ChatSettings(**msgspec.structs.asdict(chat.settings)),
        ),
        messages=tuple(_kept_message(message, source_of) for message in chat.messages),
    )


def _number(message_id: int | None, numbers: Mapping[int, int]) -> int | None:
    return None if message_id is None else numbers.get(message_id)


def _file_attachment(attachment: Attachment, data: bytes | None) -> FilePicture | FileDocument:
    source = attachment.source
    if isinstance(attachment, PictureAttachment):
        return FilePicture(
            name=source.name,
            sha256=source.sha256,
            detail=attachment.detail,
            width_px=attachment.original_width_px,
            height_px=attachment.original_height_px,
            data=data,
        )
    return FileDocument(
        name=source.name,
        sha256=source.sha256,
        kind=attachment.kind,
        pages=attachment.pages,
        chosen=attachment.chosen,
        data=data,
    )


def _kept_message(message: FileMessage, source_of: SourceOf) -> ChatMessage:
    return ChatMessage(
        message_id=message.id,
        parent_id=message.parent,
        role=message.role,
        parts=message.parts,
        state=message.state,
        created_ms=message.created_ms,
        attachments=tuple(_kept_attachment(a, source_of(a)) for a in message.attachments),
        effort=message.effort,
        model=message.model,
        is_edited=message.is_edited,
        seed=message.seed,
        sampling=message.sampling,
        usage=message.usage,
        timings=message.timings,
        thought_s=message.thought_s,
    )


def _kept_attachment(attachment: FilePicture | FileDocument, source: Source) -> Attachment:
    if isinstance(attachment, FilePicture):
        return PictureAttachment(
            source=source,
            detail=attachment.detail,
            original_width_px=attachment.width_px,
            original_height_px=attachment.height_px,
        )
    pages = len(attachment.pages)
    if any(not 0 <= place < pages for place in attachment.chosen or ()):
        raise msgspec.ValidationError("a page is chosen that the document does not have")
    return DocumentAttachment(
        source=source, kind=attachment.kind, pages=attachment.pages, chosen=attachment.chosen
    )
