"""Values as the columns hold them: JSON for what is only ever read whole.

What is read raises `msgspec.DecodeError` where a column has something else in it.
"""

import pathlib
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from app.domain.attachments import Attachment, PictureAttachment, Source
from app.domain.chat import Effort, Part, Sampling, Timings, Usage
from app.domain.kept_chat import ChatInfo, ChatMessage, ChatSettings
from app.domain.well_formed import as_text, builtins_as_text


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


_Value = TypeVar("_Value")
_FACT_NAMES = _Facts.__struct_fields__
_PARTS = msgspec.json.Decoder(tuple[Part, ...])
_FACTS = msgspec.json.Decoder(_Facts)
_ATTACHMENT = msgspec.json.Decoder(Attachment)
_SETTINGS = msgspec.json.Decoder(ChatSettings)

INFO_COLUMNS = (
    "chat_id, key, title, is_named, folder, is_pinned, created_ms, used_ms, used_order, "
    "trashed_ms, leaf_id, reads_after, settings"
)
MESSAGE_COLUMNS = "message_id, parent_id, role, state, created_ms, parts, facts"
_INFO_NAMES = INFO_COLUMNS.split(", ")
_MESSAGE_NAMES = MESSAGE_COLUMNS.split(", ")[:-2]


def encode(value: object) -> str:
    """Write a value as a column holds it."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(builtins_as_text(msgspec.to_builtins(value))).decode()


def info_row(info: ChatInfo) -> tuple[Any, ...]:
    """The columns of `INFO_COLUMNS`."""
    return (
        info.chat_id,
        info.key,
        as_text(info.title),
        info.is_named,
        as_text(info.folder),
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
    values = dict(zip(_INFO_NAMES, row, strict=True))
    values["settings"] = settings_of(values["settings"])
    # SQLite knows no booleans, so numbers are taken for them.
    return msgspec.convert(values, ChatInfo, strict=False)


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
    *plain, parts, facts = row
    values = dict(zip(_MESSAGE_NAMES, plain, strict=True))
    values |= msgspec.structs.asdict(_decode(_FACTS, facts))
    values["parts"] = _decode(_PARTS, parts)
    values["attachments"] = attachments
    return msgspec.convert(values, ChatMessage)


def attachment_row(attachment: Attachment) -> tuple[str, int, str]:
    """sha256, size and facts; where its content lies is known by the sha256 alone."""
    source = attachment.source
    kept = msgspec.structs.replace(source, path="", data=b"")
    plain: Attachment = msgspec.structs.replace(attachment, source=kept)
    if isinstance(plain, PictureAttachment):
        plain = msgspec.structs.replace(plain, grid=None, picture=None)
    return source.sha256, source.size_bytes, encode(plain)


def attachment_of(facts: str, path_of: Callable[[str], pathlib.Path] | None = None) -> Attachment:
    """Read it; `path_of` knows where a content lies."""
    attachment: Attachment = _decode(_ATTACHMENT, facts)
    if path_of is None:
        return attachment
    path = str(path_of(attachment.source.sha256))
    source: Source = msgspec.structs.replace(attachment.source, path=path)
    found: Attachment = msgspec.structs.replace(attachment, source=source)
    return found


def settings_of(column: str) -> ChatSettings:
    """Read settings."""
    return _decode(_SETTINGS, column)


def _decode(decoder: msgspec.json.Decoder[_Value], column: object) -> _Value:
    if not isinstance(column, str):
        raise msgspec.DecodeError
    return decoder.decode(column)
