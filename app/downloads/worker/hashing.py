"""The sha256 of a file that is there already."""

import hashlib
import os
import pathlib
import threading
import time

import msgspec

from app.domain.errors import DiskFailed, FileAltered, ModelNotFound, ModelUnreadable
from app.downloads.worker.file_work import (
    CHUNK_BYTES,
    OnProgress,
    StoppedError,
    rarely,
    run_in_thread,
)

_TRIES = 3


class FileHash(msgspec.Struct, frozen=True, kw_only=True):
    """A file's content and what the file looked like when it was read."""

    sha256: str
    bytes: int
    mtime_ns: int


async def hash_file(path: pathlib.Path, *, is_urgent: bool, on_progress: OnProgress) -> FileHash:
    """Read a file to its end.

    Args:
        path: Of the file.
        is_urgent: Without it the disk and the processor rest half of the time.
        on_progress: Called in another thread, at most five times a second.

    Raises:
        ModelNotFound: It is gone.
        ModelUnreadable: The system refuses.
        DiskFailed: The disk does.
        FileAltered: Somebody wrote to it each time while it was read.
    """

    def work(stop: threading.Event) -> FileHash:
        for _ in range(_TRIES):
            found = _read(path, stop, is_urgent=is_urgent, on_progress=rarely(on_progress))
            if found:
                return found
        raise FileAltered(name=path.name)

    try:
        return await run_in_thread(work)
    except FileNotFoundError:
        raise ModelNotFound(name=path.name) from None
    except PermissionError as error:
        raise ModelUnreadable(name=path.name, reason=error.strerror or "no permission") from None
    except OSError as error:
        raise DiskFailed(folder=str(path.parent), reason=error.strerror or "read error") from None


def _read(
    path: pathlib.Path, stop: threading.Event, *, is_urgent: bool, on_progress: OnProgress
) -> FileHash | None:
    """Return None where the file changed meanwhile."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(CHUNK_BYTES))
    done_bytes = 0
    with path.open("rb", buffering=0) as file:
        before = os.fstat(file.fileno())
        began_at = time.monotonic()
        while count := file.readinto(buffer):
            digest.update(buffer[:count])
            done_bytes += count
            on_progress(done_bytes, before.st_size)
            if stop.wait(0 if is_urgent else time.monotonic() - began_at):
                raise StoppedError
            began_at = time.monotonic()
    after = path.stat()
    if (after.st_size, after.st_mtime_ns) != (done_bytes, before.st_mtime_ns):
        return None
    return FileHash(sha256=digest.hexdigest(), bytes=done_bytes, mtime_ns=after.st_mtime_ns)
