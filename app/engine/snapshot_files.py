"""Names of the files that keep what was read of a chat; their content is the worker's."""

import contextlib
import hashlib
import pathlib

SUFFIX = ".kv"


def snapshot_name(chat: str, variant: str) -> str:
    """Name of a chat's file; `variant` tells those of one chat apart."""
    return f"{_digest(chat)}-{_digest(variant)}{SUFFIX}"


def forget_snapshots(folder: pathlib.Path, chat: str) -> None:
    """Delete everything of that chat, of whatever model."""
    _delete(folder, f"{_digest(chat)}-*{SUFFIX}")


def clear_snapshots(folder: pathlib.Path) -> None:
    """Delete everything of all chats."""
    _delete(folder, f"*{SUFFIX}")


def _delete(folder: pathlib.Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
