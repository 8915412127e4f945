"""Chats that Cierzo exported.

One JSON object with the names of its format and version and a list of chats. Values that are usual
may be missing, what is not known is passed over, and a later version is refused.
"""

from collections.abc import Iterator

import msgspec

from app.domain.attachments import (
    Attachment,
    Detail,
    DocumentAttachment,
    DocumentPage,
    PictureAttachment,
    Source,
)
from app.domain.chat import Effort, Part, Role, Sampling, TextPart, ThoughtPart, Timings, Usage
from app.domain.errors import ImportDamaged, ImportTooNew
from app.domain.kept_chat import ChatInfo, ChatMessage, ChatSettings, KeptChat, MessageState
from app.domain.message_tree import MessageTree
from app.exchange.reader_protocol import Why
from app.exchange.worker.reading.clean import (
    clean_line,
    clean_name,
    clean_text,
    duration_s,
    key_of,
    moment_ms,
)
from app.exchange.worker.reading.keep import Keeper
from app.exchange.worker.reading.loose import DECODING, decode_as
from app.exchange.worker.reading.order import in_order
from app.exchange.worker.reading.outcome import Outcome

APP = "Cierzo"
FORMAT = "cierzo-chats"
VERSION = 1
_KEY_DIGITS = frozenset("0123456789abcdef")
_SHOWN = {Role.USER, Role.ASSISTANT}
# What was going on when it was exported goes on no more.
_ENDED = {
    MessageState.QUEUED: MessageState.UNANSWERED,
    MessageState.WORKING: MessageState.INTERRUPTED,
    MessageState.UNANSWERED: MessageState.INTERRUPTED,
}


class _Part(msgspec.Struct):
    type: str
    text: str = ""
    closed: bool = True


class _Page(msgspec.Struct):
    text: str
    label: str = ""


class _Attachment(msgspec.Struct, kw_only=True):
    type: str
    name: str = ""
    sha256: str = ""
    data: bytes | None = None
    detail: Detail = Detail.FULL
    width_px: int = 0
    height_px: int = 0
    kind: str = ""
    pages: list[_Page] = []
    chosen: list[int] | None = None


class _Message(msgspec.Struct, kw_only=True):
    id: int
    parent: int | None = None
    role: Role
    state: MessageState = MessageState.DONE
    created_ms: float = 0
    parts: list[_Part] = []
    attachments: list[_Attachment] = []
    effort: Effort | None = None
    model: str = ""
    is_edited: bool = False
    seed: int | None = None
    sampling: Sampling | None = None
    usage: Usage | None = None
    timings: Timings | None = None
    thought_s: float = 0.0


class _Chat(msgspec.Struct, kw_only=True):
    key: str = ""
    title: str = ""
    is_named: bool = False
    folder: str = ""
    is_pinned: bool = False
    created_ms: float = 0
    used_ms: float = 0
    leaf: int | None = None
    reads_after: int | None = None
    settings: ChatSettings = ChatSettings()
    messages: list[_Message] = []


def is_mine(document: dict[str, msgspec.Raw]) -> bool:
    """Whether that is an export of ours."""
    try:
        return msgspec.json.decode(document.get("format", b""), type=str) == FORMAT
    except DECODING:
        return False


def read(document: dict[str, msgspec.Raw], name: str, keeper: Keeper) -> Iterator[Outcome]:
    """Read the chats of a file.

    Raises:
        ImportTooNew, ImportDamaged: As they say.
    """
    try:
        version = msgspec.json.decode(document.get("version", b""), type=int)
        chats = msgspec.json.decode(document.get("chats", b""), type=list[msgspec.Raw])
    except DECODING:
        raise ImportDamaged(name=name) from None
    if version > VERSION:
        raise ImportTooNew(name=name)
    for raw in chats:
        keeper.begin_chat()
        try:
            chat = decode_as(raw, _Chat)
        except DECODING:
            yield Why.BROKEN
        else:
            yield _kept(chat, keeper) or Why.EMPTY


