"""What was just done, with the way back, for some seconds."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton

from app.ui.announce import announce
from app.ui.escape import claims_escape
from app.ui.icon_button import IconButton
from app.ui.key_hint import key_hint
from app.ui.plain_text import PlainLabel

_SHOWN_MS = 10_000
_DISMISS_PX = 26


class UndoBar(QFrame):
    """One sentence and Undo; stays while the mouse or the keyboard is on it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("undoBar")
        self._undo_it: Callable[[], None] | None = None
        self._keep_it: Callable[[], None] | None = None
        self._words = PlainLabel(wraps=True)
        self._words.setObjectName("undoText")
        self._undo = QPushButton(self.tr("Undo"))
        self._undo.setObjectName("undoButton")
        self._undo.setProperty("kind", "link")
        self._undo.setToolTip(key_hint(self.tr("Take it back"), "Ctrl+Z"))
        self._undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._undo.clicked.connect(self.undo)
        dismiss = IconButton(
            "undoDismiss", "close", self.tr("Dismiss"), side_px=_DISMISS_PX, icon_px=14
        )
        dismiss.clicked.connect(self.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 5, 5)
        row.setSpacing(4)
        row.addWidget(self._words, 1)
        row.addWidget(self._undo)
        row.addWidget(dismiss)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self._time_is_over)
        self.hide()

    def offer(
        self, words: str, undo: Callable[[], None], *, keep: Callable[[], None] | None = None
    ) -> None:
        """Say what was done, and how it is taken back; `keep` is called if it is not."""
        self.leave()
        self._undo_it, self._keep_it = undo, keep
        self._words.setText(words)
        self._undo.setAccessibleName(self.tr("Undo: {what}").format(what=words))
        self.setAccessibleName(words)
        self.show()
        self._timer.start()
        announce(self, f"{words} {self._undo.text()}: Ctrl+Z")

    @Slot()
    def undo(self) -> None:
        """Take it back, if there is something."""
        undo_it, self._keep_it = self._undo_it, None
        self.leave()
        if undo_it:
            undo_it()

    @Slot()
    def leave(self) -> None:
        """It stays done."""
        self._timer.stop()
        keep_it, self._undo_it, self._keep_it = self._keep_it, None, None
        self.hide()
        if keep_it:
            keep_it()

    def event(self, event: QEvent) -> bool:
        """Claim Escape, which would stop the answer otherwise."""
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _time_is_over(self) -> None:
        focus = QApplication.focusWidget()
        if self.underMouse() or (focus is not None and self.isAncestorOf(focus)):
            self._timer.start()
        else:
            self.leave()
