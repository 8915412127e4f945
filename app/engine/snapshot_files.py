"""Names of the files that keep what was read of a chat; their content is the worker's."""

import contextlib
import hashlib
import pathlib
from collections.abc import Iterable

SUFFIX = ".kv"


def snapshot_name(chat: str, variant: str) -> str:
    """Name of a chat's file; `variant` tells those of one chat apart."""
    return f"{_digest(chat)}-{_digest(variant)}{SUFFIX}"


def snapshots_of(folder: pathlib.Path, chats: Iterable[str]) -> list[pathlib.Path]:
    """All files of those chats, of whatever model."""
    # Not a pattern for each chat: Python compiles every one, and keeps hundreds of them.
    wanted = {_digest(chat) for chat in chats}
    return [path for path in folder.glob(f"*{SUFFIX}") if path.name.partition("-")[0] in wanted]


def forget_snapshots(folder: pathlib.Path, chat: str) -> None:
    """Delete everything of that chat, of whatever model."""
    _delete(snapshots_of(folder, [chat]))


def keep_only(folder: pathlib.Path, chats: Iterable[str]) -> None:
    """Delete everything of chats that are not among these."""
    kept = set(snapshots_of(folder, chats))
    _delete(path for path in folder.glob(f"*{SUFFIX}") if path not in kept)


def _delete(paths: Iterable[pathlib.Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
