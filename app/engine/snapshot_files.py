"""Names of the files that keep what was read of a chat; their content is the worker's."""

import contextlib
import hashlib
import pathlib
from collections.abc import Iterable

SUFFIX = ".kv"


def snapshot_name(chat: str, variant: str) -> str:
    """Name of a chat's file; `variant` tells those of one chat apart."""
    return f"{_digest(chat)}-{_digest(variant)}{SUFFIX}"


def forget_snapshots(folder: pathlib.Path, chat: str) -> None:
    """Delete everything of that chat, of whatever model."""
    # Not by a pattern of its own: Python compiles every one, and keeps hundreds of them.
    gone = _digest(chat)
    _delete(path for path in folder.glob(f"*{SUFFIX}") if _chat_of(path) == gone)


def keep_only(folder: pathlib.Path, chats: Iterable[str]) -> None:
    """Delete everything of chats that are not among these."""
    kept = {_digest(chat) for chat in chats}
    _delete(path for path in folder.glob(f"*{SUFFIX}") if _chat_of(path) not in kept)


def _chat_of(path: pathlib.Path) -> str:
    return path.name.partition("-")[0]


def _delete(paths: Iterable[pathlib.Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
