"""Values as the columns hold them: JSON for what is only ever read whole."""

from typing import Any

import msgspec

from app.domain.attachments import Attachment, PictureAttachment
from app.domain.chat import Effort, Part, Role, Sampling, Timings, Usage
from app.domain.kept_chat import ChatInfo, ChatMessage, ChatSettings, MessageState


class _Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of a message, beside its words."""

    effort: Effort | None = None
    model: str = ""
    is_edited: bool = False
    seed: int | None = None
    sampling: Sampling | None = None
    usage: Usage | None = None
    timings: Timings | None = None
    thought_s: float = 0.0


_FACT_NAMES = _Facts.__struct_fields__
_PARTS = msgspec.json.Decoder(tuple[Part, ...])
_FACTS = msgspec.json.Decoder(_Facts)
_ATTACHMENT: msgspec.json.Decoder[Attachment] = msgspec.json.Decoder(Attachment)
_SETTINGS = msgspec.json.Decoder(ChatSettings)

INFO_COLUMNS = (
    "chat_id, key, title, is_named, folder, is_pinned, created_ms, used_ms, used_order, "
    "trashed_ms, leaf_id, reads_after, settings"
)
MESSAGE_COLUMNS = "message_id, parent_id, role, state, created_ms, parts, facts"


def encode(value: object) -> str:
    """Write a value as a column holds it."""
    return msgspec.json.encode(value).decode()


def info_row(info: ChatInfo) -> tuple[Any, ...]:
    """The columns of `INFO_COLUMNS`."""
    return (
        info.chat_id,
        info.key,
        info.title,
        info.is_named,
        info.folder,
        info.is_pinned,
        info.created_ms,
        info.used_ms,
        info.used_order,
        info.trashed_ms,
        info.leaf_id,
        info.reads_after,
        encode(info.settings),
    )


def info_of(row: tuple[Any, ...]) -> ChatInfo:
    """Read the columns of `INFO_COLUMNS`."""
    return ChatInfo(
        chat_id=row[0],
        key=row[1],
        title=row[2],
        is_named=bool(row[3]),
        folder=row[4],
        is_pinned=bool(row[5]),
        created_ms=row[6],
        used_ms=row[7],
        used_order=row[8],
        trashed_ms=row[9],
        leaf_id=row[10],
        reads_after=row[11],
        settings=_SETTINGS.decode(row[12]),
    )


def message_row(message: ChatMessage) -> tuple[Any, ...]:
    """The columns of `MESSAGE_COLUMNS`."""
    facts = _Facts(**{name: getattr(message, name) for name in _FACT_NAMES})
    return (
        message.message_id,
        message.parent_id,
        message.role.value,
        message.state.value,
        message.created_ms,
        encode(message.parts),
        encode(facts),
    )


def message_of(row: tuple[Any, ...], attachments: tuple[Attachment, ...] = ()) -> ChatMessage:
    """Read the columns of `MESSAGE_COLUMNS`."""
    facts = _FACTS.decode(row[6])
    return ChatMessage(
        message_id=row[0],
        parent_id=row[1],
        role=Role(row[2]),
        state=MessageState(row[3]),
        created_ms=row[4],
        parts=_PARTS.decode(row[5]),
        attachments=attachments,
        **{name: getattr(facts, name) for name in _FACT_NAMES},
    )


def attachment_row(attachment: Attachment) -> tuple[str, int, str]:
    """sha256, size and facts; where its content lies is known by the sha256 alone."""
    source = attachment.source
    kept = msgspec.structs.replace(source, path="", data=b"")
    plain: Attachment = msgspec.structs.replace(attachment, source=kept)
    if isinstance(plain, PictureAttachment):
        plain = msgspec.structs.replace(plain, grid=None, picture=None)
    return source.sha256, source.size_bytes, encode(plain)


def attachment_of(facts: str, path: str) -> Attachment:
    """Read it; `path` is where its content lies now."""
    attachment: Attachment = _ATTACHMENT.decode(facts)
    source = msgspec.structs.replace(attachment.source, path=path)
    return msgspec.structs.replace(attachment, source=source)


def settings_of(column: str) -> ChatSettings:
    """Read settings."""
    return _SETTINGS.decode(column)
