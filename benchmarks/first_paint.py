"""Runs a module as `python -m` would and prints when its window became interactive.

`python -m benchmarks.first_paint MODULE [ARGUMENT…]`. Interactive is the first moment after the
first paint at which the event loop had nothing to do. It is printed in nanoseconds of the
monotonic clock, which all processes share, and the program is asked to quit.
"""

import runpy
import sys
import time

from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QObject, QTimer

# A turn of the event loop that took less had nothing else in it.
_IDLE_TURN_NS = 5_000_000


class _FirstPaint(QObject):
    def __init__(self, application: QtWidgets.QApplication) -> None:
        super().__init__(application)
        self._application = application
        application.installEventFilter(self)
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._turned)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint and watched.isWidgetType():
            self._application.removeEventFilter(self)
            self._arm()
        return False

    def _arm(self) -> None:
        self._armed_ns = time.monotonic_ns()
        self._turn.start()

    def _turned(self) -> None:
        now_ns = time.monotonic_ns()
        if now_ns - self._armed_ns > _IDLE_TURN_NS:
            self._arm()
            return
        print(now_ns, flush=True)
        QtWidgets.QApplication.quit()


class _ProbedApplication(QtWidgets.QApplication):
    """The application that the module makes, watched from its first event on."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        _FirstPaint(self)


if __name__ == "__main__":
    QtWidgets.QApplication = _ProbedApplication  # type: ignore[misc, assignment]
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
