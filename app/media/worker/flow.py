"""Text as it flows: lines, and tables whose rows are lines of cells with tabs between them."""

import re
from enum import Enum, auto

from app.media.worker.pages import Pages

_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLANK_LINES = re.compile(r"\n\s*\n")
_BEFORE_LINE_END = re.compile(r"(?<![ \t])[ \t]+\n")
# A cell of more is a column of a page's layout: its row is no line.
_MAX_CELL_LINES = 3
_MAX_CELL_CHARACTERS = 1000


class _Kind(Enum):
    PAGE = auto()
    TABLE = auto()
    ROW = auto()
    CELL = auto()


class _Frame:
    """Something that is open, and what was written into it."""

    def __init__(self, kind: _Kind) -> None:
        self.kind = kind
        self.parts: list[str] = []
        self.cells: list[str] = []


class Flow:
    """Writes the words of one page after another.

    What is not ended ends by itself when something around it ends, as in web pages.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._frames = [_Frame(_Kind.PAGE)]

    @property
    def is_at_line_start(self) -> bool:
        """Whether nothing stands in the line yet."""
        parts = self._frames[-1].parts
        return not parts or parts[-1].endswith("\n")

    def write(self, text: str) -> None:
        """Add text as it is."""
        if text:
            self._pages.count(len(text))
            self._frames[-1].parts.append(text)

    def write_loosely(self, text: str) -> None:
        """Add text in which any space is as good as another, and several are one."""
        text = _SPACES.sub(" ", text)
        parts = self._frames[-1].parts
        if not parts or parts[-1].endswith(("\n", " ", "\t")):
            text = text.removeprefix(" ")
        self.write(text)

    def end_line(self) -> None:
        """Begin a new line, unless nothing stands in this one."""
        if not self.is_at_line_start:
            self.write("\n")

    def end_paragraph(self) -> None:
        """Leave a line free; several of them are one."""
        self.end_line()
        if self._frames[-1].parts:
            self.write("\n")

    def start_table(self) -> None:
        """Begin a table, perhaps in a cell of another one."""
        self.end_line()
        self._frames.append(_Frame(_Kind.TABLE))

    def start_row(self) -> None:
        """Begin a row."""
        self._end(_Kind.ROW)
        if self._frames[-1].kind is not _Kind.TABLE:
            self.start_table()
        self._frames.append(_Frame(_Kind.ROW))

    def start_cell(self) -> None:
        """Begin a cell."""
        self._end(_Kind.CELL)
        if self._frames[-1].kind is not _Kind.ROW:
            self.start_row()
        self._pages.count(1)
        self._frames.append(_Frame(_Kind.CELL))

    def end_cell(self) -> None:
        """End the cell."""
        self._end(_Kind.CELL)

    def end_row(self) -> None:
        """End the row."""
        self._end(_Kind.ROW)

    def end_table(self) -> None:
        """End the table."""
        self._end(_Kind.TABLE)

    def take(self) -> str:
        """End everything and return what was written; the next page begins."""
        while len(self._frames) > 1:
            self._close()
        text = "".join(self._frames[0].parts)
        self._frames = [_Frame(_Kind.PAGE)]
        return _BLANK_LINES.sub("\n\n", _BEFORE_LINE_END.sub("\n", text)).strip("\n")

    def _end(self, kind: _Kind) -> None:
        """End it and all in it, if it is open in the innermost table."""
        for depth, frame in enumerate(reversed(self._frames), 1):
            if frame.kind is kind:
                for _ in range(depth):
                    self._close()
                return
            if frame.kind in (_Kind.TABLE, _Kind.PAGE):
                return

    def _close(self) -> None:
        """Put what is innermost into what is around it."""
        frame = self._frames.pop()
        around = self._frames[-1]
        text = "".join(frame.parts)
        if frame.kind is _Kind.CELL:
            around.cells.append(text)
            return
        if frame.kind is _Kind.ROW:
            text += _line_of(frame.cells)
        if text:
            around.parts.append(text)


def _line_of(cells: list[str]) -> str:
    """Put cells side by side, or below one another where they are long."""
    lines = [[line for line in cell.split("\n") if line.strip()] for cell in cells]
    if all(
        len(cell) <= _MAX_CELL_LINES and sum(map(len, cell)) <= _MAX_CELL_CHARACTERS
        for cell in lines
    ):
        row = "\t".join(_SPACES.sub(" ", " ".join(cell)).strip() for cell in lines)
        return f"{row.rstrip()}\n" if row.strip() else ""
    return "".join(f"{line}\n" for cell in lines for line in cell)
