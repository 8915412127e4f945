"""A message's words while they are being written anew, in its place."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.chat.message_input import MessageInput
from app.ui.escape import claims_escape
from app.ui.plain_text import PlainLabel


class MessageEditor(QFrame):
    """Fills the column; Enter gives the words on, Escape leaves things as they were.

    Signals:
        done: The new words.
        cancelled: Nothing is to change.
        changed: The words so far.
    """

    done = Signal(str)
    cancelled = Signal()
    changed = Signal(str)

    def __init__(self, parent: QWidget, text: str, *, hint: str, action: str) -> None:
        """Begin with `text`; `action` is what the button says, `hint` what will come of it."""
        super().__init__(parent)
        self.setObjectName("messageEditor")
        self.input = MessageInput(takes_files=False)
        self.input.setObjectName("messageEditorInput")
        self.input.setAccessibleName(self.tr("Edit the message"))
        self.input.setPlainText(text)
        words = PlainLabel(hint, kind="small", wraps=True)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setObjectName("cancelEditButton")
        cancel.setProperty("kind", "outline")
        save = QPushButton(action)
        save.setObjectName("saveEditButton")
        save.setProperty("kind", "primary")
        for button in (cancel, save):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(words, 1)
        row.addWidget(cancel)
        row.addWidget(save)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 10, 10)
        column.setSpacing(8)
        column.addWidget(self.input, 1)
        column.addLayout(row)
        self.input.document().setDocumentMargin(4)
        self.input.submitted.connect(self._save)
        self.input.textChanged.connect(lambda: self.changed.emit(self.input.toPlainText()))
        save.clicked.connect(self._save)
        cancel.clicked.connect(self.cancelled)

    def height_for(self, width: int) -> int:
        """What it needs in a column of that width."""
        self.resize(width, self.height())
        return self.sizeHint().height()

    def event(self, event: QEvent) -> bool:
        """Claim Escape, which would stop the answer otherwise."""
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give up on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _save(self) -> None:
        self.done.emit(self.input.toPlainText())
