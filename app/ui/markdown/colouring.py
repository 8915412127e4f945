"""Colours of code, found on a thread and put on when they are there."""

import functools
import queue
import threading
import time
from collections import deque

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.ui.markdown.block_views import CodeView
from app.ui.markdown.drawing import Drawing
from app.ui.markdown.lines_view import LinesView
from app.ui.markdown.spec import Row

# Code that is longer gets no colours.
_MOST_ROWS = 5000
_STEP_S = 0.008


class Job:
    """Some rows of one view."""

    def __init__(
        self, view: LinesView, language: str, rows: dict[int, str], *, is_whole: bool
    ) -> None:
        self.view = view
        self.language = language
        self.rows = rows
        self.is_whole = is_whole
        self.found: list[Row] = []


class _Thread(QObject):
    """One for the whole window; made with the first code.

    SAFETY: jobs go in by a queue and come back by a queued signal; in between the thread alone has
    them.
    """

    done = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._jobs: queue.SimpleQueue[tuple[Job, CodeColours]] = queue.SimpleQueue()
        self.done.connect(self._hand_back, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._run, name="code-colours", daemon=True).start()

    def ask(self, job: Job, owner: "CodeColours") -> None:
        """Have it done; `owner.receive(job)` is called on the GUI thread, if it is still there."""
        self._jobs.put((job, owner))

    def _run(self) -> None:
        from app.ui.markdown.lexing import rows_of

        while True:
            job, owner = self._jobs.get()
            job.found = list(rows_of(job.language, list(job.rows.values()), is_whole=job.is_whole))
            self.done.emit(job, owner)

    @Slot(object, object)
    def _hand_back(self, job: Job, owner: "CodeColours") -> None:
        if shiboken6.isValid(owner):
            owner.receive(job)


@functools.cache
def _thread() -> _Thread:
    return _Thread()


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

    def receive(self, job: Job) -> None:
        """Take what the thread found; what was drawn anew since then is asked for again."""
        for row, pieces in zip(job.rows, job.found, strict=True):
            self._put_on.append((job.view, row, pieces))
        self._put_on_more()

    def _ask(self, view: LinesView, *, is_whole: bool) -> None:
        for panel in view.panels:
            if not panel.language:
                continue
            rows = view.panel_rows(panel.number)
            words = {row: view.row_words(row) for row in rows}
            if is_whole and view.coloured.get(panel.number) != tuple(words.values()):
                view.coloured[panel.number] = tuple(words.values())
                _thread().ask(Job(view, panel.language, words, is_whole=True), self)
            elif not is_whole and isinstance(view, CodeView):
                begin, end = view.asked_rows, max(len(rows) - 1, view.asked_rows)
                view.asked_rows = end
                new = {row: words[row] for row in range(begin, end)}
                if new and end <= _MOST_ROWS:
                    _thread().ask(Job(view, panel.language, new, is_whole=False), self)

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
