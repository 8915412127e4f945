"""A field for a number that may be left to the app."""

from PySide6.QtCore import QLocale, QRegularExpression, QSize, Signal, Slot
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit

from app.ui.look.measures import measures

_FIELD_PX, _LEAST_PX = 176, 72


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
        self.setMinimumWidth(_LEAST_PX)
        self.set_width(_FIELD_PX)
        measures().changed.connect(self._fit)
        fraction = rf"([.,]\d{{0,{decimals}}})?" if decimals else ""
        pattern = QRegularExpression(rf"\d{{0,7}}{fraction}")
        self.setValidator(QRegularExpressionValidator(pattern, self))
        self._least, self._most = least, most
        self._shown: float | None = None
        self.editingFinished.connect(self.finish)

    def set_width(self, width_px: int) -> None:
        """Be that wide at the system's size of text, and no wider."""
        self._width_px = width_px
        self._fit()

    @Slot()
    def _fit(self) -> None:
        self.setMaximumWidth(measures().at_text_size(self._width_px))

    def sizeHint(self) -> QSize:
        """As wide as it may become."""
        return QSize(self.maximumWidth(), super().sizeHint().height())

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
