"""A check box whose edge can be seen in both themes."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QCheckBox

from app.ui.look.icons import pixmap

_BOX_PX = 18
_RING_PX = 4  # room for the ring of the keyboard
_CORNER_PX = 5
_TICK_PX = 14


class TickBox(QCheckBox):
    """Has no words of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """The box and its ring."""
        return QSize(_BOX_PX + 2 * _RING_PX, _BOX_PX + 2 * _RING_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, tick and ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, role = self.palette(), QPalette.ColorRole
        is_usable = self.isEnabled()
        accent = palette.color(role.Highlight if is_usable else role.Shadow)
        box = QRectF(_RING_PX, _RING_PX, _BOX_PX, _BOX_PX).adjusted(0.75, 0.75, -0.75, -0.75)
        if self.hasFocus():
            painter.setPen(QPen(accent, 2))
            painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), _CORNER_PX + 3, _CORNER_PX + 3)
        is_on = self.isChecked()
        edge = palette.color(role.PlaceholderText if is_usable else role.Shadow)
        painter.setPen(QPen(accent if is_on else edge, 1.5))
        painter.setBrush(accent if is_on else palette.color(role.Base))
        painter.drawRoundedRect(box, _CORNER_PX, _CORNER_PX)
        if is_on:
            corner = _RING_PX + (_BOX_PX - _TICK_PX) // 2
            colour = palette.color(role.HighlightedText)
            tick = pixmap("check", colour, _TICK_PX, self.devicePixelRatioF())
            painter.drawPixmap(corner, corner, tick)
