"""One of a few choices, shown on demand."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy

from app.ui.look.icons import pixmap
from app.ui.look.theme import colour_now

_ICON_PX = 14
_EDGE_PX = 9
_LEAST_CHARACTERS = 6


class DropDown(QComboBox):
    """A combo box in our clothes; the wheel scrolls the page, not the choice.

    Signals:
        chosen: The value of what the person chose.
    """

    chosen = Signal(object)

    def __init__(self, name: str, label: str, choices: Sequence[tuple[object, str]] = ()) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(_LEAST_CHARACTERS)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for value, words in choices:
            self.addItem(words, value)
        self.activated.connect(self._activated)

    def show_choice(self, value: object, words: str) -> None:
        """Show what holds, telling nobody; `words` name it where it is none of the choices."""
        place = self.findData(value)
        if place < 0:
            self.addItem(words, value)
            place = self.count() - 1
        self.setCurrentIndex(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page: who scrolls past does not want another choice."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark that says that there is more."""
        super().paintEvent(event)
        colour = colour_now("muted" if self.isEnabled() else "faint")
        mark = pixmap("chevron-down", colour, _ICON_PX, self.devicePixelRatioF())
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = _EDGE_PX if is_mirrored else self.width() - _ICON_PX - _EDGE_PX
        QPainter(self).drawPixmap(QPoint(left, (self.height() - _ICON_PX) // 2), mark)

    @Slot(int)
    def _activated(self, place: int) -> None:
        self.chosen.emit(self.itemData(place))
