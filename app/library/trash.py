"""Removed models, while they can be brought back.

    MODELS_FOLDER/.trash/ID/entry.json    what it was
    MODELS_FOLDER/.trash/ID/files/…       its files, laid out as they were

Moving there is a rename on one volume, so it costs nothing and is whole or not at all per file.
"""

import contextlib
import os
import pathlib
import re
import shutil
import sys
import time
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from app.domain.atomic_file import is_taken, rename_new, write_atomically
from app.domain.errors import LibraryDiskFailed, TargetExists
from app.domain.library import Installed
from app.domain.undecodable import UNDECODABLE
from app.library.small_files import read_small

_FOLDER = ".trash"
_ENTRY = "entry.json"
_FILES = "files"
# The id of a model. Other programs and people have folders of that name too.
_OURS = re.compile(r"[0-9a-f]{16}")
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

    Files that are not there are none to bring back.

    Args:
        installed: The model.
        models_folder: That its files lie in.
        kept: Of its files, those that stay.

    Raises:
        LibraryDiskFailed: It could not be moved; all is where it was, or can be brought back.
    """
    entry = Entry(installed=installed, removed_at=datetime.now(UTC).isoformat(), kept=tuple(kept))
    folder = models_folder / _FOLDER / installed.id
    moves = [
        (file.path, folder / _FILES / file.path.relative_to(models_folder))
        for file in installed.all_files
        if file.path not in entry.kept and is_taken(file.path)
    ]
    if not moves:
        return
    try:
        write_atomically(folder / _ENTRY, msgspec.json.encode(entry, enc_hook=str))
        for _, earlier in moves:
            earlier.unlink(missing_ok=True)
        move_all(moves)
    except OSError as error:
        if not _holds_files(folder):
            shutil.rmtree(folder, ignore_errors=True)
        raise LibraryDiskFailed(folder=str(models_folder), reason=_reason(error)) from None
    for source, _ in moves:
        remove_empty(source.parent, models_folder)


def entries(models_folder: pathlib.Path) -> list[Entry]:
    """What can be brought back, newest first."""
    found = []
    for folder in _folders(models_folder):
        entry = _read(folder)
        if entry is None:
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
        LibraryDiskFailed: They could not be moved; everything is where it was.
    """
    folder = models_folder / _FOLDER / entry.installed.id
    moves = [
        (folder / _FILES / file.path.relative_to(models_folder), file.path)
        for file in entry.installed.all_files
        if file.path not in entry.kept
    ]
    # Whoever was killed while removing it left some files where they were.
    moves = [(source, target) for source, target in moves if is_taken(source)]
    for _, target in moves:
        if is_taken(target):
            raise TargetExists(name=target.name, folder=str(target.parent))
    try:
        move_all(moves)
    except OSError as error:
        raise LibraryDiskFailed(folder=str(models_folder), reason=_reason(error)) from None
    shutil.rmtree(folder, ignore_errors=True)


def purge(
    models_folder: pathlib.Path,
    *,
    older_than_s: float = 0.0,
    only: Collection[str] | None = None,
) -> None:
    """Delete for good what was removed longer ago; what cannot be deleted stays for the next time.

    Args:
        models_folder: Whose trash it is; what somebody else put there stays.
        older_than_s: How long ago at least.
        only: Ids of models; None is all.
    """
    latest = (datetime.now(UTC) - timedelta(seconds=older_than_s)).isoformat()
    for folder in _folders(models_folder):
        entry = _read(folder)
        is_young = entry is not None and entry.removed_at > latest
        if not is_young and (only is None or folder.name in only):
            shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        (models_folder / _FOLDER).rmdir()


def move_all(moves: Iterable[tuple[pathlib.Path, pathlib.Path]]) -> None:
    """Rename files on one volume, all or none.

    Raises:
        FileExistsError: Something has the name of one; nothing is overwritten.
        OSError: One could not be renamed; those before it are back where they were, as far as the
            system allows it.
    """
    done: list[tuple[pathlib.Path, pathlib.Path]] = []
    try:
        for source, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            _rename(source, target)
            done.append((source, target))
    except OSError:
        for source, target in reversed(done):
            with contextlib.suppress(OSError):
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
            rename_new(source, target)
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
            folders = sorted(
                pathlib.Path(entry.path)
                for entry in found
                if _OURS.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
            )
    except OSError:
        return []
    return [folder for folder in folders if (folder / _ENTRY).is_file()]


def _holds_files(folder: pathlib.Path) -> bool:
    try:
        return any(not path.is_dir() for path in (folder / _FILES).rglob("*"))
    except OSError:
        return True


def _read(folder: pathlib.Path) -> Entry | None:
    content = read_small(folder / _ENTRY, most_bytes=_MOST_ENTRY_BYTES)
    try:
        return msgspec.json.decode(
            content or b"", type=Entry, dec_hook=lambda kind, text: kind(text)
        )
    except UNDECODABLE:
        return None


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
