"""Threads for what answers look like: work goes in, results come back to the GUI thread."""

import functools
import queue
import threading
from collections.abc import Callable
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

_Work = Callable[[], Any]
_Receive = Callable[[Any], None]


class Background(QObject):
    """One thread, for the process's life.

    SAFETY: work goes in by a queue and comes back by a queued signal; in between the thread alone
    has it. Work holds plain values only.
    """

    _done = Signal(object, object, object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._work: queue.SimpleQueue[tuple[_Work, _Receive, QObject]] = queue.SimpleQueue()
        self._done.connect(self._hand_back, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def ask(self, work: _Work, receive: _Receive, owner: QObject) -> None:
        """Have `work` done there and `receive` called with its result, if the owner still lives."""
        self._work.put((work, receive, owner))

    def _run(self) -> None:
        while True:
            work, receive, owner = self._work.get()
            self._done.emit(work(), receive, owner)

    @Slot(object, object, object)
    def _hand_back(self, result: object, receive: _Receive, owner: QObject) -> None:
        if shiboken6.isValid(owner):
            receive(result)


@functools.cache
def background(name: str) -> Background:
    """The thread of that name; made with the first work for it, on the GUI thread."""
    return Background(name)
