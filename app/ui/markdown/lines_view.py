"""Units that are drawn as lines of the document; what is the same as before is left alone."""

from collections.abc import MutableMapping
from typing import Any

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument, QTextLayout

from app.ui.markdown.formulas import is_formula, shown
from app.ui.markdown.look import Look
from app.ui.markdown.source_map import Segment, SourceMap, utf16_units
from app.ui.markdown.spec import CharStyle, Line, LineStyle, Panel, Row
from app.ui.markdown.units import Unit

_KEEP = QTextCursor.MoveMode.KeepAnchor


class UnitView:
    """A unit in the document.

    Attributes:
        unit: As it was last drawn.
        start: Where it begins in the document.
        panels: The code in it.
        named: The addresses that it names for links.
    """

    def __init__(self, document: QTextDocument, look: Look, unit: Unit) -> None:
        self.unit = unit
        self.start = 0
        self.panels: tuple[Panel, ...] = ()
        self.named: dict[str, Any] = {}
        self.places = SourceMap()
        self._document = document
        self._look = look

    def draw(self, unit: Unit, references: MutableMapping[str, Any]) -> None:
        """Show the unit as it is now; it is the last of the document."""
        raise NotImplementedError

    def restyle(self, look: Look) -> None:
        """Wear another theme or size."""
        raise NotImplementedError

    def is_heading(self) -> bool:
        """Whether what follows belongs to it."""
        return False

    def formulas(self) -> list[CharStyle]:
        """Those that are not drawn."""
        return []

    def drawn_formulas(self) -> list[str]:
        """The TeX of those that are."""
        return []

    def draw_again(self, references: MutableMapping[str, Any], end: int) -> int:
        """Show it with what is known now.

        Args:
            references: Addresses that links may name.
            end: Where it ends in the document.

        Returns:
            By how much its part of the document grew.
        """
        return 0

    def place(self, at: int) -> int:
        """Return where a sign of the unit's source is in the document."""
        return self.start + self.places.place(at)


