"""From places in an answer's source to places in its document, a unit at a time."""

from bisect import bisect_right

import msgspec


def utf16_units(text: str) -> int:
    """How long Qt says that a text is."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


class Segment(msgspec.Struct, frozen=True):
    """Characters that follow one another in both.

    Attributes:
        at: Where they begin in the unit's source.
        place: Where they begin in the unit's part of the document.
        text: Themselves.
        is_literal: Each is one of the source; else they stand for what is there.
    """

    at: int
    place: int
    text: str
    is_literal: bool

    def end(self) -> int:
        """Where they end in the document."""
        return self.place + utf16_units(self.text)


class SourceMap:
    """Knows the segments of one unit in their order."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._starts: list[int] = []

    def add(self, segment: Segment) -> None:
        """Know one more, behind the others."""
        start = max(segment.at, self._starts[-1]) if self._starts else segment.at
        self._segments.append(segment)
        self._starts.append(start)

    def cut(self, place: int) -> None:
        """Forget what begins at or behind that place of the document."""
        while self._segments and self._segments[-1].place >= place:
            self._segments.pop()
            self._starts.pop()

    def place(self, at: int) -> int:
        """Return where a sign of the source is; where it is not shown, what is before it."""
        number = bisect_right(self._starts, at) - 1
        if number < 0:
            return self._segments[0].place if self._segments else 0
        segment = self._segments[number]
        if not segment.is_literal:
            return segment.place if at == segment.at else segment.end()
        return segment.place + utf16_units(segment.text[: at - self._starts[number]])
