"""A table: the first rows and columns of it, and all of it in a window of its own."""

from collections.abc import MutableMapping
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCursor, QTextDocument, QTextTable, QTextTableFormat

from app.ui.markdown import line_kinds
from app.ui.markdown.formulas import is_formula, shown
from app.ui.markdown.lines_view import UnitView
from app.ui.markdown.look import CELL_PAD_PX, Look
from app.ui.markdown.source_map import Segment, utf16_units
from app.ui.markdown.spec import CharStyle, LineStyle, Run
from app.ui.markdown.units import Unit

MOST_ROWS = 500
MOST_COLUMNS = 12
_LEAST_SHARE, _MOST_SHARE_CHARS = 5, 40
_SIDES = {"center": Qt.AlignmentFlag.AlignHCenter, "right": Qt.AlignmentFlag.AlignRight}
_CELL = LineStyle(gap="none", is_cell=True)
_HEAD = 2  # the first row and the one that makes it a table's


class TableView(UnitView):
    """Rows are added as they come."""

    def __init__(
        self, document: QTextDocument, look: Look, unit: Unit, *, is_after_heading: bool
    ) -> None:
        super().__init__(document, look, unit)
        self._is_after_heading = is_after_heading
        self._table: QTextTable | None = None
        self._rows: list[str] = []  # as they are drawn
        self._cells: list[list[tuple[Run, ...]]] = []
        self._row_places: list[int] = []  # of the drawn rows, in this part of the document
        self._source_places = [0]  # of all lines, in the source
        self._widths: list[int] = []  # of the columns: characters of the widest cell
        self._shares: tuple[int, ...] = ()
        self._has_button = False
        self.columns = len(line_kinds.cells(unit.lines[0]))
        self._shown = min(self.columns, MOST_COLUMNS)

    def hidden(self) -> tuple[int, int]:
        """How many rows and columns there are, where not all of them are drawn; else zeros."""
        rows = len(self.unit.lines) - _HEAD
        if rows <= MOST_ROWS and self.columns <= MOST_COLUMNS:
            return 0, 0
        return rows, self.columns

    def all_rows(self) -> list[list[str]]:
        """The words of all cells, the head first."""
        rows = map(line_kinds.cells, [self.unit.lines[0], *self.unit.lines[_HEAD:]])
        return [[*row, *[""] * self.columns][: self.columns] for row in rows]

    def formulas(self) -> list[CharStyle]:
        """Those that are not drawn."""
        cells = (cell for row in self._cells for cell in row)
        return [run.style for cell in cells for run in cell if is_formula(run.style)]

    def drawn_formulas(self) -> list[str]:
        """The TeX of those that are."""
        runs = (run for row in self._cells for cell in row for run in cell)
        return [run.style.formula for run in runs if run.style.is_drawn]

    def draw_again(self, references: MutableMapping[str, Any], end: int) -> int:
        """Show the rows with formulas, and those below them, with what is known now."""
        before = self._document.characterCount()
        waits = [any(is_formula(r.style) for cell in row for r in cell) for row in self._cells]
        if any(waits):
            self._draw_rows(waits.index(True), self._rows[:], references)
        return self._document.characterCount() - before

    def draw(self, unit: Unit, references: MutableMapping[str, Any]) -> None:
        """Add what is new."""
        self.unit = unit
        rows = [unit.lines[0], *unit.lines[_HEAD : _HEAD + MOST_ROWS]]
        for number in range(len(self._source_places), len(rows) + 1):
            before = len(unit.lines[number - 1])
            self._source_places.append(self._source_places[-1] + before)
        if self._table is None:
            self._begin()
        assert self._table
        same = max(0, min(len(self._rows), len(rows)) - 1)
        same += same < len(self._rows) and self._rows[same] == rows[same]
        if same == len(rows) == len(self._rows):
            self._make_room()
            return
        if len(rows) < len(self._rows):
            self._table.removeRows(len(rows), len(self._rows) - len(rows))
        elif len(rows) > self._table.rows():
            self._table.appendRows(len(rows) - self._table.rows())
        self._draw_rows(same, rows, references)
        self._make_room()

    def _draw_rows(self, same: int, rows: list[str], references: MutableMapping[str, Any]) -> None:
        if same < len(self._row_places):
            self.places.cut(self._row_places[same])
        for drawn in (self._rows, self._cells, self._row_places):
            del drawn[same:]
        for number in range(same, len(rows)):
            self._draw_row(number, rows[number], references)

    def restyle(self, look: Look) -> None:
        """Set all formats anew; no word changes."""
        self._look = look
        assert self._table
        self._table.setFormat(self._format())
        for number, row in enumerate(self._cells):
            for column, runs in enumerate(row):
                cell = self._table.cellAt(number, column)
                cell.setFormat(look.cell(is_head=number == 0))
                cursor = cell.firstCursorPosition()
                place = cursor.position()
                for run in runs:
                    cursor.setPosition(place)
                    place += utf16_units(run.text)
                    cursor.setPosition(place, QTextCursor.MoveMode.KeepAnchor)
                    cursor.setCharFormat(look.char(run.style, 0, is_panel=False))

    def fit(self, width: int) -> None:
        """Share the width among the columns, if they would take more than there is."""
        assert self._table
        layout = self._document.documentLayout()
        if not self._shares and layout.frameBoundingRect(self._table).width() <= width:
            return
        widths = [min(max(chars, 4), _MOST_SHARE_CHARS) for chars in self._widths]
        shares = tuple(max(_LEAST_SHARE, round(100 * w / sum(widths))) for w in widths)
        if shares != self._shares:
            self._shares = shares
            self._table.setFormat(self._format())

    def release(self) -> None:
        """Take its own width again: the column is wider now."""
        if self._shares and self._table:
            self._shares = ()
            self._table.setFormat(self._format())

    def bottom(self) -> float:
        """Where its last line ends on the page."""
        assert self._table
        layout = self._document.documentLayout()
        last = self._table.cellAt(self._table.rows() - 1, 0).lastCursorPosition().block()
        return layout.blockBoundingRect(last).bottom() + CELL_PAD_PX

    def _begin(self) -> None:
        cursor = QTextCursor(self._document)
        cursor.setPosition(self.start)
        cursor.setBlockFormat(QTextBlockFormat())
        self._table = cursor.insertTable(1, self._shown, self._format())
        self._widths = [0] * self._shown
        delimiters = line_kinds.cells(self.unit.lines[1])[: self._shown]
        self._sides = [_side(words) for words in delimiters]

    def _make_room(self) -> None:
        """There is a button below as soon as not everything is drawn."""
        if any(self.hidden()) != self._has_button and self._table:
            self._has_button = any(self.hidden())
            self._table.setFormat(self._format())

    def _format(self) -> QTextTableFormat:
        above = LineStyle(gap="unit")
        gap_px = self._look.gap_px(above, is_after_heading=self._is_after_heading)
        below_px = self._look.gap_px(above)
        if any(self.hidden()):
            below_px += self._look.panel_header_px
        return self._look.table(self._shares, gap_px, below_px)

    def _draw_row(self, number: int, line: str, references: MutableMapping[str, Any]) -> None:
        from app.ui.markdown.table_rows import row_runs

        assert self._table
        is_head = number == 0
        head = self.unit.lines[0]
        runs = row_runs(head, self.unit.lines[1], None if is_head else line, references)
        offset = self._source_places[number + 1] if number else 0
        cells = [*runs, *[()] * self._shown][: self._shown]
        self._rows.append(line)
        self._cells.append([])
        self._row_places.append(self._table.cellAt(number, 0).firstPosition() - self.start)
        for column, cell_runs in enumerate(cells):
            moved = (msgspec.structs.replace(run, at=run.at + offset) for run in cell_runs)
            self._draw_cell(number, column, tuple(map(shown, moved)))

    def _draw_cell(self, number: int, column: int, runs: tuple[Run, ...]) -> None:
        assert self._table
        is_head = number == 0
        if is_head:
            styles = (msgspec.structs.replace(run.style, is_strong=True) for run in runs)
            runs = tuple(
                msgspec.structs.replace(run, style=style)
                for run, style in zip(runs, styles, strict=True)
            )
        self._cells[-1].append(runs)
        cell = self._table.cellAt(number, column)
        cell.setFormat(self._look.cell(is_head=is_head))
        cursor = cell.firstCursorPosition()
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        if cursor.hasSelection():
            cursor.removeSelectedText()
        form = self._look.block(_CELL, is_after_heading=False)
        if side := self._sides[column]:
            form = QTextBlockFormat(form)
            form.setAlignment(side)
        cursor.setBlockFormat(form)
        place = cursor.position() - self.start
        for run in runs:
            self.places.add(Segment(run.at, place, run.text, run.is_literal))
            place += utf16_units(run.text)
            cursor.insertText(run.text, self._look.char(run.style, 0, is_panel=False))
        chars = sum(len(run.text) for run in runs)
        self._widths[column] = max(self._widths[column], chars)


def _side(delimiter: str) -> Qt.AlignmentFlag | None:
    if not delimiter.endswith(":"):
        return None
    return _SIDES["center" if delimiter.startswith(":") else "right"]
