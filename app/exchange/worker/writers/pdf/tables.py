"""Tables on the pages of a PDF: columns as wide as their words need, rows that may be torn."""

from collections.abc import Sequence
from functools import partial
from itertools import zip_longest

import msgspec

from app.exchange.worker.writers.blocks import Spans, Table, strong
from app.exchange.worker.writers.pdf.fonts import Fonts
from app.exchange.worker.writers.pdf.lines import (
    Line,
    broken,
    longest_word_pt,
    natural_width_pt,
)
from app.exchange.worker.writers.pdf.sheet import MUTED, Column, Sheet
from app.exchange.worker.writers.pdf.tone import LINE, Tone

_GAP = 14.0
_PADDING = 4.5
_MOST_COLUMNS = 12
_NARROWEST = 26.0
# As much of a table decides how wide its columns are.
_MEASURED_ROWS = 5000
_HEAD_LINES = 6


class TableBody:
    """One table in one column of a page."""

    def __init__(
        self, table: Table, column: Column, tone: Tone, sheet: Sheet, fonts: Fonts
    ) -> None:
        self._table = table
        self._column = column
        self._tone = tone
        self._head_tone = msgspec.structs.replace(tone, colour=MUTED)
        self._sheet = sheet
        self._fonts = fonts
        self._widths = self._column_widths() if len(table.head) <= _MOST_COLUMNS else []

    @property
    def fits(self) -> bool:
        """Whether every column is wide enough to be read."""
        return bool(self._widths)

    def put(self) -> None:
        """Put it below what stands above; the head stands on every page again."""
        head = self._cells(list(map(strong, self._table.head)), self._head_tone)
        is_head_short = max(map(len, head)) <= _HEAD_LINES
        self._sheet.keep(6 * self._tone.leading)
        self._row(head)
        for row in self._table.rows:
            cells = self._cells(row, self._tone)
            height = max(map(len, cells)) * self._tone.leading + 2 * _PADDING
            if not self._sheet.has_room(min(height, 5 * self._tone.leading)):
                self._sheet.turn()
                if is_head_short:
                    self._row(head)
            self._row(cells)

    def _column_widths(self) -> list[float]:
        """Give every column its longest word, and the rest of the width by what they would like.

        Returns:
            Nothing if that cannot be.
        """
        rows = (self._table.head, *self._table.rows[:_MEASURED_ROWS])
        columns = list(zip(*rows, strict=True))
        room = self._column.width - _GAP * (len(columns) - 1)
        least = [max(_NARROWEST, *(self._longest(cell) for cell in cells)) for cells in columns]
        liked = [max(_NARROWEST, *(self._natural(cell) for cell in cells)) for cells in columns]
        if sum(liked) <= room:
            return liked
        fair = room / len(columns)
        if sum(least) > room:
            # Long words are torn, but in no column that is narrow already.
            least = [min(width, fair) for width in least]
            if fair < 2 * _NARROWEST:
                return []
        spare = room - sum(least)
        wishes = [max(0.0, wish - width) for wish, width in zip(liked, least, strict=True)]
        total = sum(wishes) or 1.0
        return [width + spare * wish / total for width, wish in zip(least, wishes, strict=True)]

    def _longest(self, cell: Spans) -> float:
        return longest_word_pt(self._tone.inked(strong(cell)), self._fonts)

    def _natural(self, cell: Spans) -> float:
        # A little more than it is: sums in another order must not break a line.
        return natural_width_pt(self._tone.inked(strong(cell)), self._fonts) + 0.5

    def _cells(self, row: Sequence[Spans], tone: Tone) -> list[list[Line]]:
        return [
            list(broken(tone.inked(cell), width, self._fonts))
            for cell, width in zip(row, self._widths, strict=True)
        ]

    def _row(self, cells: list[list[Line]]) -> None:
        """A row is a strip per line, so that it may go on on the next page."""
        self._sheet.strip(_PADDING, self._column)
        for lines in zip_longest(*cells):
            self._sheet.strip(self._tone.leading, self._column, partial(self._words, lines))
        width = min(self._column.width, sum(self._widths) + _GAP * (len(self._widths) - 1))
        self._sheet.strip(
            _PADDING, self._column, lambda y: self._sheet.rule(self._column.x, y, width, LINE, 0.5)
        )

    def _words(self, lines: Sequence[Line | None], y: float) -> None:
        x = self._column.x
        for line, width, side in zip(lines, self._widths, self._table.sides, strict=True):
            if line:
                spare = width - line.width_pt
                is_right = side == "right" or (line.is_right_to_left and not side)
                shift = spare if is_right else spare / 2 if side == "center" else 0.0
                self._sheet.words(line, x + shift, y + 0.31 * self._tone.leading)
            x += width + _GAP
