"""The layers of a model in a row, coloured by where they lie."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.ui.look.theme import colour_now
from app.ui.models.layers import LayerRun, run_words
from app.ui.plain_text import tooltip

_HEIGHT_PX = 16
_GAP_BELOW_PX = 6.0  # narrower cells touch
_RADIUS_PX = 2.0
_LIGHTER = 150


class LayerStrip(QWidget):
    """A cell for each layer: full on a graphics card, hatched in RAM, half and half where split."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._runs: list[LayerRun] = []
        self._gpus = 0
        self._is_advanced = False

    def show_runs(self, runs: list[LayerRun], *, gpus: int, is_advanced: bool) -> None:
        """Draw these."""
        self._runs, self._gpus, self._is_advanced = runs, gpus, is_advanced
        self.update()

    def words_at(self, x_px: float) -> str:
        """What lies there."""
        layers = self._count()
        if not layers:
            return ""
        layer = min(layers - 1, max(0, int(x_px * layers / max(1, self.width()))))
        run = next(run for run in self._runs if run.first <= layer <= run.last)
        where = run_words(run, gpus=self._gpus, is_advanced=self._is_advanced)
        return self.tr("Layer {number}: {where}").format(number=layer, where=where)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(120, _HEIGHT_PX)

    def event(self, event: QEvent) -> bool:
        """Say which layer the pointer is on."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), tooltip(self.words_at(event.pos().x())), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cells."""
        layers = self._count()
        if not layers:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        pitch = self.width() / layers
        gap = 1.5 if pitch >= _GAP_BELOW_PX else 0.0
        for run in self._runs:
            for layer in range(run.first, run.last + 1):
                cell = QRectF(layer * pitch, 0, pitch - gap, self.height())
                _draw_cell(painter, cell, run)

    def _count(self) -> int:
        return self._runs[-1].last + 1 if self._runs else 0


def _draw_cell(painter: QPainter, cell: QRectF, run: LayerRun) -> None:
    in_memory = QBrush(colour_now("muted"), Qt.BrushStyle.Dense5Pattern)
    if run.gpu is None:
        painter.setBrush(colour_now("hover"))
        painter.drawRoundedRect(cell, _RADIUS_PX, _RADIUS_PX)
        painter.setBrush(in_memory)
        painter.drawRoundedRect(cell, _RADIUS_PX, _RADIUS_PX)
        return
    painter.setBrush(_card_colour(run.gpu))
    painter.drawRoundedRect(cell, _RADIUS_PX, _RADIUS_PX)
    if run.is_split:
        lower = QRectF(cell.left(), cell.center().y() + 0.5, cell.width(), cell.height() / 2)
        painter.fillRect(lower, colour_now("hover"))
        painter.fillRect(lower, in_memory)


def _card_colour(gpu: int) -> QColor:
    """Every other card is lighter."""
    colour = colour_now("accent")
    colour.setAlpha(_LIGHTER if gpu % 2 else 255)
    return colour
