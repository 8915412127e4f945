"""Conversations written as the usual chat APIs write them, read strictly."""

import pathlib
from collections.abc import Iterator
from typing import Any

import msgspec

from app.domain.chat import Message, Role
from app.domain.errors import AppError, BadMessages


class _TextPart(msgspec.Struct, forbid_unknown_fields=True, tag="text", tag_field="type"):
    text: str


class _Turn(msgspec.Struct, forbid_unknown_fields=True):
    role: Role
    content: str | list[_TextPart]


class _Wrapped(msgspec.Struct):
    messages: list[_Turn]


def parse_messages(data: bytes) -> tuple[Message, ...]:
    """Read one conversation: a JSON list of messages, or an object with a ``messages`` key.

    Raises:
        BadMessages: It is not JSON, not of that shape, or empty.
    """
    shape: Any = _Wrapped if data.lstrip().startswith(b"{") else list[_Turn]
    try:
        decoded = msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadMessages(reason=str(error)) from None
    turns: list[_Turn] = decoded.messages if isinstance(decoded, _Wrapped) else decoded
    if not turns:
        raise BadMessages(reason="there is no message")
    return tuple(Message(turn.role, _text_of(turn.content)) for turn in turns)


def read_conversations(path: pathlib.Path) -> Iterator[tuple[Message, ...] | AppError]:
    """Read a file: one conversation in ``.json``, one per line in ``.jsonl``.

    Yields:
        Each conversation; in a ``.jsonl`` the error of a refused line in its place.

    Raises:
        BadMessages: The file cannot be read, or a ``.json`` is refused.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadMessages(reason=f"“{path.name}” cannot be read ({error.strerror})") from None
    if path.suffix != ".jsonl":
        yield parse_messages(data)
        return
    for line in data.splitlines():
        if line.strip():
            try:
                yield parse_messages(line)
            except BadMessages as error:
                yield error


def _text_of(content: str | list[_TextPart]) -> str:
    return content if isinstance(content, str) else "".join(part.text for part in content)
