"""Something to decide, asked where the button was pressed."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from app.ui.announce import announce
from app.ui.buttons import push_button
from app.ui.escape import claims_escape
from app.ui.models.flow_row import FlowRow
from app.ui.plain_text import PlainLabel


class Question(QFrame):
    """A sentence and its answers, or nothing; Escape gives none.

    Signals:
        answered: The value of the answer.
        closed: It was answered or left.
    """

    answered = Signal(object)
    closed = Signal()

    def __init__(self, name: str, leave: str) -> None:
        """Be closed.

        Args:
            name: For `objectName`.
            leave: What the button says that decides nothing.
        """
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "question")
        self._asker: QWidget | None = None
        self._words = PlainLabel(wraps=True)
        self._words.setObjectName("questionText")
        self._leave_words = leave
        self._answers = FlowRow()
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(8)
        column.addWidget(self._words)
        column.addWidget(self._answers)
        self.hide()

    def ask(self, words: str, answers: Sequence[tuple[object, str]], asker: QWidget) -> None:
        """Ask; the keyboard goes to the answer that changes nothing, and back to the asker."""
        self._asker = asker
        self._words.setText(words)
        self.setAccessibleName(words)
        buttons = [push_button(f"answer_{value}", label) for value, label in answers]
        for button, (value, _) in zip(buttons, answers, strict=True):
            button.clicked.connect(lambda _, value=value: self._answer(value))
        leave = push_button("leaveButton", self._leave_words)
        leave.clicked.connect(self.leave)
        self._answers.show_members([*buttons, leave])
        self.show()
        leave.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, words, is_urgent=True)

    def leave(self) -> None:
        """Decide nothing."""
        focus, asker = QApplication.focusWidget(), self._asker
        had_focus = focus is not None and self.isAncestorOf(focus)
        self._asker = None
        if had_focus and asker:
            # Before it is hidden: the keyboard would go anywhere, even out of a panel.
            asker.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Claim Escape, which would leave the page otherwise."""
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _answer(self, value: object) -> None:
        self.leave()
        self.answered.emit(value)
