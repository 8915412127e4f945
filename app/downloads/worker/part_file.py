"""The file in which a download is put together.

Everything here waits for the disk and is called off the event loop; one `PartFile` from one thread
at a time.
"""

import errno
import os
import pathlib
import zlib
from collections.abc import Sequence
from typing import Self

_READ_BYTES = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT)


class PartFile:
    """An unfinished file, open for writing."""

    def __init__(self, path: pathlib.Path) -> None:
        """Open what is there, or make it.

        Raises:
            OSError: It cannot be.
        """
        self._path = path
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        self._file = os.fdopen(descriptor, "r+b", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    @property
    def length_bytes(self) -> int:
        """As far as anything was ever written."""
        return os.fstat(self._file.fileno()).st_size

    def write(self, position: int, chunks: Sequence[bytes | memoryview], crc32: int) -> int:
        """Put adjoining bytes in their place.

        Args:
            position: Of the first, in the file.
            chunks: The bytes.
            crc32: Of what is before them in their segment.

        Returns:
            The crc32 with them.

        Raises:
            OSError: They are not, or not all, on the disk.
        """
        self._file.seek(position)
        for chunk in chunks:
            crc32 = zlib.crc32(chunk, crc32)
            rest = memoryview(chunk)
            while rest:
                rest = rest[self._file.write(rest) :]
        return crc32

    def cut(self, length_bytes: int) -> None:
        """Forget what comes after.

        Raises:
            OSError: The disk refuses.
        """
        self._file.truncate(length_bytes)

    def check_is_there(self) -> None:
        """Notice that the file was deleted, or its folder, while it is open.

        Raises:
            OSError: There is no file of that name any more.
        """
        named, opened = self._path.stat(), os.fstat(self._file.fileno())
        if (named.st_dev, named.st_ino) != (opened.st_dev, opened.st_ino):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def make_durable(path: pathlib.Path) -> None:
    """Return when a power cut can no longer take from a file what was written to it before.

    Raises:
        OSError: The disk refuses.
    """
    # A handle of its own, so that nobody has to wait for a slow disk before closing theirs.
    with path.open("r+b", buffering=0) as file:
        getattr(os, "fdatasync", os.fsync)(file.fileno())


def crc32_of(path: pathlib.Path, start: int, count: int) -> int | None:
    """Read what the disk has.

    Returns:
        None where the file is too short or the disk cannot read it.
    """
    crc32 = 0
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(start)
            while count:
                chunk = file.read(min(count, _READ_BYTES))
                if not chunk:
                    return None
                crc32 = zlib.crc32(chunk, crc32)
                count -= len(chunk)
    except OSError:
        return None
    return crc32


def is_full(error: OSError) -> bool:
    """Whether the disk has no room."""
    return error.errno in _FULL
