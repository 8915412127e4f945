"""A field for a number that may be left to the app."""

from PySide6.QtCore import QLocale, QRegularExpression, Signal, Slot
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit

_FIELD_PX = 176


class NumberField(QLineEdit):
    """A number within bounds; empty leaves it to the app.

    Signals:
        changed: The person wrote another number, or none.
    """

    changed = Signal()

    def __init__(self, name: str, *, least: float, most: float, decimals: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "number")
        self.setFixedWidth(_FIELD_PX)
        fraction = rf"([.,]\d{{0,{decimals}}})?" if decimals else ""
        pattern = QRegularExpression(rf"\d{{0,7}}{fraction}")
        self.setValidator(QRegularExpressionValidator(pattern, self))
        self._least, self._most = least, most
        self._shown: float | None = None
        self.editingFinished.connect(self.finish)

    def value(self) -> float | None:
        """The number, brought into its bounds."""
        try:
            written = float(self.text().replace(",", "."))
        except ValueError:
            return None
        return min(max(written, self._least), self._most)

    def show_value(self, value: float | None) -> None:
        """Show what holds now."""
        self._shown = value
        written = "" if value is None else f"{value:g}" if value % 1 else str(round(value))
        self.setText(written.replace(".", QLocale().decimalPoint()))

    @Slot()
    def finish(self) -> None:
        """Take over what is written."""
        before, value = self._shown, self.value()
        self.show_value(value)
        if value != before:
            self.changed.emit()
