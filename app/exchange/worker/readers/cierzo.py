"""Chats that Cierzo exported, or that somebody wrote in its format.

`app.exchange.chat_file` is the schema. Of a stranger's file nothing else is certain: messages may
be in any order, words may be anything, and a chat that breaks the schema costs itself.
"""

from collections.abc import Iterator

import msgspec

from app.domain.attachments import DocumentPage, Source
from app.domain.chat import Role, TextPart, ThoughtPart
from app.domain.errors import ImportDamaged, ImportTooNew
from app.domain.kept_chat import KeptChat, MessageState
from app.domain.message_tree import MessageTree
from app.exchange.chat_file import (
    FORMAT,
    VERSION,
    FileChat,
    FileDocument,
    FileMessage,
    FilePicture,
    FileSettings,
    kept_chat,
)
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
_MOST_FOLDERS = 1000
_KEY_DIGITS = frozenset("0123456789abcdef")
_SHOWN = {Role.USER, Role.ASSISTANT}
# What was going on when it was exported goes on no more.
_ENDED = {
    MessageState.QUEUED: MessageState.UNANSWERED,
    MessageState.WORKING: MessageState.INTERRUPTED,
    MessageState.UNANSWERED: MessageState.INTERRUPTED,
}
_Attached = FilePicture | FileDocument


def is_mine(document: dict[str, msgspec.Raw]) -> bool:
    """Whether that is an export of ours."""
    try:
        return msgspec.json.decode(document.get("format", b""), type=str) == FORMAT
    except DECODING:
        return False


def folders(document: dict[str, msgspec.Raw]) -> list[str]:
    """The folders that a file names, also those that no chat is in."""
    try:
        names = decode_as(document.get("folders", msgspec.Raw(b"[]")), list[str])
    except DECODING:
        return []
    return [name for name in map(clean_line, names[:_MOST_FOLDERS]) if name]


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
            chat = decode_as(raw, FileChat)
        except DECODING:
            yield Why.BROKEN
        else:
            yield _kept(chat, _Attachments(keeper)) or Why.EMPTY


class _Attachments:
    """Hands the contents of a chat's attachments to the keeper and remembers where they are."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._sources: dict[str, Source] = {}

    def clean(self, attachment: _Attached) -> _Attached | None:
        """The same without its content; None where that cannot be had.

        A picture without its content can still be had, by its hash, where the chat came from.
        """
        name = clean_name(attachment.name) or "file"
        sha256 = _hash(attachment.sha256)
        if attachment.data:
            source = self._keeper.source(name, attachment.data)
            sha256 = source.sha256 if source else ""
            if source:
                self._sources[sha256] = source
        if isinstance(attachment, FileDocument):
            return _clean_document(attachment, name, sha256)
        if not sha256:
            self._keeper.missing += 1
            return None
        return msgspec.structs.replace(
            attachment,
            name=name,
            sha256=sha256,
            data=None,
            width_px=max(0, attachment.width_px),
            height_px=max(0, attachment.height_px),
        )

    def source_of(self, attachment: _Attached) -> Source:
        """Where the content of one is that was cleaned."""
        source = self._sources.get(attachment.sha256, Source(name="", sha256=attachment.sha256))
        return msgspec.structs.replace(source, name=attachment.name)


def _kept(chat: FileChat, attachments: _Attachments) -> KeptChat | None:
    found: dict[int, FileMessage] = {}
    for message in chat.messages:
        found.setdefault(message.id, message)
    numbers: dict[int | None, int | None] = {None: None}
    messages: list[FileMessage] = []
    for key, parent in _ordered(found):
        made = _message(found[key], attachments)
        # Without a word of an answer, what follows it follows its question.
        numbers[key] = len(messages) + 1 if made else numbers[parent]
        if made:
            number = len(messages) + 1
            messages.append(msgspec.structs.replace(made, id=number, parent=numbers[parent]))
    if not messages:
        return None
    clean = FileChat(
        key=_key(chat),
        title=clean_line(chat.title),
        is_named=chat.is_named,
        folder=clean_line(chat.folder),
        is_pinned=chat.is_pinned,
        created_ms=moment_ms(chat.created_ms),
        used_ms=moment_ms(chat.used_ms),
        reads_after=numbers.get(chat.reads_after),
        settings=_settings(chat.settings),
        messages=tuple(_settled(messages)),
    )
    kept = kept_chat(clean, attachments.source_of)
    leaf = MessageTree(kept.messages, numbers.get(chat.leaf)).path()[-1]
    return KeptChat(
        info=msgspec.structs.replace(kept.info, leaf_id=leaf.message_id), messages=kept.messages
    )


def _ordered(messages: dict[int, FileMessage]) -> list[tuple[int, int | None]]:
    """Every message behind the one it follows; in the order of the file where that is so there."""
    ordered = in_order({key: message.parent for key, message in messages.items()})
    place = {key: number for number, key in enumerate(messages)}
    if all(parent is None or place[parent] < place[key] for key, parent in ordered):
        ordered.sort(key=lambda linked: place[linked[0]])
    return ordered


def _key(chat: FileChat) -> str:
    key = chat.key.lower()
    if len(key) == 32 and _KEY_DIGITS.issuperset(key):
        return key
    return key_of(APP, f"{chat.key}/{chat.created_ms}/{chat.title}")


def _hash(sha256: str) -> str:
    sha256 = sha256.lower()
    return sha256 if len(sha256) == 64 and _KEY_DIGITS.issuperset(sha256) else ""


def _settings(settings: FileSettings) -> FileSettings:
    return msgspec.structs.replace(
        settings,
        preset=clean_line(settings.preset),
        system=clean_text(settings.system),
        model=clean_line(settings.model),
    )


def _settled(messages: list[FileMessage]) -> list[FileMessage]:
    """Have states fit to what is there: a question is answered by what follows it."""
    answered = {message.parent for message in messages if message.role is Role.ASSISTANT}
    return [
        msgspec.structs.replace(message, state=_state(message, answered)) for message in messages
    ]


def _state(message: FileMessage, answered: set[int | None]) -> MessageState:
    if message.role is Role.ASSISTANT:
        return _ENDED.get(message.state, message.state)
    return MessageState.DONE if message.id in answered else MessageState.UNANSWERED


def _message(message: FileMessage, attachments: _Attachments) -> FileMessage | None:
    """The same with tame words; None if there is nothing to show in it."""
    if message.role not in _SHOWN:
        return None
    parts = tuple(part for found in message.parts if (part := _part(found)))
    attached = tuple(made for a in message.attachments if (made := attachments.clean(a)))
    if not parts and not attached:
        return None
    return msgspec.structs.replace(
        message,
        parts=parts,
        attachments=attached,
        created_ms=moment_ms(message.created_ms),
        model=clean_line(message.model),
        thought_s=duration_s(message.thought_s),
    )


def _part(part: TextPart | ThoughtPart) -> TextPart | ThoughtPart | None:
    text = clean_text(part.text)
    return msgspec.structs.replace(part, text=text) if text.strip() else None


def _clean_document(document: FileDocument, name: str, sha256: str) -> FileDocument:
    pages = tuple(
        DocumentPage(label=clean_line(page.label), text=clean_text(page.text))
        for page in document.pages
    )
    chosen = document.chosen
    return msgspec.structs.replace(
        document,
        name=name,
        sha256=sha256,
        kind=clean_line(document.kind),
        pages=pages,
        chosen=None if chosen is None else tuple(p for p in chosen if 0 <= p < len(pages)),
        data=None,
    )
