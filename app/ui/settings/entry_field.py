"""A field whose text is checked before anything takes effect."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.announce import announce
from app.ui.escape import claims_escape
from app.ui.plain_text import PlainLabel
from app.ui.settings.entries import EntryRefused

_FIELD_PX = 380
_SHORT_PX = 110


class EntryField(QWidget):
    """Label, field, what it means, and why an entry was refused.

    Enter or going elsewhere takes the text over; Escape takes back what was written. `check` puts
    an entry in order or raises `EntryRefused`.

    Signals:
        entered: A sound value that differs from the one before, as `check` returned it.
    """

    entered = Signal(str)

    def __init__(
        self,
        name: str,
        label: str,
        *,
        check: Callable[[str], str],
        hint: str,
        empty: str,
        unit: str = "",
        width_px: int = _FIELD_PX,
    ) -> None:
        super().__init__()
        self._check = check
        self._value = ""
        self._field = _Line()
        self._field.setObjectName(name)
        self._field.setProperty("kind", "number")
        self._field.setAccessibleName(f"{label} ({unit})" if unit else label)
        self._field.setPlaceholderText(empty)
        self._field.setMaximumWidth(_SHORT_PX if unit else width_px)
        self._hint = PlainLabel(hint, kind="small", wraps=True)
        self._hint.setVisible(bool(hint))
        self._refusal = PlainLabel(kind="alarm", wraps=True)
        self._refusal.setObjectName(f"{name}Refusal")
        self._refusal.hide()
        self._arrange(label, unit)
        self._describe()
        self._field.editingFinished.connect(self._finish)
        self._field.textEdited.connect(self._edited)
        self._field.taken_back.connect(self._take_back)

    def show_value(self, value: str) -> None:
        """Show what holds now; what is being written stays."""
        self._value = value
        if not self._field.hasFocus():
            self._take_back()

    @Slot()
    def _take_back(self) -> None:
        self._field.setText(self._value)
        self._field.is_written = False
        self._refuse("")

    @Slot()
    def _edited(self) -> None:
        self._field.is_written = self._field.text() != self._value
        if not self._refusal.isHidden():
            self._refuse(self._problem())  # it goes as soon as it is mended

    @Slot()
    def _finish(self) -> None:
        problem = self._problem()
        self._refuse(problem)
        if problem:
            self._announce(problem)
            return
        before, self._value = self._value, self._check(self._field.text())
        self._field.setText(self._value)
        self._field.is_written = False
        if self._value != before:
            self.entered.emit(self._value)

    def _problem(self) -> str:
        try:
            self._check(self._field.text())
        except EntryRefused as refusal:
            return str(refusal)
        return ""

    def _refuse(self, problem: str) -> None:
        self._refusal.setText(problem)
        self._refusal.setVisible(bool(problem))
        if bool(self._field.property("refused")) != bool(problem):
            self._field.setProperty("refused", bool(problem))
            self._field.style().polish(self._field)
        self._describe()

    def _describe(self) -> None:
        words = (self._refusal.text(), self._hint.text())
        self._field.setAccessibleDescription(" ".join(word for word in words if word))

    def _announce(self, words: str) -> None:
        announce(self, words, is_urgent=True)

    def _arrange(self, label: str, unit: str) -> None:
        words = PlainLabel(label, kind="strong", wraps=True)
        words.setBuddy(self._field)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._field, 1000)
        if unit:
            line.addWidget(PlainLabel(unit, kind="muted"))
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(words)
        column.addLayout(line)
        column.addWidget(self._refusal)
        column.addWidget(self._hint)


class _Line(QLineEdit):
    """Escape takes back what was written, and otherwise goes on to the page.

    Signals:
        taken_back: Escape was pressed.
    """

    taken_back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_written = False

    def event(self, event: QEvent) -> bool:
        """Claim Escape while there is something to take back."""
        if self.is_written and claims_escape(event):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take it back."""
        if event.key() == Qt.Key.Key_Escape and self.is_written:
            self.taken_back.emit()
        else:
            super().keyPressEvent(event)
