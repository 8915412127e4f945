"""How much of what the model can keep in mind the open chat takes."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QProgressBar, QSizePolicy

from app.domain.units import format_count

_SIDE_PX = 36
_RING_PX = 17
_PEN_PX = 3
_FULL_TURN = 360 * 16
_NEARLY_FULL = 0.9


class ContextGauge(QProgressBar):
    """A ring; a progress bar to screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("contextGauge")
        self.setAccessibleName(self.tr("Context used"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setTextVisible(False)
        self.show_nothing()

    def show_nothing(self) -> None:
        """There is no number yet."""
        self.setRange(0, 1)
        self.setValue(0)
        self.setEnabled(False)
        self.setToolTip(self.tr("Shows how full the context is after the first answer."))

    def show_usage(self, used_tokens: int, context_tokens: int) -> None:
        """Show the size of the chat as of its last answer."""
        self.setRange(0, context_tokens)
        self.setValue(min(used_tokens, context_tokens))
        self.setEnabled(True)
        self.setToolTip(
            self.tr("{used} of {total} tokens used ({percent} %)").format(
                used=format_count(used_tokens),
                total=format_count(context_tokens),
                percent=round(100 * used_tokens / context_tokens),
            )
        )

    def sizeHint(self) -> QSize:
        """As large as the buttons beside it."""
        return QSize(_SIDE_PX, _SIDE_PX)

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track and the part that is used, from twelve o'clock."""
        share = self.value() / self.maximum()
        role = QPalette.ColorRole
        track_role = role.Mid if self.isEnabled() else role.Light
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = float(_RING_PX)
        ring = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        track, used = QPen(self.palette().color(track_role), _PEN_PX), QPen()
        painter.setPen(track)
        painter.drawEllipse(ring)
        if share:
            used.setColor(
                self.palette().color(role.BrightText if share > _NEARLY_FULL else role.Highlight)
            )
            used.setWidth(_PEN_PX)
            used.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(used)
            painter.drawArc(ring, _FULL_TURN // 4, -max(1, round(share * _FULL_TURN)))
