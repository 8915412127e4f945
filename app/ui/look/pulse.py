"""Three dots that say “still at it”."""

from PySide6.QtCore import QSize, QTimerEvent, Slot
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.look.measures import measures

_STEP_MS = 350
_DOTS = 3
_DIAMETER_PX = 5
_PITCH_PX = 9


class Pulse(QWidget):
    """Moves only while it can be seen, and not where nothing is to move."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._step = 0
        self._timer = 0
        self._is_seen = False
        measures().changed.connect(self._begin_or_end)

    def sizeHint(self) -> QSize:
        """Room for the dots."""
        return QSize(_PITCH_PX * _DOTS, _DIAMETER_PX + 4)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin."""
        self._is_seen = True
        self._begin_or_end()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """End: nothing ticks behind the scenes."""
        self._is_seen = False
        self._begin_or_end()
        super().hideEvent(event)

    @Slot()
    def _begin_or_end(self) -> None:
        moves = self._is_seen and not measures().is_still
        if moves and not self._timer:
            self._timer = self.startTimer(_STEP_MS)
        elif not moves and self._timer:
            self.killTimer(self._timer)
            self._timer = 0
        self.update()

    def timerEvent(self, event: QTimerEvent) -> None:
        """Light the next dot."""
        self._step = (self._step + 1) % _DOTS
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dots, one of them lit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - _DIAMETER_PX) // 2
        for dot in range(_DOTS):
            colour = QColor(self.palette().color(QPalette.ColorRole.Highlight))
            is_lit = dot == self._step or not self._timer
            colour.setAlphaF(1.0 if is_lit else 0.35)
            painter.setBrush(colour)
            painter.setPen(colour)
            painter.drawEllipse(dot * _PITCH_PX, top, _DIAMETER_PX, _DIAMETER_PX)
