"""Removed models, while they can be brought back.

    MODELS_FOLDER/.trash/ID/entry.json    what it was
    MODELS_FOLDER/.trash/ID/files/…       its files, laid out as they were

Moving there is a rename on one volume, so it costs nothing and is whole or not at all per file.
"""

import contextlib
import os
import pathlib
import shutil
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from app.domain.atomic_file import write_atomically
from app.domain.errors import DiskFailed, TargetExists
from app.domain.library import Installed
from app.library.small_files import read_small

_FOLDER = ".trash"
_ENTRY = "entry.json"
_MOST_ENTRY_BYTES = 1 << 20
# Windows refuses to rename what a virus scanner is just looking at.
_PATIENCE_S = 5.0 if sys.platform == "win32" else 0.0
_RETRY_S = 0.1


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A removed model.

    Attributes:
        removed_at: ISO 8601, UTC.
        kept: Of its files, those that others need and that stayed.
    """

    installed: Installed
    removed_at: str
    kept: tuple[pathlib.Path, ...] = ()


def put(installed: Installed, models_folder: pathlib.Path, *, kept: Iterable[pathlib.Path]) -> None:
    """Remove a model's files from their folder, so that they can be brought back.

    Args:
        installed: The model.
        models_folder: That its files lie in.
        kept: Of its files, those that stay.

    Raises:
        DiskFailed: It could not be moved; everything is where it was.
    """
    entry = Entry(installed=installed, removed_at=datetime.now(UTC).isoformat(), kept=tuple(kept))
    folder = models_folder / _FOLDER / installed.id
    moves = [
        (file.path, folder / "files" / file.path.relative_to(models_folder))
        for file in installed.all_files
        if file.path not in entry.kept and file.path.exists()
    ]
    try:
        shutil.rmtree(folder, ignore_errors=True)
        write_atomically(folder / _ENTRY, msgspec.json.encode(entry, enc_hook=str))
        move_all(moves)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise DiskFailed(folder=str(models_folder), reason=_reason(error)) from None
    for source, _ in moves:
        remove_empty(source.parent, models_folder)


def entries(models_folder: pathlib.Path) -> list[Entry]:
    """What can be brought back, newest first."""
    found = []
    for folder in _folders(models_folder):
        content = read_small(folder / _ENTRY, most_bytes=_MOST_ENTRY_BYTES)
        try:
            entry = msgspec.json.decode(
                content or b"", type=Entry, dec_hook=lambda kind, text: kind(text)
            )
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        paths = [file.path for file in entry.installed.all_files]
        is_here = all(p.is_relative_to(models_folder) and ".." not in p.parts for p in paths)
        if entry.installed.id == folder.name and is_here:
            found.append(entry)
    return sorted(found, key=lambda entry: entry.removed_at, reverse=True)


def bring_back(entry: Entry, models_folder: pathlib.Path) -> None:
    """Put a model's files where they were.

    Raises:
        TargetExists: Something else has their name now; nothing was moved.
        DiskFailed: They could not be moved; everything is where it was.
    """
    folder = models_folder / _FOLDER / entry.installed.id
    moves = [
        (folder / "files" / file.path.relative_to(models_folder), file.path)
        for file in entry.installed.all_files
        if file.path not in entry.kept
    ]
    # Whoever was killed while removing it left some files where they were.
    moves = [(source, target) for source, target in moves if source.exists()]
    for _, target in moves:
        if target.exists():
            raise TargetExists(name=target.name, folder=str(target.parent))
    try:
        move_all(moves)
    except OSError as error:
        raise DiskFailed(folder=str(models_folder), reason=_reason(error)) from None
    shutil.rmtree(folder, ignore_errors=True)


def purge(models_folder: pathlib.Path, *, older_than_s: float = 0.0) -> None:
    """Delete for good what was removed longer ago; what cannot be deleted stays for the next time.

    What no entry tells of is deleted too.
    """
    latest = (datetime.now(UTC) - timedelta(seconds=older_than_s)).isoformat()
    young = {entry.installed.id for entry in entries(models_folder) if entry.removed_at > latest}
    for folder in _folders(models_folder):
        if folder.name not in young:
            shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        (models_folder / _FOLDER).rmdir()


def move_all(moves: Iterable[tuple[pathlib.Path, pathlib.Path]]) -> None:
    """Rename files on one volume, all or none.

    Raises:
        OSError: One could not be renamed; those before it are back where they were.
    """
    done: list[tuple[pathlib.Path, pathlib.Path]] = []
    try:
        for source, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            _rename(source, target)
            done.append((source, target))
    except OSError:
        for source, target in reversed(done):
            _rename(target, source)
        raise


def remove_empty(folder: pathlib.Path, root: pathlib.Path) -> None:
    """Remove a folder and those above it, up to `root`, as far as nothing is in them."""
    with contextlib.suppress(OSError):
        while folder != root and folder.is_relative_to(root):
            folder.rmdir()
            folder = folder.parent


def _rename(source: pathlib.Path, target: pathlib.Path) -> None:
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if time.monotonic() >= until:
                raise
            _wait()
        else:
            return


def _wait() -> None:
    """Let whoever holds the file go on."""
    import threading

    threading.Event().wait(_RETRY_S)


def _folders(models_folder: pathlib.Path) -> list[pathlib.Path]:
    try:
        with os.scandir(models_folder / _FOLDER) as found:
            return sorted(pathlib.Path(entry.path) for entry in found if entry.is_dir())
    except OSError:
        return []


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
