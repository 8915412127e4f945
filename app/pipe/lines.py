"""Splitting a byte stream into lines of bounded length."""

from collections.abc import Iterator


class LineTooLongError(Exception):
    """The other side sent more than the limit without a line end."""


class LineBuffer:
    """Collects chunks and hands out complete lines, each byte looked at once."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max_line_bytes = max_line_bytes
        self._parts: list[bytes] = []
        self._held_bytes = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield every line that `chunk` completes, without its line end.

        Raises:
            LineTooLongError: A line exceeds the limit.
        """
        *complete, rest = chunk.split(b"\n")
        for piece in complete:
            self._hold(piece)
            line = b"".join(self._parts)
            self._parts.clear()
            self._held_bytes = 0
            yield line
        if rest:
            self._hold(rest)

    def _hold(self, piece: bytes) -> None:
        self._held_bytes += len(piece)
        if self._held_bytes > self._max_line_bytes:
            raise LineTooLongError(f"a line exceeds {self._max_line_bytes} bytes")
        self._parts.append(piece)
