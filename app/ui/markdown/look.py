"""The formats of an answer: sizes from the text's font, colours from the theme."""

import functools
import itertools

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QTextBlockFormat,
    QTextCharFormat,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTableCellFormat,
    QTextTableFormat,
)

from app.ui.look.theme import colour_now
from app.ui.markdown.code_colours import code_colour
from app.ui.markdown.spec import CharStyle, LineStyle

# Facts of a block that the painting asks for.
DEPTH = QTextFormat.Property.UserProperty.value + 1
BARS = DEPTH + 1
PANEL = DEPTH + 2
MARKER_CHARS = DEPTH + 3
IS_RULE = DEPTH + 4
# Of a character: what is copied in its place.
SOURCE = DEPTH + 5
FORMULA = DEPTH + 6
DISPLAY = DEPTH + 7
FORMULA_OBJECT = QTextFormat.ObjectTypes.UserObject.value + 1

PANEL_CODE, PANEL_FIRST, PANEL_LAST = 1, 2, 4

_LINE_HEIGHT_PERCENT = 132.0
_CODE_LINE_HEIGHT_PERCENT = 124.0
_HEADINGS = (1.0, 1.42, 1.24, 1.1, 1.0, 1.0, 1.0)
_CODE_SIZE = 0.92
# Air above a line, in heights of the text.
_GAPS = {"none": 0.0, "item": 0.2, "block": 0.62, "unit": 0.72, "heading": 1.05}
_MAJOR_HEADING_GAP = 1.35
_AFTER_HEADING_GAP = 0.36
_STEP = 1.45
_PANEL_PAD = 0.7
_PANEL_HEADER = 2.05
_PANEL_FOOT = 0.6
CELL_PAD_PX = 7
# Strong, emphasis, code; headings are strong, and those below the third are as large as text.
_FONTS = [
    (CharStyle(is_strong=bool(kind & 1), is_emphasis=bool(kind & 2), is_code=bool(kind & 4)), level)
    for kind, level in itertools.product(range(8), range(4))
    if not (level and kind & 1)
]


