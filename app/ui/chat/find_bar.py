"""Find words in the open chat."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from app.ui.escape import claims_escape
from app.ui.look.icons import IconFollower
from app.ui.plain_text import PlainLabel
from app.ui.search_field import SearchField


class _Field(SearchField):
    """Enter goes on, Shift+Enter back, Escape away."""

    stepped = Signal(int)
    closed = Signal()

    def event(self, event: QEvent) -> bool:
        """Claim Escape, which would stop the answer otherwise."""
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from place to place."""
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.stepped.emit(-1 if is_shifted else 1)
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Escape:
                self.closed.emit()
            case _:
                super().keyPressEvent(event)


class FindBar(QFrame):
    """A field, how many places there are, and the way from one to the next.

    Signals:
        searched: The words, as they are typed.
        stepped: 1 for the next place, -1 for the one before.
        closed: Nothing is looked for any more.
    """

    searched = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("findBar")
        self.field = _Field("findField", self.tr("Find in this chat"))
        self._count = PlainLabel(kind="small")
        self._count.setObjectName("findCount")
        back = self._button("findPreviousButton", "chevron-left", self.tr("Previous place"))
        forward = self._button("findNextButton", "chevron-right", self.tr("Next place"))
        close = self._button("closeFindButton", "close", self.tr("Close"))
        self._steps = (back, forward)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addSpacing(4)
        for part in (self._count, back, forward, close):
            row.addWidget(part)
        self.field.textChanged.connect(self.searched)
        self.field.stepped.connect(self.stepped)
        self.field.closed.connect(self.close_bar)
        back.clicked.connect(lambda: self.stepped.emit(-1))
        forward.clicked.connect(lambda: self.stepped.emit(1))
        close.clicked.connect(self.close_bar)
        self.show_count(0, 0)
        self.hide()

    def open_bar(self) -> None:
        """Begin to find."""
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self.searched.emit(self.field.text())

    def show_count(self, number: int, total: int) -> None:
        """Say which of how many places is shown."""
        words = ""
        if self.field.text().strip():
            words = (
                self.tr("{number} of {total}").format(number=number, total=total)
                if total
                else self.tr("Not found")
            )
        self._count.setText(words)
        self.field.setAccessibleDescription(words)
        for button in self._steps:
            button.setEnabled(total > 1)

    @Slot()
    def close_bar(self) -> None:
        """Look for nothing any more."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _button(self, name: str, picture: str, label: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAccessibleName(label)
        button.setToolTip(label)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(button, picture, QPalette.ColorRole.PlaceholderText, 16)
        return button
