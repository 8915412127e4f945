"""When a window can be used: after its first picture, once the event loop has nothing to do."""

import time

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

# A turn of the event loop that took less had nothing else in it.
_IDLE_TURN_NS = 5_000_000


class FirstPicture(QObject):
    """Watches an application that has shown nothing yet.

    Signals:
        usable: Once.
    """

    usable = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._turned)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice the first picture; consumes nothing."""
        if event.type() == QEvent.Type.Paint and watched.isWidgetType():
            self._application.removeEventFilter(self)
            self._arm()
        return False

    def _arm(self) -> None:
        self._armed_ns = time.monotonic_ns()
        self._turn.start()

    @Slot()
    def _turned(self) -> None:
        if time.monotonic_ns() - self._armed_ns > _IDLE_TURN_NS:
            self._arm()
        else:
            self.usable.emit()
