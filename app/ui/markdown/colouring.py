"""Colours of code, found on a thread and put on when they are there."""

import functools
import time
from collections import deque

from PySide6.QtCore import QObject, QTimer, Slot

from app.ui.markdown.background import background
from app.ui.markdown.block_views import CodeView
from app.ui.markdown.drawing import Drawing
from app.ui.markdown.lines_view import LinesView
from app.ui.markdown.spec import Row

# Code that is longer gets no colours.
_MOST_ROWS = 5000
_STEP_S = 0.008


def _coloured(language: str, rows: list[str], *, is_whole: bool) -> list[Row]:
    """Find colours; Pygments is imported with the first code."""
    from app.ui.markdown.lexing import rows_of

    return rows_of(language, rows, is_whole=is_whole)


class CodeColours(QObject):
    """The colours of all code in one answer."""

    def __init__(self, drawing: Drawing, parent: QObject) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self._put_on: deque[tuple[LinesView, int, Row]] = deque()
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._put_on_more)

    def refresh(self, first: int, *, is_settled: bool) -> None:
        """Find the colours of what is new from that view on."""
        for view in self._drawing.views[first:]:
            if isinstance(view, LinesView) and view.panels:
                self._ask(view, is_whole=is_settled or view.unit.is_closed)

    def restyle(self) -> None:
        """Put all colours on again, in the theme that is worn now."""
        for view in self._drawing.views:
            if isinstance(view, LinesView):
                found, view.colours = view.colours, {}
                self._put_on.extend((view, row, pieces) for row, pieces in found.items())
        self._put_on_more()

    def is_done(self) -> bool:
        """Whether everything that was found is put on."""
        return not self._put_on

    def _ask(self, view: LinesView, *, is_whole: bool) -> None:
        for panel in view.panels:
            if not panel.language:
                continue
            rows = view.panel_rows(panel.number)
            words = {row: view.row_words(row) for row in rows}
            if is_whole and view.coloured.get(panel.number) != tuple(words.values()):
                view.coloured[panel.number] = tuple(words.values())
                self._send(view, panel.language, words, is_whole=True)
            elif not is_whole and isinstance(view, CodeView):
                begin, end = view.asked_rows, max(len(rows) - 1, view.asked_rows)
                view.asked_rows = end
                new = {row: words[row] for row in range(begin, end)}
                if new and end <= _MOST_ROWS:
                    self._send(view, panel.language, new, is_whole=False)

    def _send(
        self, view: LinesView, language: str, rows: dict[int, str], *, is_whole: bool
    ) -> None:
        work = functools.partial(_coloured, language, list(rows.values()), is_whole=is_whole)
        background("code").ask(work, functools.partial(self._receive, view, list(rows)), self)

    def _receive(self, view: LinesView, rows: list[int], found: list[Row]) -> None:
        """Take what the thread found; what was drawn anew since then is asked for again."""
        for row, pieces in zip(rows, found, strict=True):
            self._put_on.append((view, row, pieces))
        self._put_on_more()

    @Slot()
    def _put_on_more(self) -> None:
        deadline = time.monotonic() + _STEP_S
        shown = set(map(id, self._drawing.views))
        while self._put_on and time.monotonic() < deadline:
            view, row, pieces = self._put_on.popleft()
            if id(view) in shown and row < len(view.lines):
                view.colour(row, pieces)
        if self._put_on:
            self._timer.start()
