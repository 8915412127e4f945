"""One device's memory as a bar."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QHelpEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.domain.placement.values import Share
from app.ui.look.theme import colour_now
from app.ui.models.parts import Part, Slice, part_colour, part_words, slices
from app.ui.plain_text import tooltip
from app.ui.quantities import format_bytes

_GAP_PX = 1.5
_THINNEST_PX = 3.0
_LIMIT_PX = 2.0
_VEIL = 70


class MemoryBar(QWidget):
    """Segments in the colours of `Part`; what does not fit stands beyond a line.

    Its words are said by who shows it.
    """

    def __init__(self, height_px: int) -> None:
        super().__init__()
        self.setFixedHeight(height_px)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._share: Share | None = None
        self._is_advanced = False

    def show_share(self, share: Share, *, is_advanced: bool = False) -> None:
        """Draw this."""
        if (share, is_advanced) != (self._share, self._is_advanced):
            self._share, self._is_advanced = share, is_advanced
            self.update()

    def segments(self) -> list[tuple[Slice, QRectF]]:
        """What is drawn, and where."""
        if self._share is None:
            return []
        cut = slices(self._share, is_advanced=self._is_advanced)
        whole = sum(piece.bytes for piece in cut)
        if not whole:
            return []
        thinnest = min(_THINNEST_PX, self.width() / len(cut))
        room = self.width() - thinnest * len(cut)
        placed, x = [], 0.0
        for piece in cut:
            width = thinnest + room * piece.bytes / whole
            placed.append((piece, QRectF(x, 0, width, self.height())))
            x += width
        return placed

    def segment_words(self, piece: Slice) -> str:
        """Name and size of a segment."""
        name = part_words(piece.part, is_advanced=self._is_advanced)
        return f"{name}: {format_bytes(piece.bytes)}"

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(120, self.height())

    def event(self, event: QEvent) -> bool:
        """Say what the pointer is on."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            x = event.pos().x()
            piece = next((p for p, place in self.segments() if x < place.right()), None)
            if piece:
                words = tooltip(self.segment_words(piece))
                QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the segments with a gap between them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        radius = min(5.0, self.height() / 2)
        outline.addRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setClipPath(outline)
        placed = self.segments()
        for number, (piece, place) in enumerate(placed):
            is_last = number == len(placed) - 1
            inside = place if is_last else place.adjusted(0, 0, -_GAP_PX, 0)
            _fill(painter, inside, piece.part)
        self._draw_limit(painter)
        painter.setClipping(False)
        painter.setPen(colour_now("edge"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def _draw_limit(self, painter: QPainter) -> None:
        share = self._share
        if share is None or share.kind == "disk" or share.free_bytes >= 0:
            return
        taken = share.model_bytes + share.other_bytes
        x = self.width() * (taken + share.free_bytes) / taken if taken else 0.0
        beyond = QRectF(x, 0, self.width() - x, self.height())
        painter.fillRect(beyond, QBrush(colour_now("alarm"), Qt.BrushStyle.Dense4Pattern))
        painter.fillRect(QRectF(x, 0, _LIMIT_PX, self.height()), colour_now("text"))


def _fill(painter: QPainter, place: QRectF, part: Part) -> None:
    colour = part_colour(part)
    if part is Part.OTHER:  # hatched: it is not ours
        veil = colour_now("part_other")
        veil.setAlpha(_VEIL)
        painter.fillRect(place, veil)
        painter.fillRect(place, QBrush(colour, Qt.BrushStyle.BDiagPattern))
    else:
        painter.fillRect(place, colour)


class Swatch(QWidget):
    """A part's colour beside its name."""

    _SIDE_PX = 11

    def __init__(self, part: Part) -> None:
        super().__init__()
        self._part = part
        self.setFixedSize(self._SIDE_PX, self._SIDE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it as in the bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 2.5, 2.5)
        painter.save()
        painter.setClipPath(outline)
        _fill(painter, QRectF(self.rect()), self._part)
        painter.restore()
        if self._part is Part.FREE:
            painter.setPen(colour_now("faint"))
            painter.drawPath(outline)
