"""The CDN: contents by their hash, in parts, for whoever has a link."""

import re
from urllib.parse import urlsplit

from tests.helpers.hub.content import Content, size_of
from tests.helpers.hub.faults import Fault
from tests.helpers.hub.reply import Reply, error_reply
from tests.helpers.hub.server import Asked
from tests.helpers.hub.state import State

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def answer_of_cdn(state: State, asked: Asked, fault: Fault) -> Reply:
    """Answer; like the real one without ETag and without Last-Modified."""
    parts = urlsplit(asked.target)
    if parts.path in state.published:
        return ranged_reply(state.published[parts.path], asked.headers.get("range", ""))
    sha256 = parts.path.removeprefix("/blob/")
    content = state.blob(sha256)
    if content is None or not state.links.is_good(sha256, parts.query):
        return error_reply(403)
    if asked.method not in ("GET", "HEAD"):
        return error_reply(405)
    wanted = "" if fault.ignores_range else asked.headers.get("range", "")
    return ranged_reply(content, wanted, shift_bytes=fault.shift_bytes)


def ranged_reply(content: Content, wanted: str, *, shift_bytes: int = 0) -> Reply:
    """The whole content, or the part that a Range header asks for."""
    size = size_of(content)
    headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
    match = _ONE_RANGE.fullmatch(wanted)
    if not match or not any(match.groups()):
        return Reply(headers=headers, content=content, end=size)
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    start = min(start + shift_bytes, end)
    if start >= end:
        return error_reply(416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return Reply(status=206, headers=headers, content=content, start=start, end=end)
