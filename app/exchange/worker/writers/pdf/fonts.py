"""Which glyph a character gets, and how wide it is.

reportlab embeds TrueType outlines of one weight. The fonts here are anything: variable ones,
collections, PostScript outlines. So every 128 characters that are met become a little TrueType
font of their own, drawn by fontTools; only the glyphs that a document uses get into it.
"""

import io
import pathlib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, TTLibError
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import TTFont as PdfFont

from app.domain.own_fonts import own_font
from app.exchange.worker.writers.pdf.font_files import system_fonts

_PAGE_CHARS = 128
_REGULAR, _BOLD = 400, 640
_BOX = "□"


class Face(msgspec.Struct, frozen=True):
    """One style of the two families."""

    is_mono: bool = False
    is_bold: bool = False
    is_italic: bool = False


class Glyph(msgspec.Struct, frozen=True):
    """What is drawn for a character.

    Attributes:
        font: A name that reportlab knows.
        text: Characters of that font; empty where nothing is drawn.
        width: As a share of the font's size.
    """

    font: str
    text: str
    width: float


class Fonts:
    """All faces, and the glyphs that were looked up in them."""

    def __init__(self) -> None:
        """Find the fonts that come with the program.

        Raises:
            FileNotFoundError: The installation is incomplete.
        """
        # WORKAROUND for reportlab 5.1, which cuts what is copied from a PDF to 16 bits.
        ttfonts.makeToUnicodeCMap = _unicode_map
        self._own = {
            (is_mono, is_italic): _Source(own_font(is_mono=is_mono, is_italic=is_italic))
            for is_mono in (False, True)
            for is_italic in (False, True)
        }
        self._glyphs: dict[Face, dict[str, Glyph]] = {}

    def glyph(self, char: str, face: Face) -> Glyph:
        """The glyph of a character; a box where no font has one."""
        known = self._glyphs.setdefault(face, {})
        if char not in known:
            known[char] = self._find(char, face)
        return known[char]

    def width(self, text: str, face: Face) -> float:
        """How wide words are, as a share of the font's size."""
        known = self._glyphs.setdefault(face, {})
        try:
            return sum([known[char].width for char in text])
        except KeyError:
            return sum([self.glyph(char, face).width for char in text])

    @cached_property
    def _system(self) -> list["_Source"]:
        return [_Source(path) for path in system_fonts()]

    def _find(self, char: str, face: Face) -> Glyph:
        if _is_unseen(char):
            return Glyph("", "", 0.0)
        weight = _BOLD if face.is_bold else _REGULAR
        own = [self._own[is_mono, face.is_italic] for is_mono in (face.is_mono, not face.is_mono)]
        for source in own:
            if glyph := source.glyph(char, weight):
                return glyph
        for source in self._system:
            if glyph := source.glyph(char, weight):
                return glyph
        plain = unicodedata.normalize("NFKC", char)
        if len(plain) == 1 and plain != char:
            return self.glyph(plain, face)
        return next(glyph for source in own if (glyph := source.glyph(_BOX, weight)))


class _Source:
    """A font file, opened when it is first looked into."""

    def __init__(self, path: pathlib.Path) -> None:
        self._path = path
        self._pages: dict[tuple[int, int], tuple[str, Mapping[int, float]]] = {}

    def glyph(self, char: str, weight: int) -> Glyph | None:
        """The glyph of a character; None where this font has none that can be drawn."""
        code = ord(char)
        if code not in self._names:
            return None
        key = (code // _PAGE_CHARS, weight)
        if key not in self._pages:
            self._pages[key] = self._make_page(*key)
        font, widths = self._pages[key]
        return Glyph(font, char, widths[code]) if code in widths else None

    @cached_property
    def _font(self) -> TTFont | None:
        try:
            return TTFont(self._path, lazy=True, fontNumber=0)
        except (OSError, TTLibError):  # of the system, and damaged
            return None

    @cached_property
    def _names(self) -> Mapping[int, str]:
        """Characters and their glyphs."""
        try:
            return (self._font.getBestCmap() or {}) if self._font else {}
        except Exception:  # noqa: BLE001 - fontTools raises anything on a damaged table
            return {}

    def _make_page(self, page: int, weight: int) -> tuple[str, Mapping[int, float]]:
        """Make a font of 128 characters; its name, and the widths of those that can be drawn."""
        name = f"{self._path.stem.partition('[')[0]}-{weight}-{page:X}"
        try:
            data, widths = self._drawn(name, page, weight)
            if widths:
                pdfmetrics.registerFont(PdfFont(name, io.BytesIO(data)))
        except Exception:  # noqa: BLE001 - as above: then another font is asked
            return name, {}
        return name, widths

    def _drawn(self, name: str, page: int, weight: int) -> tuple[bytes, Mapping[int, float]]:
        assert self._font
        codes = range(page * _PAGE_CHARS, (page + 1) * _PAGE_CHARS)
        names = {code: self._names[code] for code in codes if code in self._names}
        location = {"wght": weight} if "fvar" in self._font else None
        drawings = self._font.getGlyphSet(location=location)
        units = self._font["head"].unitsPerEm
        glyphs = {".notdef": TTGlyphPen(None).glyph()}
        advances = {".notdef": units // 2}
        for code, glyph_name in list(names.items()):
            glyph = _outlines(drawings, glyph_name, units)
            if glyph.numberOfContours == 0 and not chr(code).isspace() and not _is_mark(code):
                del names[code]  # a coloured picture, or nothing
                continue
            glyphs[glyph_name] = glyph
            advances[glyph_name] = round(drawings[glyph_name].width)
        builder = FontBuilder(units, isTTF=True)
        builder.setupGlyphOrder(list(glyphs))
        builder.setupCharacterMap(names)
        builder.setupGlyf(glyphs)
        table = builder.font["glyf"]
        builder.setupHorizontalMetrics(
            {key: (advance, getattr(table[key], "xMin", 0)) for key, advance in advances.items()}
        )
        builder.setupHorizontalHeader(ascent=units, descent=-units // 4)
        builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
        builder.setupOS2()
        builder.setupPost()
        file = io.BytesIO()
        builder.save(file)
        widths = {code: advances[glyph_name] / units for code, glyph_name in names.items()}
        return file.getvalue(), widths


def _unicode_map(name: str, subset: Sequence[int]) -> str:
    """Say which characters the glyphs of an embedded font are, for who copies or searches."""
    characters = (chr(code).encode("utf-16-be", "replace").hex().upper() for code in subset)
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
        f"/CMapName /{name} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        f"<00> <{len(subset) - 1:02X}>",
        "endcodespacerange",
        f"{len(subset)} beginbfchar",
        *(f"<{place:02X}> <{character}>" for place, character in enumerate(characters)),
        "endbfchar",
        "endcmap",
        "CMapName currentdict /CMap defineresource pop",
        "end",
        "end",
    ]
    return "\n".join(lines)


def _outlines(drawings: Mapping[str, Any], name: str, units: int) -> Any:  # noqa: ANN401 - untyped
    """Draw a glyph as the one kind of curves that TrueType knows."""
    recording = DecomposingRecordingPen(drawings)
    drawings[name].draw(recording)
    pen = TTGlyphPen(None)
    recording.replay(Cu2QuPen(pen, max_err=units / 1000, all_quadratic=True))
    return pen.glyph()


def _is_mark(code: int) -> bool:
    return unicodedata.category(chr(code)).startswith("M")


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f" or char in "\r\n"