def _kept(chat: _Chat, keeper: Keeper) -> KeptChat | None:
    found: dict[int, _Message] = {}
    for message in chat.messages:
        found.setdefault(message.id, message)
    numbers: dict[int | None, int | None] = {None: None}
    messages: list[ChatMessage] = []
    for key, parent in in_order({key: message.parent for key, message in found.items()}):
        made = _message(found[key], keeper) if found[key].role in _SHOWN else None
        # Without a word of an answer, what follows it follows its question.
        numbers[key] = len(messages) + 1 if made else numbers[parent]
        if made:
            messages.append(
                msgspec.structs.replace(
                    made, message_id=len(messages) + 1, parent_id=numbers[parent]
                )
            )
    if not messages:
        return None
    messages = _settled(messages)
    path = MessageTree(messages, numbers.get(chat.leaf)).path()
    reads_after = numbers.get(chat.reads_after)
    is_on_path = reads_after in {message.message_id for message in path}
    return KeptChat(
        info=ChatInfo(
            chat_id=0,
            key=_key(chat),
            title=clean_line(chat.title),
            is_named=chat.is_named,
            folder=clean_line(chat.folder),
            is_pinned=chat.is_pinned,
            created_ms=moment_ms(chat.created_ms),
            used_ms=moment_ms(chat.used_ms),
            leaf_id=path[-1].message_id,
            reads_after=reads_after if is_on_path else None,
            settings=_settings(chat.settings),
        ),
        messages=tuple(messages),
    )


def _key(chat: _Chat) -> str:
    key = chat.key.lower()
    if len(key) == 32 and _KEY_DIGITS.issuperset(key):
        return key
    return key_of(APP, f"{chat.key}/{chat.created_ms}/{chat.title}")


def _settings(settings: ChatSettings) -> ChatSettings:
    return msgspec.structs.replace(
        settings,
        preset=clean_line(settings.preset),
        system=clean_text(settings.system),
        model=clean_line(settings.model),
        model_path="",
    )


def _settled(messages: list[ChatMessage]) -> list[ChatMessage]:
    """Have states fit to what is there: a question is answered by what follows it."""
    answered = {message.parent_id for message in messages if message.role is Role.ASSISTANT}
    return [
        msgspec.structs.replace(message, state=_state(message, answered)) for message in messages
    ]


def _state(message: ChatMessage, answered: set[int | None]) -> MessageState:
    if message.role is Role.ASSISTANT:
        return _ENDED.get(message.state, message.state)
    is_answered = message.message_id in answered
    return MessageState.DONE if is_answered else MessageState.UNANSWERED


def _message(message: _Message, keeper: Keeper) -> ChatMessage | None:
    """A message that has no number yet; None if nothing is in it."""
    parts = tuple(part for found in message.parts if (part := _part(found)))
    attachments = tuple(
        made for found in message.attachments if (made := _attachment(found, keeper))
    )
    if not parts and not attachments:
        return None
    return ChatMessage(
        message_id=0,
        role=message.role,
        parts=parts,
        state=message.state,
        created_ms=moment_ms(message.created_ms),
        attachments=attachments,
        effort=message.effort,
        model=clean_line(message.model),
        is_edited=message.is_edited,
        seed=message.seed,
        sampling=message.sampling,
        usage=message.usage,
        timings=message.timings,
        thought_s=duration_s(message.thought_s),
    )


def _part(part: _Part) -> Part | None:
    text = clean_text(part.text)
    if not text.strip():
        return None
    return ThoughtPart(text, part.closed) if part.type == "thought" else TextPart(text)


def _attachment(attachment: _Attachment, keeper: Keeper) -> Attachment | None:
    """A picture without its content can still be had, by its hash, where the chat came from."""
    name = clean_name(attachment.name) or "file"
    sha256 = attachment.sha256.lower()
    is_hash = len(sha256) == 64 and _KEY_DIGITS.issuperset(sha256)
    source: Source | None = Source(name=name, sha256=sha256 if is_hash else "")
    if attachment.data:
        source = keeper.source(name, attachment.data)
    if attachment.type == "document":
        return _document(attachment, source or Source(name=name))
    if attachment.type != "picture" or source is None or not source.sha256:
        keeper.missing += 1
        return None
    return PictureAttachment(
        source=source,
        detail=attachment.detail,
        original_width_px=max(0, attachment.width_px),
        original_height_px=max(0, attachment.height_px),
    )


def _document(attachment: _Attachment, source: Source) -> DocumentAttachment:
    pages = tuple(
        DocumentPage(label=clean_line(page.label), text=clean_text(page.text))
        for page in attachment.pages
    )
    chosen = attachment.chosen
    return DocumentAttachment(
        source=source,
        kind=clean_line(attachment.kind),
        pages=pages,
        chosen=None if chosen is None else tuple(p for p in chosen if 0 <= p < len(pages)),
    )
