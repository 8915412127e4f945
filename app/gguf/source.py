"""The bytes of a header, in order, from a file that may claim anything."""

import struct
from typing import BinaryIO

from app.gguf.faults import Fault, HeaderError

_CHUNK_BYTES = 1 << 18
# A vocabulary of 131,072 tokens with its merges takes 8 MB.
MOST_HEADER_BYTES = 1 << 28
# All arrays' together; the largest vocabularies and their merges have fewer than a million.
_MOST_STRINGS = 1 << 22
_LENGTH = struct.Struct("<Q")


class Source:
    """Reads a header in chunks; nothing is allocated for more than what is there.

    Every method raises `HeaderError`: truncated where the file ends too early, damaged where a
    header cannot be that long.
    """

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        """Begin at the start of a buffered file."""
        self._file = file
        self._size_bytes = size_bytes
        self._buffer = b""
        self._buffer_begin = 0
        self._at = 0
        self._strings_left = _MOST_STRINGS

    @property
    def position(self) -> int:
        """How many bytes are behind."""
        return self._buffer_begin + self._at

    def take(self, count: int) -> bytes:
        """The next bytes; callers limit the count."""
        self.require(count)
        if self._at + count > len(self._buffer):
            self._fill(count)
        begin, self._at = self._at, self._at + count
        return self._buffer[begin : self._at]

    def skip(self, count: int) -> None:
        """Go on behind the next bytes without reading them."""
        self.require(count)
        self._at += count

    def length(self) -> int:
        """Read the length of a string or an array, at most that of a header."""
        (length,) = _LENGTH.unpack(self.take(_LENGTH.size))
        if length > MOST_HEADER_BYTES:
            raise HeaderError(Fault.DAMAGED, f"a length of {length}")
        return int(length)

    def skip_strings(self, count: int) -> None:
        """Go on behind so many strings."""
        self.require(count * _LENGTH.size)
        self._strings_left -= count
        if self._strings_left < 0:
            raise HeaderError(Fault.DAMAGED, f"more than {_MOST_STRINGS} strings")
        unpack, size = _LENGTH.unpack_from, _LENGTH.size
        while count:
            self.require(size)
            if self._at + size > len(self._buffer):
                self._fill(size)
            # The loop that a large vocabulary spends its time in: only its last string can end
            # outside the buffer, and the next turn's check finds out.
            buffer, at, end = self._buffer, self._at, len(self._buffer) - size
            while count and at <= end:
                at += size + unpack(buffer, at)[0]
                count -= 1
            self._at = at
        self.require(0)

    def require(self, count: int) -> None:
        """Check that so many more bytes are there."""
        end = self.position + count
        if end > MOST_HEADER_BYTES:
            raise HeaderError(Fault.DAMAGED, f"a header of {end} bytes")
        if end > self._size_bytes:
            raise HeaderError(Fault.TRUNCATED, f"the header needs {end} bytes")

    def _fill(self, count: int) -> None:
        self._buffer_begin, self._at = self.position, 0
        self._file.seek(self._buffer_begin)
        self._buffer = self._file.read(max(count, _CHUNK_BYTES))
        if len(self._buffer) < count:
            raise HeaderError(Fault.TRUNCATED, "the file became shorter")
