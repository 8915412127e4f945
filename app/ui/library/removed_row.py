"""What stands where a model was removed, while it can be brought back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.domain.library import Installed
from app.ui.announce import announce
from app.ui.plain_text import PlainLabel


class RemovedRow(QFrame):
    """One sentence and Undo.

    Signals:
        undo_requested: The removal is to be taken back.
    """

    undo_requested = Signal()

    def __init__(self, removed: Installed) -> None:
        super().__init__()
        self.setObjectName("removedRow")
        self._sentence = self.tr("“{name}” was removed.").format(name=removed.name)
        self.setAccessibleName(self._sentence)
        self._undo = QPushButton(self.tr("Undo"))
        self._undo.setObjectName("undoRemoveButton")
        self._undo.setProperty("kind", "link")
        self._undo.setAccessibleName(
            self.tr("Undo the removal of {name}").format(name=removed.name)
        )
        self._undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._undo.clicked.connect(self.undo_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 10, 8)
        row.addWidget(PlainLabel(self._sentence, kind="muted", wraps=True), 1)
        row.addWidget(self._undo)

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """In the order of the keyboard."""
        return (self._undo,)

    def announce(self) -> None:
        """Have screen readers say it."""
        announce(self, self._sentence)
