"""What was just deleted, and for a while the way to have it back."""

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from app.ui.plain_text import PlainLabel

_SHOWN_MS = 10_000


class UndoBar(QFrame):
    """One sentence and Undo; time stands still while the pointer or the keyboard is on it.

    Signals:
        undone: Undo was pressed.
        expired: Nobody pressed it in time.
    """

    undone = Signal()
    expired = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("undoBar")
        self._words = PlainLabel(wraps=True)
        self._undo = QPushButton(self.tr("Undo"))
        self._undo.setObjectName("undoButton")
        self._undo.setProperty("kind", "link")
        self._undo.clicked.connect(self._take_back)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self._end)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.addWidget(self._words, 1)
        row.addWidget(self._undo)
        self.hide()

    def show_words(self, words: str) -> None:
        """Say what was deleted."""
        self._words.setText(words)
        self.show()
        self._timer.start()
        event = QAccessibleAnnouncementEvent(self, words)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
        QAccessible.updateAccessibility(event)

    def put_away(self) -> None:
        """It cannot be had back any more."""
        self._timer.stop()
        self.hide()

    def enterEvent(self, event: QEvent) -> None:
        """Wait while somebody is about to press it."""
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Go on counting."""
        if self.isVisible():
            self._timer.start()

    @Slot()
    def _end(self) -> None:
        if self._undo.hasFocus():
            self._timer.start()
            return
        self.hide()
        self.expired.emit()

    @Slot()
    def _take_back(self) -> None:
        self.put_away()
        self.undone.emit()
