"""What rows are drawn with: a ground, lines of text, words in it that are marked, icons."""

import math
import unicodedata
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPalette,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle

from app.ui.look.icons import pixmap

Span = tuple[int, int]

_ELLIPSIS = "…"
_GAP_PX = 8
_RADIUS_PX = 8
_RING_PX = 2
ICON_PX = 16


def colour_of(role: QPalette.ColorRole) -> QColor:
    """A colour of the theme; the palette of a view is changed by its stylesheet."""
    return QGuiApplication.palette().color(role)


def small(font: QFont) -> QFont:
    """The font of the stylesheet's small words."""
    smaller = QFont(font)
    smaller.setPointSizeF(font.pointSizeF() * 0.9)
    return smaller


def bold(font: QFont) -> QFont:
    """A little heavier."""
    heavier = QFont(font)
    heavier.setWeight(QFont.Weight.DemiBold)
    return heavier


def draw_ground(painter: QPainter, row: QRect, *, is_filled: bool, has_ring: bool) -> None:
    """Draw what is behind a row, and the ring of the keyboard."""
    place = row.adjusted(0, 1, 0, -1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour_of(QPalette.ColorRole.Light) if is_filled else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(place, _RADIUS_PX, _RADIUS_PX)
    if has_ring:
        painter.setPen(QPen(colour_of(QPalette.ColorRole.Highlight), _RING_PX))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), _RADIUS_PX, _RADIUS_PX)


def visual(place: QRect, within: QRect | None) -> QRect:
    """Where it is on the screen: mirrored within a row that goes from right to left, if given."""
    return QStyle.visualRect(Qt.LayoutDirection.RightToLeft, within, place) if within else place


def draw_icon(
    painter: QPainter,
    name: str,
    corner: QPoint,
    role: QPalette.ColorRole,
    *,
    within: QRect | None = None,
) -> None:
    """Draw an icon with its left upper corner there."""
    place = visual(QRect(corner, QSize(ICON_PX, ICON_PX)), within)
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(place.topLeft(), pixmap(name, colour_of(role), ICON_PX, ratio))


def draw_line(
    painter: QPainter,
    place: QRect,
    words: str,
    colour: QColor,
    *,
    font: QFont,
    within: QRect | None = None,
) -> None:
    """Draw one line from where lines begin, with “…” where it does not fit."""
    place = visual(place, within)
    painter.setFont(font)
    painter.setPen(colour)
    # So that “…” stands where the words go on, also from right to left.
    painter.setLayoutDirection(_direction(words))
    shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, _ONE_LINE | _side(within).value, shown)


def whole_width(words: str, font: QFont) -> int:
    """Pixels in which no end of the words is cut; a width that is rounded down would do that."""
    return math.ceil(QFontMetricsF(font).horizontalAdvance(words))


def draw_end(
    painter: QPainter,
    place: QRect,
    words: str,
    colour: QColor,
    *,
    font: QFont,
    within: QRect | None = None,
) -> QRect:
    """Draw a few words at the end of a line; what is left of it is returned."""
    width = whole_width(words, font)
    left = place.right() - width + 1
    end = QRect(left, place.top(), width, place.height())
    draw_line(painter, end, words, colour, font=font, within=within)
    return place.adjusted(0, 0, -width - _GAP_PX, 0) if words else place


_ONE_LINE = (
    Qt.AlignmentFlag.AlignVCenter.value
    | Qt.AlignmentFlag.AlignAbsolute.value
    | Qt.TextFlag.TextSingleLine.value
)


def _side(within: QRect | None) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if within else Qt.AlignmentFlag.AlignLeft


class MarkedText:
    """Some lines of a text, cut with “…” where there is more of it."""

    def __init__(
        self,
        words: str,
        spans: Iterable[Span],
        *,
        font: QFont,
        mark: QColor,
        width: int,
        lines: int,
        within: QRect | None = None,
    ) -> None:
        """Lay it out.

        Args:
            words: Without line breaks.
            spans: What is marked: begin and end in `words`.
            font: Of the words; what is marked is bold.
            mark: The colour of what is marked.
            width: In pixels.
            lines: Most of them.
            within: The row that goes from right to left, as for `visual`.
        """
        self._within = within
        self._font, self._mark, self._width = font, mark, width
        spans = list(spans)
        self._lay_out(words, spans)
        if self._layout.lineCount() > lines:
            last = self._layout.lineAt(lines - 1)
            room = bytes(words, "utf-16-le", "surrogatepass")
            end = last.textStart() + last.textLength()
            kept = room[: 2 * end].decode("utf-16-le", "ignore")
            while kept:
                kept = kept[:-1].rstrip()
                self._lay_out(kept + _ELLIPSIS, spans)
                if self._layout.lineCount() <= lines:
                    break

    def draw(self, painter: QPainter, x: int, y: int, colour: QColor) -> None:
        """Draw it below that place."""
        painter.setPen(colour)
        left = visual(QRect(x, y, self._width, 1), self._within).left()
        self._layout.draw(painter, QPointF(left, y))

    def words(self) -> str:
        """What is shown of it."""
        return self._layout.text()

    def line_count(self) -> int:
        """How many lines there are."""
        return self._layout.lineCount()

    def marked(self) -> list[str]:
        """The words that are marked."""
        shown = self.words().encode("utf-16-le", "surrogatepass")
        ranges = [(2 * f.start, 2 * (f.start + f.length)) for f in self._layout.formats()]
        return [shown[start:end].decode("utf-16-le") for start, end in ranges]

    @property
    def height(self) -> int:
        """Of all lines, in pixels."""
        return round(self._layout.boundingRect().height())

    def _lay_out(self, words: str, spans: Sequence[Span]) -> None:
        layout = QTextLayout(words, self._font)
        option = QTextOption(_side(self._within) | Qt.AlignmentFlag.AlignAbsolute)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats([self._format(words, span) for span in spans if span[0] < len(words)])
        layout.beginLayout()
        y = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self._width)
            line.setPosition(QPointF(0, y))
            y += line.height()
        layout.endLayout()
        self._layout = layout

    def _format(self, words: str, span: Span) -> QTextLayout.FormatRange:
        marked = QTextLayout.FormatRange()
        # Qt counts in UTF-16, where an emoji is two.
        marked.start = _utf16_length(words[: span[0]])
        marked.length = _utf16_length(words[span[0] : span[1]])
        form = QTextCharFormat()
        form.setFontWeight(QFont.Weight.Bold)
        form.setForeground(self._mark)
        marked.format = form
        return marked


def _direction(words: str) -> Qt.LayoutDirection:
    """That of the first letter."""
    kinds = (unicodedata.bidirectional(char) for char in words)
    first = next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L")
    return Qt.LayoutDirection.LeftToRight if first == "L" else Qt.LayoutDirection.RightToLeft


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
