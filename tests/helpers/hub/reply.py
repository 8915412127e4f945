"""An answer before it is sent, and what a fault makes of it."""

import json
from typing import Any

import msgspec

from tests.helpers.hub.content import Content
from tests.helpers.hub.faults import Fault

_PORTAL = b"<!DOCTYPE html><html><title>Welcome</title><p>Please log in to use this network.</html>"


class Reply(msgspec.Struct, kw_only=True):
    """Status, headers, and the bytes of `content` from `start` to before `end`."""

    status: int = 200
    headers: dict[str, str] = {}
    content: Content = b""
    start: int = 0
    end: int = 0

    @property
    def length_bytes(self) -> int:
        """Of the body."""
        return self.end - self.start


def text_reply(status: int, text: str, headers: dict[str, str] | None = None) -> Reply:
    """A short answer in words."""
    return _whole(status, text.encode(), {"Content-Type": "text/plain", **(headers or {})})


def json_reply(value: Any, headers: dict[str, str] | None = None) -> Reply:
    """Good news as JSON."""
    body = json.dumps(value).encode()
    return _whole(200, body, {"Content-Type": "application/json", **(headers or {})})


def error_reply(status: int, error: str = "", headers: dict[str, str] | None = None) -> Reply:
    """A refusal; `error` is what huggingface_hub tells its exceptions apart by."""
    extra = {"X-Error-Code": error, "X-Error-Message": error} if error else {}
    return text_reply(status, error or "error", {**extra, **(headers or {})})


def forced_reply(fault: Fault) -> Reply | None:
    """What a fault answers instead of looking at the request."""
    if fault.is_portal:
        return _whole(200, _PORTAL, {"Content-Type": "text/html; charset=utf-8"})
    if fault.redirect_to:
        return text_reply(302, "moved", {"Location": fault.redirect_to})
    if fault.status:
        return error_reply(fault.status, fault.error)
    return None


def spoil(reply: Reply, fault: Fault) -> None:
    """Change what a fault changes in the answer's headers and length."""
    reply.end -= min(fault.shorter_bytes, reply.length_bytes)
    names = {"Content-Length"} if fault.has_no_length else set()
    names |= set(fault.drops_headers)
    headers = {"Content-Length": str(reply.length_bytes), **reply.headers}
    if fault.etag:
        marks = ["ETag", *(["X-Linked-Etag"] if "X-Linked-Etag" in headers else [])]
        headers |= dict.fromkeys(marks, f'"{fault.etag}"')
    if fault.size_bytes is not None and "X-Linked-Size" in headers:
        headers["X-Linked-Size"] = str(fault.size_bytes)
    dropped = {name.lower() for name in names}
    reply.headers = {
        name: value
        for name, value in (headers | fault.headers).items()
        if name.lower() not in dropped
    }


def _whole(status: int, body: bytes, headers: dict[str, str]) -> Reply:
    return Reply(status=status, headers=headers, content=body, end=len(body))
