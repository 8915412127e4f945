"""The kinds of units that are lines: what the parser makes of them, code, and plain words."""

from collections.abc import MutableMapping
from typing import Any

from PySide6.QtGui import QTextDocument

from app.ui.markdown.cleaning import clean, language_of
from app.ui.markdown.lines_view import LinesView
from app.ui.markdown.look import Look
from app.ui.markdown.spec import PLAIN, CharStyle, Line, LineStyle, Panel, Run
from app.ui.markdown.units import Unit

# A block of the document that is laid out anew with every word has to be short.
_PIECE_CHARS = 2000
_INDENT = 4


class FlatView(LinesView):
    """Paragraphs, headings, lists, quotes: what the parser says."""

    def draw(self, unit: Unit, references: MutableMapping[str, Any]) -> None:
        """Parse it and show what is new."""
        from app.ui.markdown.flat import flat

        self.unit = unit
        made, self.named = flat(unit, references)
        self.panels = made.panels
        self.draw_lines(list(made.lines) or [Line(LineStyle(gap="none"), ())])

    def draw_again(self, references: MutableMapping[str, Any], end: int) -> int:
        """Show it with what is known now."""
        from app.ui.markdown.flat import flat

        made, _ = flat(self.unit, references)
        before = self._document.characterCount()
        self.draw_lines(list(made.lines) or [Line(LineStyle(gap="none"), ())], end=end)
        return self._document.characterCount() - before


class CodeView(LinesView):
    """A block of code; rows are added as they come."""

    def __init__(
        self, document: QTextDocument, look: Look, unit: Unit, *, is_after_heading: bool
    ) -> None:
        super().__init__(document, look, unit, is_after_heading=is_after_heading)
        self.asked_rows = 0  # so many were looked at for their colours
        self._begins: list[tuple[int, int]] = []  # of rows: in the unit's source, and which line

    def draw(self, unit: Unit, references: MutableMapping[str, Any]) -> None:
        """Add what is new."""
        self.unit = unit
        rows = self._rows(unit)
        kept = max(0, min(len(self._begins) - 2, len(rows) - 1))
        indent = unit.fence.indent if unit.fence else _INDENT
        first = len(unit.lines[0]) if unit.fence else 0
        place, kept_lines = self._begins[kept] if kept else (first, 0)
        del self._begins[kept:]
        lines = self.lines[:kept_lines]
        for row in rows[kept:]:
            self._begins.append((place, len(lines)))
            source = row.rstrip("\n")
            words = _dedented(source, indent)
            lines.extend(_code_lines(words, place + len(source) - len(words)))
            place += len(row)
        for number in (kept_lines, len(lines) - 1):
            lines[number] = _at_edge(lines[number], number, len(lines))
        language = language_of(unit.fence.info) if unit.fence else ""
        self.panels = (Panel(1, language, ""),)
        self.draw_lines(lines, kept_lines)

    def code(self) -> str:
        """The words of the code, to be copied."""
        rows = self._rows(self.unit)
        indent = self.unit.fence.indent if self.unit.fence else _INDENT
        return "\n".join(_dedented(row.rstrip("\n"), indent) for row in rows)

    def _rows(self, unit: Unit) -> list[str]:
        if unit.fence:
            return unit.lines[1 : -1 if unit.is_closed else None] or [""]
        rows = unit.lines
        while len(rows) > 1 and not rows[-1].strip():
            rows = rows[:-1]
        return rows


class PlainView(LinesView):
    """Words as they are, in pieces that are cheap to lay out."""

    def draw(self, unit: Unit, references: MutableMapping[str, Any]) -> None:
        """Add what is new."""
        self.unit = unit
        lines: list[Line] = []
        at = 0
        for source in unit.lines:
            words = source.rstrip("\n")
            for begin in range(0, max(len(words), 1), _PIECE_CHARS):
                piece = words[begin : begin + _PIECE_CHARS]
                run = Run(clean(piece), PLAIN, at + begin)
                gap = "unit" if not lines else "none"
                lines.append(Line(LineStyle(gap=gap), (run,) if piece else ()))
            at += len(source)
        self.draw_lines(lines, max(0, min(len(self.lines), len(lines)) - 1))


def _code_lines(words: str, at: int) -> list[Line]:
    """A row; a very long one in pieces that are cheap to lay out."""
    style = LineStyle(gap="none", panel=1)
    lines = []
    for begin in range(0, max(len(words), 1), _PIECE_CHARS):
        piece = clean(words[begin : begin + _PIECE_CHARS], is_code=True)
        run = Run(piece, CharStyle(is_code=True), at + begin)
        lines.append(Line(style, (run,) if piece else ()))
    return lines


def _at_edge(line: Line, number: int, total: int) -> Line:
    """The same as the first of the block or its last."""
    style = LineStyle(
        gap="none" if number else "unit",
        panel=1,
        is_panel_first=number == 0,
        is_panel_last=number == total - 1,
    )
    return Line(style, line.runs)


def _dedented(words: str, columns: int) -> str:
    lead = len(words) - len(words.lstrip(" "))
    return words[min(lead, columns) :]
