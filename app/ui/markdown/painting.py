"""What stands behind and beside the words: grounds of code, bars of quotes, rules."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPainter,
    QPainterPath,
    QTextBlock,
    QTextDocument,
)

from app.ui.markdown.look import (
    BARS,
    DEPTH,
    IS_RULE,
    PANEL,
    PANEL_FIRST,
    PANEL_LAST,
    Look,
)

_RADIUS_PX = 10.0
_BAR_PX = 3.0


class Backdrop:
    """Paints for the blocks of a document that can be seen."""

    def __init__(self, document: QTextDocument, look: Look, width: int) -> None:
        self._document = document
        self._layout: QAbstractTextDocumentLayout = document.documentLayout()
        self._look = look
        self._width = width

    def paint(self, painter: QPainter, clip: QRectF) -> None:
        """Paint what is in that part of the page."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        block = self._first(clip.top())
        while block.isValid():
            form, rect = block.blockFormat(), self._layout.blockBoundingRect(block)
            if rect.top() - self._look.panel_header_px > clip.bottom():
                break
            if form.hasProperty(PANEL):
                self._panel(painter, block, rect, form.intProperty(PANEL))
            if form.hasProperty(BARS):
                self._bars(painter, block, rect, form.stringProperty(BARS))
            if form.hasProperty(IS_RULE):
                left = form.intProperty(DEPTH) * self._look.step_px
                y = round(rect.center().y())
                painter.fillRect(QRectF(left, y, self._width - left, 1), self._look.edge)
            block = block.next()

    def _first(self, top: float) -> QTextBlock:
        """The block at the top of the page, found in steps that halve."""
        low, high = 0, self._document.blockCount() - 1
        while low < high:
            middle = (low + high + 1) // 2
            block = self._document.findBlockByNumber(middle)
            if self._layout.blockBoundingRect(block).top() <= top:
                low = middle
            else:
                high = middle - 1
        return self._document.findBlockByNumber(max(low - 1, 0))

    def _panel(self, painter: QPainter, block: QTextBlock, rect: QRectF, flags: int) -> None:
        look = self._look
        left = block.blockFormat().intProperty(DEPTH) * look.step_px
        top = rect.top() - (look.panel_header_px if flags & PANEL_FIRST else 0)
        if flags & PANEL_LAST:
            bottom = rect.bottom() + look.panel_foot_px
        else:
            bottom = self._layout.blockBoundingRect(block.next()).top()
        place = QRectF(QPointF(left, round(top)), QPointF(self._width, round(bottom)))
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        path.addRoundedRect(place, _RADIUS_PX, _RADIUS_PX)
        if not flags & PANEL_FIRST:
            path.addRect(place.adjusted(0, 0, 0, -place.height() / 2))
        if not flags & PANEL_LAST:
            path.addRect(place.adjusted(0, place.height() / 2, 0, 0))
        painter.fillPath(path, look.ground)

    def _bars(self, painter: QPainter, block: QTextBlock, rect: QRectF, bars: str) -> None:
        before = block.previous()
        others = before.blockFormat().stringProperty(BARS).split(",") if before.isValid() else []
        for bar in bars.split(","):
            top = rect.top()
            if bar in others:
                top = self._layout.blockBoundingRect(before).bottom() - 1
            place = QRectF(int(bar) * self._look.step_px + 2, top, _BAR_PX, rect.bottom() - top)
            painter.fillRect(place.toAlignedRect(), self._look.edge)
