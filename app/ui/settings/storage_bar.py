"""What takes the room, as one bar."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.services.storage_use import Kind, StorageItem
from app.ui.look.theme import colour_now

_HEIGHT_PX = 12
_GAP_PX = 1.5
_THINNEST_PX = 3.0
_SWATCH_PX = 11
# Kinds without a colour of their own are small.
_TOKENS = {
    Kind.MODELS: "part_weights",
    Kind.CHATS: "part_compute",
    Kind.ATTACHMENTS: "part_vision",
    Kind.BACKUPS: "part_experts",
    Kind.SNAPSHOTS: "part_kv",
}


def kind_colour(kind: Kind) -> QColor:
    """In the theme that the application wears."""
    return colour_now(_TOKENS.get(kind, "part_other"))


class StorageBar(QWidget):
    """A segment per kind; its words are said by the rows below it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("storageBar")
        self.setFixedHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._sizes: dict[Kind, int] = {}

    def show_items(self, items: Sequence[StorageItem]) -> None:
        """Draw these."""
        sizes = dict.fromkeys(Kind, 0)
        for item in items:
            sizes[item.kind] += item.bytes
        self._sizes = {kind: size for kind, size in sizes.items() if size}
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(120, _HEIGHT_PX)

    def segments(self) -> list[tuple[Kind, QRectF]]:
        """What is drawn, and where."""
        whole = sum(self._sizes.values())
        room = self.width() - _THINNEST_PX * len(self._sizes)
        placed, x = [], 0.0
        for kind, size in self._sizes.items():
            width = _THINNEST_PX + room * size / whole
            placed.append((kind, QRectF(x, 0, width, self.height())))
            x += width
        return placed

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the segments with a gap between them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), _HEIGHT_PX / 2, _HEIGHT_PX / 2)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), colour_now("bubble"))
        placed = self.segments()
        for number, (kind, place) in enumerate(placed):
            is_last = number == len(placed) - 1
            inside = place if is_last else place.adjusted(0, 0, -_GAP_PX, 0)
            painter.fillRect(inside, kind_colour(kind))


class KindSwatch(QWidget):
    """A kind's colour beside its name."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self._kind = kind
        self.setFixedSize(_SWATCH_PX, _SWATCH_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it as in the bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), 2.5, 2.5)
        painter.fillPath(outline, kind_colour(self._kind))
