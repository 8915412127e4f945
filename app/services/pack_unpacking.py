"""Unpacking a runtime pack: whole, exactly what it says of itself, and never outside its folder."""

import contextlib
import errno
import hashlib
import lzma
import os
import pathlib
import shutil
import tarfile
import threading
import zlib
from collections.abc import Callable
from typing import IO

from app.domain.errors import (
    Cancelled,
    PackRefused,
    UpdateDiskFailed,
    UpdateDiskFull,
)
from app.domain.updates import Pack
from app.engine.runtime_packs import (
    CONTENTS,
    BrokenPackError,
    PackContents,
    PackFile,
    read_contents,
)

_CHUNK_BYTES = 1 << 20
_MOST_MEMBERS = 1000
# Windows reads some of them as another folder, a drive or a stream.
_BAD_SIGNS = set('\\:\0*?"<>|')
_RESERVE_BYTES = 10**9
_FULL = (errno.ENOSPC, errno.EDQUOT)


def unpack(
    archive: pathlib.Path,
    target: pathlib.Path,
    pack: Pack,
    *,
    stop: threading.Event,
    on_progress: Callable[[int], None],
) -> PackContents:
    """Unpack a verified archive beside its place, check every file, and give it its name.

    Args:
        archive: A tar, packed or not.
        target: The pack's folder; one that is there is replaced.
        pack: What was published.
        stop: Set by whoever does not want it any more.
        on_progress: Called on this thread with the bytes that are there.

    Raises:
        PackRefused: It is not what a pack is.
        UpdateDiskFull: There is no room.
        UpdateDiskFailed: The disk refuses.
        Cancelled: `stop` was set.
    """
    aside = target.parent / f".{target.name}.new"
    try:
        _clear(aside)
        aside.mkdir(parents=True)
        _check_room(aside, pack.unpacked_bytes)
        files = _Unpacking(aside, pack.unpacked_bytes, stop, on_progress).run(archive)
        contents = _check(aside, pack, files)
        _clear(target)
        aside.rename(target)
    except OSError as error:
        folder = str(target.parent)
        if error.errno in _FULL:
            raise UpdateDiskFull(folder=folder, missing_bytes=pack.unpacked_bytes) from None
        reason = error.strerror or type(error).__name__
        raise UpdateDiskFailed(folder=folder, reason=reason) from None
    finally:
        with contextlib.suppress(OSError):
            _clear(aside)
    return contents


class _Unpacking:
    """One run through an archive."""

    def __init__(
        self,
        folder: pathlib.Path,
        most_bytes: int,
        stop: threading.Event,
        on_progress: Callable[[int], None],
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._stop = stop
        self._on_progress = on_progress
        self._bytes = 0
        self._names: set[str] = set()

    def run(self, archive: pathlib.Path) -> dict[str, PackFile]:
        """Write all members; return what was written, by path."""
        files: dict[str, PackFile] = {}
        try:
            with tarfile.open(archive, "r|*") as members:
                for member in members:
                    path = self._path_of(member)
                    if member.isfile():
                        source = members.extractfile(member)
                        assert source
                        files[path] = self._write(path, member.size, source)
        except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, ValueError, TypeError):
            # The last where what packs a tar ends within its own head.
            raise PackRefused(reason="it cannot be unpacked") from None
        return files

    def _path_of(self, member: tarfile.TarInfo) -> str:
        if not (member.isfile() or member.isdir()):
            raise PackRefused(reason="there is a link or a device in it")
        path = pathlib.PurePosixPath(member.name)
        is_outside = path.is_absolute() or ".." in path.parts
        is_nameless = member.isfile() and not path.parts
        if is_outside or is_nameless or set(member.name) & _BAD_SIGNS:
            raise PackRefused(reason="it holds a file outside its folder")
        # Two names that some file systems take for one, or a file and what lies below it.
        folded = str(path).casefold()
        if (folded in self._names and member.isfile()) or len(self._names) >= _MOST_MEMBERS:
            raise PackRefused(reason="it holds a file twice")
        self._names.add(folded)
        return str(path)

    def _write(self, name: str, size_bytes: int, source: IO[bytes]) -> PackFile:
        self._bytes += size_bytes
        if self._bytes > self._most_bytes:
            raise PackRefused(reason="it is larger than it should be")
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        count = 0
        with path.open("xb") as file:
            while chunk := source.read(_CHUNK_BYTES):
                if self._stop.is_set():
                    raise Cancelled
                digest.update(chunk)
                file.write(chunk)
                count += len(chunk)
                self._on_progress(self._bytes - size_bytes + count)
            file.flush()
            os.fsync(file.fileno())  # its size is all that is looked at later
        return PackFile(path=name, bytes=count, sha256=digest.hexdigest())


def _check(folder: pathlib.Path, pack: Pack, files: dict[str, PackFile]) -> PackContents:
    """Compare what came with what the pack says of itself."""
    try:
        contents = read_contents(folder)
    except BrokenPackError:
        raise PackRefused(reason="it does not say what belongs to it") from None
    if (contents.name, contents.abi, contents.target) != (pack.name, pack.abi, pack.target):
        raise PackRefused(reason="it belongs to another engine")
    files.pop(CONTENTS, None)
    said = {file.path: file for file in contents.files}
    if said.keys() != files.keys() or len(said) != len(contents.files):
        raise PackRefused(reason="it holds other files than it says")
    if said != files:
        raise PackRefused(reason="a file in it is damaged")
    return contents


def _check_room(folder: pathlib.Path, needed_bytes: int) -> None:
    missing_bytes = needed_bytes + _RESERVE_BYTES - shutil.disk_usage(folder).free
    if missing_bytes > 0:
        raise UpdateDiskFull(folder=str(folder.parent), missing_bytes=missing_bytes)


def _clear(folder: pathlib.Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
