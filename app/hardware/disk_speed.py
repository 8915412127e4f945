"""How fast files are read that are in no cache, and how fast memory is copied."""

import contextlib
import mmap
import os
import pathlib
import sys
import tempfile
import time

_SAMPLE_BYTES = 64 << 20
_CHUNK_BYTES = 8 << 20
_LIMIT_S = 1.0
_COPY_BYTES = 64 << 20
_PIECE_BYTES = 1 << 19
_COPIES = 3
_PATTERN_BYTES = 1 << 20
_F_NOCACHE = 48  # of macOS; the module fcntl does not name it


def disk_bytes_per_s(file: pathlib.Path | None, folder: pathlib.Path | None) -> float | None:
    """Read a part of a file past the caches.

    Args:
        file: Read if it is large enough; the end of it, which is seldom in a cache.
        folder: Where a temporary file is written otherwise; None writes none.

    Returns:
        None where it cannot be measured: the system keeps the file cached, or the disk is full.
    """
    with contextlib.suppress(OSError):
        if file and file.stat().st_size >= _SAMPLE_BYTES:
            return _read_rate(file)
    if folder is None:
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".speed-") as sample:
            pattern = os.urandom(_PATTERN_BYTES)  # some disks compress
            for _ in range(_SAMPLE_BYTES // _PATTERN_BYTES):
                sample.write(pattern)
            sample.flush()
            os.fsync(sample.fileno())
            return _read_rate(pathlib.Path(sample.name))
    except OSError:
        return None


def copy_bytes_per_s() -> float:
    """Copy memory that no cache holds; bytes are counted once, though they are read and written."""
    times = []
    # Python's lock is held while memory is filled or copied: by pieces, so that no window waits.
    with (
        mmap.mmap(-1, _COPY_BYTES) as source,
        mmap.mmap(-1, _COPY_BYTES) as target,
        memoryview(source) as read,
        memoryview(target) as written,
    ):
        pieces = [slice(at, at + _PIECE_BYTES) for at in range(0, _COPY_BYTES, _PIECE_BYTES)]
        for piece in pieces:
            read[piece] = bytes(_PIECE_BYTES)
        for _ in range(_COPIES):
            copied_s = 0.0
            for piece in pieces:
                began_s = time.perf_counter()
                written[piece] = read[piece]
                copied_s += time.perf_counter() - began_s
            times.append(copied_s)
    return _COPY_BYTES / min(times)


def _read_rate(path: pathlib.Path) -> float | None:
    with path.open("rb", buffering=0) as file:
        if not _is_uncached(file.fileno()):
            return None
        chunk = bytearray(_CHUNK_BYTES)
        file.seek(-_SAMPLE_BYTES, os.SEEK_END)
        read, began_s = 0, time.perf_counter()
        while read < _SAMPLE_BYTES and time.perf_counter() - began_s < _LIMIT_S:
            read += file.readinto(chunk)
        return read / (time.perf_counter() - began_s) if read else None


def _is_uncached(descriptor: int) -> bool:
    """Drop what is cached of a file, or read past the cache; False where that is impossible."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        return True
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(descriptor, _F_NOCACHE, 1)
        return True
    return False
