"""Pages that fill from the top: strips of some height, and the colours behind them."""

from collections.abc import Callable
from typing import BinaryIO

import msgspec
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from app.exchange.worker.writers.pdf.fonts import Face, Fonts
from app.exchange.worker.writers.pdf.lines import Ink, Line, Piece

# A4, in points, as everything here.
PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
MARGIN = 70.0
_TOP, _BOTTOM = 66.0, 72.0
_FOOT = 40.0
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN

MUTED, FAINT = "#6b6359", "#a59c90"
_FOOT_INK = Ink(size_pt=7.5, colour=FAINT)

Paint = Callable[[float], None]


class Ground(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A colour behind strips; those that follow one another become one shape on each page."""

    x: float
    width: float
    colour: str
    radius: float = 0.0
    line: str = ""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """Where strips stand, and what lies behind them."""

    x: float = MARGIN
    width: float = TEXT_WIDTH
    grounds: tuple[Ground, ...] = ()

    def inset(self, left: float, right: float = 0.0, *, ground: Ground | None = None) -> "Column":
        """A narrower one in the same place."""
        grounds = (*self.grounds, ground) if ground else self.grounds
        return Column(x=self.x + left, width=self.width - left - right, grounds=grounds)


class _Shape(msgspec.Struct):
    ground: Ground
    top: float
    bottom: float


class Sheet:
    """One page after the other."""

    def __init__(self, file: BinaryIO, fonts: Fonts) -> None:
        # Invariant: no date and no number of a document that could tell where it was made.
        self.canvas = Canvas(file, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1)
        self.canvas.setCreator("Cierzo")
        self.canvas.setProducer("Cierzo")
        self.foot = ""
        self._fonts = fonts
        self._page = 1
        self._y = PAGE_HEIGHT - _TOP
        self._shapes: list[_Shape] = []
        self._paints: list[tuple[Paint, float]] = []
        self._colours: dict[str, Color] = {}

    @property
    def is_at_top(self) -> bool:
        """Whether nothing stands on this page yet."""
        return not self._paints and not self._shapes

    def strip(self, height: float, column: Column, paint: Paint | None = None) -> None:
        """Take a strip of the page, of the next one where this is full.

        Args:
            height: More than a page has is as much as a page has.
            column: What lies behind it is drawn first, whenever that is.
            paint: Gets the strip's lower edge.
        """
        self.keep(height)
        top, self._y = self._y, self._y - height
        for ground in column.grounds:
            last = next((s for s in reversed(self._shapes) if s.ground is ground), None)
            if last and abs(last.bottom - top) < 0.01:
                last.bottom = self._y
            else:
                self._shapes.append(_Shape(ground, top, self._y))
        if paint:
            self._paints.append((paint, self._y))

    def gap(self, height: float, column: Column) -> None:
        """Leave room below what stands above; none at the beginning of a page."""
        if not self.has_room(height):
            self.turn()
        elif not self.is_at_top:
            self.strip(height, column)

    def has_room(self, height: float) -> bool:
        """Whether that much is left of this page."""
        return self._y - height >= _BOTTOM

    def keep(self, height: float) -> None:
        """Begin a page if there is less room than that on this one."""
        if not self.has_room(height):
            self.turn()

    def turn(self) -> None:
        """Begin a page, unless this one is empty."""
        if self.is_at_top:
            return
        self._draw()
        self.canvas.showPage()
        self._page += 1
        self._y = PAGE_HEIGHT - _TOP

    def close(self, title: str) -> None:
        """Write the file's end."""
        self.canvas.setTitle(title)
        self._draw()
        self.canvas.save()

    def words(self, line: Line, x: float, y: float) -> None:
        """Draw a line of words with its baseline at `y`."""
        for piece in line.pieces:
            self._behind(piece, x, y)
            x = self._piece(piece, x, y)

    def fill(self, colour: str) -> None:
        """Choose a colour."""
        if colour not in self._colours:
            self._colours[colour] = HexColor(colour)
        self.canvas.setFillColor(self._colours[colour])

    def rule(self, x: float, y: float, width: float, colour: str, thickness: float = 0.6) -> None:
        """Draw a line from left to right."""
        self.fill(colour)
        self.canvas.rect(x, y, width, thickness, stroke=0, fill=1)

    def _draw(self) -> None:
        for shape in self._shapes:
            self._shape(shape)
        for paint, y in self._paints:
            paint(y)
        self._shapes.clear()
        self._paints.clear()
        number = str(self._page)
        foot = self.foot if len(self.foot) <= 70 else f"{self.foot[:69]}…"
        width = self._fonts.width(number, Face()) * _FOOT_INK.size_pt
        self.words(Line((Piece(foot, _FOOT_INK, 0.0),), 0.0), MARGIN, _FOOT)
        self.words(
            Line((Piece(number, _FOOT_INK, width),), width), PAGE_WIDTH - MARGIN - width, _FOOT
        )

    def _shape(self, shape: _Shape) -> None:
        ground = shape.ground
        self.fill(ground.colour)
        if ground.line:
            self.canvas.setStrokeColor(HexColor(ground.line))
            self.canvas.setLineWidth(0.6)
        height = shape.top - shape.bottom
        radius = min(ground.radius, height / 2)
        self.canvas.roundRect(
            ground.x, shape.bottom, ground.width, height, radius, stroke=bool(ground.line), fill=1
        )

    def _behind(self, piece: Piece, x: float, y: float) -> None:
        ink, size = piece.ink, piece.ink.size_pt
        if ink.ground:
            self.fill(ink.ground)
            self.canvas.roundRect(
                x - 1.2, y - 0.28 * size, piece.width_pt + 2.4, 1.32 * size, 2.2, stroke=0, fill=1
            )
        if ink.link:
            box = (x, y - 0.25 * size, x + piece.width_pt, y + 0.9 * size)
            self.canvas.linkURL(ink.link, box, relative=0, thickness=0)
            self.rule(x, y - 0.17 * size, piece.width_pt, ink.colour, 0.4)
        if ink.is_struck:
            self.rule(x, y + 0.28 * size, piece.width_pt, ink.colour, 0.5)

    def _piece(self, piece: Piece, x: float, y: float) -> float:
        """Draw words, each run of one font; returns where they end."""
        ink = piece.ink
        self.fill(ink.colour)
        text = self.canvas.beginText(x, y)
        font = ""
        words: list[str] = []
        for char in piece.text:
            glyph = self._fonts.glyph(char, ink.face)
            x += glyph.width * ink.size_pt
            if not glyph.text:
                continue
            if glyph.font != font:
                if words:
                    text.textOut("".join(words))
                font, words = glyph.font, []
                text.setFont(font, ink.size_pt)
            words.append(glyph.text)
        if words:
            text.textOut("".join(words))
        self.canvas.drawText(text)
        return x