class LinesView(UnitView):
    """A unit that is lines only."""

    def __init__(
        self, document: QTextDocument, look: Look, unit: Unit, *, is_after_heading: bool
    ) -> None:
        super().__init__(document, look, unit)
        self.lines: list[Line] = []
        self.colours: dict[int, Row] = {}  # by line: those it wears
        self.coloured: dict[int, tuple[str, ...]] = {}  # by panel: what all colours are known of
        self._starts: list[int] = []  # of the lines, in this unit's part of the document
        self._is_after_heading = is_after_heading

    def is_heading(self) -> bool:
        """Whether what follows belongs to it."""
        return bool(self.lines) and self.lines[-1].style.heading > 0

    def block(self, number: int) -> QTextBlock:
        """The paragraph of the document that a line is."""
        return self._document.findBlock(self.start + self._starts[number])

    def formulas(self) -> list[CharStyle]:
        """Those that are not drawn."""
        return [run.style for line in self.lines for run in line.runs if is_formula(run.style)]

    def drawn_formulas(self) -> list[str]:
        """The TeX of those that are."""
        runs = (run for line in self.lines for run in line.runs)
        return [run.style.formula for run in runs if run.style.is_drawn]

    def panel_rows(self, panel: int) -> range:
        """Which lines are that block of code."""
        rows = [n for n, line in enumerate(self.lines) if line.style.panel == panel]
        return range(rows[0], rows[-1] + 1) if rows else range(0)

    def row_words(self, row: int) -> str:
        """The words of a row of code."""
        return self.lines[row].runs[0].text if self.lines[row].runs else ""

    def colour(self, row: int, pieces: Row) -> None:
        """Have a row of code wear colours."""
        if self.colours.get(row, ()) == pieces:
            return
        self.colours[row] = pieces
        block = self.block(row)
        ranges = []
        for piece in pieces:
            one = QTextLayout.FormatRange()
            one.start, one.length = piece.begin, piece.length
            one.format = self._look.colour(piece.colour)
            ranges.append(one)
        block.layout().setFormats(ranges)
        self._document.markContentsDirty(block.position(), block.length())

    def draw_lines(self, lines: list[Line], kept: int = 0, end: int | None = None) -> None:
        """Show these lines.

        Args:
            lines: All of them.
            kept: So many at the beginning are known to be as before.
            end: Where the unit ends in the document; the document's end by default.
        """
        lines = [*lines[:kept], *map(_shown, lines[kept:])]
        old = self.lines
        same = kept
        while same < min(len(old), len(lines)) and old[same] == lines[same]:
            same += 1
        if same == len(old) == len(lines):
            return
        self.lines = lines
        for row in range(same, len(old)):
            if self.colours.pop(row, None):
                self.coloured.clear()
        if same < len(self._starts):
            self.places.cut(self._starts[same])
        is_in_both = same < min(len(old), len(lines))
        chars = _same_chars(old[same], lines[same]) if is_in_both else None
        cursor = self._cut(same, chars, end)
        if chars is not None and old[same].style != lines[same].style:
            cursor.setBlockFormat(self._block_format(same))
        for number in range(same, len(lines)):
            self._insert(cursor, number, chars if number == same else None)

    def _cut(self, same: int, chars: int | None, end: int | None) -> QTextCursor:
        """Take away all behind so many lines, and so many characters of the next, if it stays."""
        if chars is not None:
            begin = self._starts[same] + chars
        elif same:
            begin = self._starts[same - 1] + _length(self.lines[same - 1])
        else:
            begin = 0
        del self._starts[same + (chars is not None) :]
        cursor = QTextCursor(self._document)
        cursor.setPosition(self.start + begin)
        if end is None:
            cursor.movePosition(QTextCursor.MoveOperation.End, _KEEP)
        else:
            cursor.setPosition(end, _KEEP)
        if cursor.hasSelection():
            cursor.removeSelectedText()
        return cursor

    def restyle(self, look: Look) -> None:
        """Set all formats anew; no word changes."""
        self._look = look
        cursor = QTextCursor(self._document)
        for number, line in enumerate(self.lines):
            place = self.start + self._starts[number]
            cursor.setPosition(place)
            cursor.setBlockFormat(self._block_format(number))
            for run in line.runs:
                cursor.setPosition(place)
                place += utf16_units(run.text)
                cursor.setPosition(place, _KEEP)
                cursor.setCharFormat(self._char_format(run.style, line.style))

    def _insert(self, cursor: QTextCursor, number: int, skipped: int | None) -> None:
        """Put a line at the cursor; `skipped` of its characters are there already."""
        line = self.lines[number]
        if skipped is None:
            form = self._block_format(number)
            words = line.runs[0].style if line.runs else CharStyle(is_code=line.style.panel > 0)
            char = self._char_format(words, line.style)
            if number:
                cursor.insertBlock(form, char)
            else:
                cursor.setBlockFormat(form)
                cursor.setBlockCharFormat(char)
            self._starts.append(cursor.position() - self.start)
        skipped = skipped or 0
        place = self._starts[number]
        for run in line.runs:
            self.places.add(Segment(run.at, place, run.text, run.is_literal))
            length = utf16_units(run.text)
            place += length
            if skipped >= length:
                skipped -= length
                continue
            text = run.text[_characters(run.text, skipped) :]
            skipped = 0
            cursor.insertText(text, self._char_format(run.style, line.style))

    def _block_format(self, number: int) -> Any:  # noqa: ANN401 - a cached format
        return self._look.block(
            self.lines[number].style, is_after_heading=self._is_after_heading and number == 0
        )

    def _char_format(self, style: CharStyle, line: LineStyle) -> Any:  # noqa: ANN401
        return self._look.char(style, line.heading, is_panel=bool(line.panel))


def _shown(line: Line) -> Line:
    """The line with pictures of the formulas in it that are known."""
    if not any(run.style.formula for run in line.runs):
        return line
    return Line(line.style, tuple(map(shown, line.runs)))


def _length(line: Line) -> int:
    return sum(utf16_units(run.text) for run in line.runs)


def _same_chars(old: Line, new: Line) -> int | None:
    """How many characters at the beginning of a line stay; None where it is another line."""
    if (old.style.heading, old.style.panel) != (new.style.heading, new.style.panel):
        return None
    same = 0
    for before, now in zip(old.runs, new.runs, strict=False):
        if before.style != now.style:
            break
        if before.text == now.text:
            same += utf16_units(now.text)
            continue
        if now.text.startswith(before.text):
            same += utf16_units(before.text)
        break
    return same


def _characters(text: str, units: int) -> int:
    """How many characters take so many of Qt's."""
    if text.isascii():
        return units
    return len(text.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le"))
