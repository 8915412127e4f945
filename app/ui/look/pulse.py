"""Three dots that say “still at it”."""

from PySide6.QtCore import QSize, QTimerEvent
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_STEP_MS = 350
_DOTS = 3
_DIAMETER_PX = 5
_PITCH_PX = 9


class Pulse(QWidget):
    """Moves only while it can be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._step = 0
        self._timer = 0

    def sizeHint(self) -> QSize:
        """Room for the dots."""
        return QSize(_PITCH_PX * _DOTS, _DIAMETER_PX + 4)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin."""
        self._timer = self._timer or self.startTimer(_STEP_MS)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """End: nothing ticks behind the scenes."""
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0
        super().hideEvent(event)

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
            colour.setAlphaF(1.0 if dot == self._step else 0.35)
            painter.setBrush(colour)
            painter.setPen(colour)
            painter.drawEllipse(dot * _PITCH_PX, top, _DIAMETER_PX, _DIAMETER_PX)
