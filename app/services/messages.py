"""Conversations written as the usual chat APIs write them, read strictly.

A picture in them is not opened here: its `Picture` names the file or holds the bytes as they were
written, and has no size yet (`app.services.pictures`).
"""

import base64
import binascii
import codecs
import json
import pathlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from app.domain.chat import (
    Conversation,
    Effort,
    Message,
    Part,
    Picture,
    PicturePart,
    Role,
    TextPart,
    ThoughtPart,
    Tool,
    ToolCall,
)
from app.domain.errors import AppError, BadMessages
from app.domain.undecodable import UNDECODABLE

_EFFORTS = {"none": Effort.FAST, "high": Effort.DEEP}


class _Text(msgspec.Struct, forbid_unknown_fields=True, tag="text", tag_field="type"):
    text: str


class _Thinking(msgspec.Struct, forbid_unknown_fields=True, tag="thinking", tag_field="type"):
    thinking: str | list[_Text]
    closed: bool = True


class _Address(msgspec.Struct):
    url: str


class _Image(msgspec.Struct, forbid_unknown_fields=True, tag="image_url", tag_field="type"):
    image_url: str | _Address


class _Function(msgspec.Struct):
    name: str
    arguments: str | dict[str, Any] | None = None


class _Call(msgspec.Struct):
    function: _Function
    id: str = "null"
    type: str = "function"


class _Turn(msgspec.Struct, forbid_unknown_fields=True):
    role: Role
    content: str | list[_Text | _Thinking | _Image] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None
    name: str | None = None
    prefix: bool = False


class _ToolFunction(msgspec.Struct):
    name: str
    parameters: dict[str, Any] = {}
    description: str = ""


class _Tool(msgspec.Struct):
    function: _ToolFunction
    type: str = "function"


class _Wrapped(msgspec.Struct):
    messages: list[_Turn]
    tools: list[_Tool] | None = None
    reasoning_effort: str | None = None


def parse_messages(data: bytes, *, folder: pathlib.Path | None = None) -> Conversation:
    """Read one conversation: a JSON list of messages, or an object with a ``messages`` key.

    Args:
        data: UTF-8.
        folder: Where relative paths of pictures begin; None is the current folder.

    Raises:
        BadMessages: It is not JSON, not of that shape, or empty.
    """
    shape: Any = _Wrapped if data.lstrip().startswith(b"{") else list[_Turn]
    try:
        decoded = msgspec.json.decode(data, type=shape)
    except UNDECODABLE as error:
        raise BadMessages(reason=str(error)) from None
    written = decoded if isinstance(decoded, _Wrapped) else _Wrapped(decoded)
    if not written.messages:
        raise BadMessages(reason="there is no message")
    effort = written.reasoning_effort
    if effort is not None and effort not in _EFFORTS:
        raise BadMessages(reason=f"the reasoning effort can be none or high, not “{effort}”")
    return Conversation(
        messages=tuple(_message(turn, folder or pathlib.Path()) for turn in written.messages),
        tools=tuple(_tool(tool) for tool in written.tools or ()),
        effort=_EFFORTS[effort] if effort else None,
    )


def read_conversations(path: pathlib.Path) -> Iterator[Conversation | AppError]:
    """Read a file: one conversation in ``.json``, one per line in ``.jsonl``.

    Yields:
        Each conversation; in a ``.jsonl`` the error of a refused line in its place.

    Raises:
        BadMessages: The file cannot be read, or a ``.json`` is refused.
    """
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise BadMessages(reason=f"“{path.name}” cannot be read ({error.strerror})") from None
    if path.suffix != ".jsonl":
        yield parse_messages(data, folder=path.parent)
        return
    for line in data.splitlines():
        if line.strip():
            try:
                yield parse_messages(line, folder=path.parent)
            except BadMessages as error:
                yield error


def _message(turn: _Turn, folder: pathlib.Path) -> Message:
    content = turn.content
    if content is None and turn.role is not Role.ASSISTANT:
        raise BadMessages(reason=f"a message of the {turn.role.value} has no content")
    return Message(
        role=turn.role,
        content=(
            tuple(_part(part, folder) for part in content)
            if isinstance(content, list)
            else content or ""
        ),
        tool_calls=tuple(_call(call) for call in turn.tool_calls or ()),
        call_id=turn.tool_call_id,
        tool_name=turn.name,
        is_prefix=turn.prefix,
    )


def _part(part: _Text | _Thinking | _Image, folder: pathlib.Path) -> Part:
    match part:
        case _Text():
            return TextPart(part.text)
        case _Thinking():
            thought = part.thinking
            text = thought if isinstance(thought, str) else "".join(t.text for t in thought)
            return ThoughtPart(text, part.closed)
        case _Image():
            address = part.image_url
            return PicturePart(
                _picture(address if isinstance(address, str) else address.url, folder)
            )


def _picture(address: str, folder: pathlib.Path) -> Picture:
    if address.startswith("data:"):
        _, _, encoded = address.partition(",")
        try:
            data = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise BadMessages(reason="a picture's data is not valid base64") from None
        return unopened_picture(data=data)
    if address.startswith(("http:", "https:")):
        raise BadMessages(reason="a picture has an internet address, and nothing is fetched")
    path = unquote(urlsplit(address).path) if address.startswith("file:") else address
    return unopened_picture(path=folder / path)


def unopened_picture(*, path: pathlib.Path | None = None, data: bytes = b"") -> Picture:
    """Stand for a picture that is still a file, or the content of one."""
    return Picture(sha256="", width_px=0, height_px=0, path=str(path) if path else "", data=data)


def _call(call: _Call) -> ToolCall:
    arguments = call.function.arguments
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments or {})
    return ToolCall(call_id=call.id, name=call.function.name, arguments=arguments)


def _tool(tool: _Tool) -> Tool:
    function = tool.function
    return Tool(
        name=function.name, description=function.description, parameters=function.parameters
    )