class Look:
    """All formats for one font in one theme; made anew when either changes."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.em = QFontMetricsF(font).height()
        self.code_font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.code_font.setPointSizeF(round(font.pointSizeF() * _CODE_SIZE, 1))
        self.step_px = round(self.em * _STEP)
        self.panel_pad_px = round(self.em * _PANEL_PAD)
        self.panel_header_px = round(self.em * _PANEL_HEADER)
        self.panel_foot_px = round(self.em * _PANEL_FOOT)
        self.ground = colour_now("code_ground")
        self.line = colour_now("line")
        self.edge = colour_now("edge")
        self.muted = colour_now("muted")
        self.accent = colour_now("accent")
        self.char = functools.cache(self._char)
        self.block = functools.cache(self._block)
        self.colour = functools.cache(self._colour)

    def fonts(self) -> list[QFont]:
        """All that words are drawn in."""
        formats = [self.char(style, level, is_panel=False) for style, level in _FONTS]
        return [made.font().resolve(self.font) for made in formats]

    def _char(self, style: CharStyle, heading: int, *, is_panel: bool) -> QTextCharFormat:
        made = QTextCharFormat()
        if heading:
            made.setFontPointSize(round(self.font.pointSizeF() * _HEADINGS[heading], 1))
        if heading or style.is_strong:
            made.setFontWeight(QFont.Weight.DemiBold)
        if style.is_emphasis:
            made.setFontItalic(True)
        if style.is_struck:
            made.setFontStrikeOut(True)
        if style.is_drawn:
            _make_formula(made, style)
        elif style.is_code:
            made.setFontFamilies(self.code_font.families())
            size = self.code_font.pointSizeF() * _HEADINGS[heading]
            made.setFontPointSize(round(size, 1))
            if not is_panel:
                made.setBackground(self.ground)
        self._ink(made, style, heading)
        return made

    def _ink(self, made: QTextCharFormat, style: CharStyle, heading: int) -> None:
        if style.is_quiet or style.is_marker or heading > 4:
            made.setForeground(self.muted)
        if style.task or style.link:
            made.setForeground(self.accent)
        if style.link:
            made.setAnchor(True)
            made.setAnchorHref(style.link)
            made.setFontUnderline(True)

    def _block(self, style: LineStyle, *, is_after_heading: bool) -> QTextBlockFormat:
        made = QTextBlockFormat()
        percent = _CODE_LINE_HEIGHT_PERCENT if style.panel else _LINE_HEIGHT_PERCENT
        kind = QTextBlockFormat.LineHeightTypes.ProportionalHeight
        if not style.is_cell and not style.is_display:
            made.setLineHeight(percent, kind.value)
        made.setTopMargin(self.gap_px(style, is_after_heading=is_after_heading))
        left = style.depth * self.step_px
        if style.heading:
            made.setHeadingLevel(style.heading)
        if style.marker_chars:
            # A number of three digits moves its own words only.
            hang = max(self.step_px, round(self.em * 0.6 * (style.marker_chars + 0.4)))
            left += hang - self.step_px
            made.setTextIndent(-hang)
            made.setTabPositions([QTextOption.Tab(hang, QTextOption.TabType.LeftTab)])
            made.setProperty(MARKER_CHARS, style.marker_chars)
        if style.panel:
            left += self.panel_pad_px
            made.setRightMargin(self.panel_pad_px)
            flags = (
                PANEL_CODE | PANEL_FIRST * style.is_panel_first | PANEL_LAST * style.is_panel_last
            )
            made.setProperty(PANEL, flags)
            if style.is_panel_first:
                made.setTopMargin(made.topMargin() + self.panel_header_px)
            if style.is_panel_last:
                made.setBottomMargin(self.panel_foot_px + self.gap_px(LineStyle()))
        if style.is_display:
            made.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        if style.is_rule:
            made.setProperty(IS_RULE, True)
        if style.bars:
            made.setProperty(BARS, ",".join(map(str, style.bars)))
        made.setLeftMargin(left)
        made.setProperty(DEPTH, style.depth)
        return made

    def gap_px(self, style: LineStyle, *, is_after_heading: bool = False) -> float:
        """Air above a line."""
        gap = _GAPS[style.gap]
        if style.heading and style.gap in ("unit", "heading", "block"):
            gap = _MAJOR_HEADING_GAP if style.heading <= 2 else _GAPS["heading"]
        if is_after_heading and style.gap in ("unit", "block"):
            gap = _AFTER_HEADING_GAP if not style.heading else gap * 0.6
        return round(self.em * gap)

    def _colour(self, name: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(QColor(code_colour(name)))
        if name == "comment":
            made.setFontItalic(True)
        return made

    def table(self, shares: tuple[int, ...], above_px: float, below_px: float) -> QTextTableFormat:
        """The format of a table.

        Args:
            shares: Widths of its columns in percent; none where they are as wide as their words.
            above_px: Air above it.
            below_px: The same below: what follows a table keeps no distance of its own.
        """
        made = QTextTableFormat()
        made.setHeaderRowCount(1)
        made.setCellPadding(CELL_PAD_PX)
        made.setCellSpacing(0)
        made.setBorder(0)
        made.setBorderCollapse(True)
        made.setTopMargin(above_px)
        made.setBottomMargin(below_px)
        if shares:
            made.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
            percent = QTextLength.Type.PercentageLength
            made.setColumnWidthConstraints([QTextLength(percent, share) for share in shares])
        return made

    def cell(self, *, is_head: bool) -> QTextTableCellFormat:
        """A line below every row, a stronger one below the first."""
        made = QTextTableCellFormat()
        made.setBottomBorder(1)
        made.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        made.setBottomBorderBrush(self.edge if is_head else self.line)
        return made


def _make_formula(made: QTextCharFormat, style: CharStyle) -> None:
    """An object with its axis on that of the line; TeX is copied in its place."""
    mark = "$$" if style.is_display else "$"
    made.setObjectType(FORMULA_OBJECT)
    made.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
    made.setProperty(FORMULA, style.formula)
    made.setProperty(DISPLAY, style.is_display)
    made.setProperty(SOURCE, f"{mark}{style.formula}{mark}")
