"""On or off, at once."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from app.ui.look.theme import colour_now

_WIDTH_PX, _HEIGHT_PX = 40, 22
RING_PX = 3  # room for the ring of the keyboard
_GAP_PX = 3  # around the knob


class Switch(QCheckBox):
    """A check box that looks like what it does; its words stand beside it."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_LayoutUsesWidgetRect)  # it has no words beside it
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """The track and its ring."""
        return QSize(_WIDTH_PX + 2 * RING_PX, _HEIGHT_PX + 2 * RING_PX)

    def hitButton(self, pos: QPoint) -> bool:
        """All of it can be pressed."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track and knob, and the ring of the keyboard."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(RING_PX, RING_PX, _WIDTH_PX, _HEIGHT_PX)
        if self.hasFocus():
            ring = track.adjusted(-2, -2, 2, 2)
            painter.setPen(QPen(colour_now("accent"), 2))
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        is_on = self.isChecked()
        # Off is muted rather than faint: its edge must be seen (3 : 1).
        painter.setBrush(colour_now("accent" if is_on else "muted"))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        knob = QRectF(0, track.top() + _GAP_PX, _HEIGHT_PX - 2 * _GAP_PX, _HEIGHT_PX - 2 * _GAP_PX)
        # Forward is to the end of a line, also from right to left.
        if is_on is (self.layoutDirection() is Qt.LayoutDirection.LeftToRight):
            knob.moveRight(track.right() - _GAP_PX)
        else:
            knob.moveLeft(track.left() + _GAP_PX)
        painter.setBrush(colour_now("on_accent" if is_on else "surface"))
        painter.drawEllipse(knob)
