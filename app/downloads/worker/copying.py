"""Putting a file somewhere else, whole or not at all."""

import contextlib
import errno
import hashlib
import os
import pathlib
import secrets
import threading

import msgspec

from app.domain.errors import FileAltered, ModelNotFound, ModelUnreadable, TargetExists
from app.downloads.worker.disk import check_file_size, check_room, disk_errors
from app.downloads.worker.file_work import (
    CHUNK_BYTES,
    OnProgress,
    StoppedError,
    rarely,
    run_in_thread,
)
from app.downloads.worker.hashing import FileHash
from app.downloads.worker.install import install

# So that the last sync, which nothing can stop, is short.
_SYNC_BYTES = 64 << 20


class CopyWish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to lie where.

    Attributes:
        source: A file.
        target: Its new name; there must be none yet.
        sha256: That it must have; "" is whatever it has.
        keeps_source: A copy; a move otherwise.
    """

    source: pathlib.Path
    target: pathlib.Path
    sha256: str = ""
    keeps_source: bool = True


async def copy_file(wish: CopyWish, *, on_progress: OnProgress) -> FileHash:
    """Copy or move a file, checking what is read while it is read.

    A move on the same volume reads nothing, so the hash it returns is the one that was asked for.

    Args:
        wish: What to do.
        on_progress: Called in another thread, at most five times a second.

    Raises:
        ModelNotFound: There is no source.
        ModelUnreadable: The system refuses to read it.
        FileAltered: It has another hash.
        TargetExists: Nothing is overwritten.
        DiskTooFull, FileTooLargeForDisk, ModelFolderGone, DiskFailed: The target's disk.
    """
    return await run_in_thread(lambda stop: _copy(wish, rarely(on_progress), stop))


def _copy(wish: CopyWish, on_progress: OnProgress, stop: threading.Event) -> FileHash:
    source, target = wish.source, wish.target
    if not source.is_file():
        raise ModelNotFound(name=source.name)
    if target.exists():
        raise TargetExists(name=target.name, folder=str(target.parent))
    with disk_errors(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        if not wish.keeps_source and _rename(wish, stop):
            facts = target.stat()
            return FileHash(sha256=wish.sha256, bytes=facts.st_size, mtime_ns=facts.st_mtime_ns)
        return _copy_bytes(wish, on_progress, stop)


def _rename(wish: CopyWish, stop: threading.Event) -> bool:
    """Return False where the target is on another volume."""
    try:
        install(wish.source, wish.target, stop)
    except OSError as error:
        if error.errno == errno.EXDEV:
            return False
        raise
    return True


def _copy_bytes(wish: CopyWish, on_progress: OnProgress, stop: threading.Event) -> FileHash:
    folder = wish.target.parent
    size_bytes = wish.source.stat().st_size
    check_file_size(folder, size_bytes)
    check_room(folder, needed_bytes=size_bytes, other_bytes=0)
    part = folder / f".{secrets.token_hex(8)}.part"
    try:
        sha256 = _write(wish.source, part, on_progress, stop)
        if wish.sha256 and sha256 != wish.sha256:
            raise FileAltered(name=wish.source.name)
        install(part, wish.target, stop)
    finally:
        part.unlink(missing_ok=True)
    if not wish.keeps_source:
        with contextlib.suppress(OSError):  # it is there twice, and nothing is lost
            wish.source.unlink()
    facts = wish.target.stat()
    return FileHash(sha256=sha256, bytes=facts.st_size, mtime_ns=facts.st_mtime_ns)


def _write(
    source: pathlib.Path, part: pathlib.Path, on_progress: OnProgress, stop: threading.Event
) -> str:
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(CHUNK_BYTES))
    done_bytes = 0
    try:
        reader = source.open("rb", buffering=0)
    except PermissionError as error:
        reason = error.strerror or "no permission"
        raise ModelUnreadable(name=source.name, reason=reason) from None
    with reader, part.open("xb", buffering=0) as writer:
        total_bytes = os.fstat(reader.fileno()).st_size
        while count := reader.readinto(buffer):
            if stop.is_set():
                raise StoppedError
            digest.update(buffer[:count])
            _write_all(writer.fileno(), buffer[:count])
            done_bytes += count
            if done_bytes % _SYNC_BYTES == 0:
                os.fsync(writer.fileno())
            on_progress(done_bytes, total_bytes)
        os.fsync(writer.fileno())
    return digest.hexdigest()


def _write_all(descriptor: int, data: memoryview) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
