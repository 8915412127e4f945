"""Formulas as pictures in a line; TeX where they are not drawn yet or cannot be."""

import functools
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QByteArray, QObject, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QFontInfo,
    QFontMetricsF,
    QImage,
    QPainter,
    QPyTextObject,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtSvg import QSvgRenderer

from app.ui.look.theme import colour_now
from app.ui.markdown.background import background
from app.ui.markdown.look import DISPLAY, FORMULA, FORMULA_OBJECT
from app.ui.markdown.spec import CharStyle, Run
from app.ui.markdown.typesetting import Outline, outline

OBJECT = "\ufffc"
# Of an outline some kB; what comes after so many stays TeX.
_MOST_KEPT = 4000
# The signs of formulas are drawn smaller than those of text.
_SCALE = 1.2
_Key = tuple[str, bool]


class Formulas(QObject):
    """What is known of formulas, for all answers."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[_Key, Outline | None] = {}
        self._asked: dict[_Key, dict[object, Callable[[], None]]] = {}

    def outline(self, tex: str, *, is_display: bool) -> Outline | None:
        """How it is drawn, if that is known and can be."""
        return self._known.get((tex, is_display))

    def ask(self, tex: str, who: object, drawn: Callable[[], None], *, is_display: bool) -> None:
        """Have it typeset; `drawn` is called, once for each who asks, if it can be."""
        key = tex, is_display
        if key in self._known or len(self._known) + len(self._asked) >= _MOST_KEPT:
            return
        is_new = key not in self._asked
        self._asked.setdefault(key, {})[who] = drawn
        if is_new:
            work = functools.partial(outline, tex, is_display=is_display)
            background("formulas").ask(work, functools.partial(self._receive, key), self)

    def _receive(self, key: _Key, found: Outline | None) -> None:
        self._known[key] = found
        waiting = self._asked.pop(key)
        for drawn in waiting.values() if found else ():
            drawn()


@functools.cache
def formulas() -> Formulas:
    """The formulas of this window."""
    return Formulas()


def shown(run: Run) -> Run:
    """The run as it is drawn: an object in the place of a formula that is known."""
    style = run.style
    if not style.formula or not formulas().outline(style.formula, is_display=style.is_display):
        return run
    return Run(OBJECT, msgspec.structs.replace(style, is_drawn=True), run.at, is_literal=False)


def is_formula(style: CharStyle) -> bool:
    """Whether there is a formula that is to be drawn."""
    return bool(style.formula) and not style.is_drawn


class FormulaObject(QPyTextObject):
    """Draws formulas where the document has one."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        document.documentLayout().registerHandler(FORMULA_OBJECT, self)

    def intrinsicSize(self, doc: QTextDocument, posInDocument: int, format: QTextFormat) -> QSizeF:  # noqa: A002, N803
        """Leave room above and below, so that its axis stands on that of the line."""
        found = _outline(format)
        if found is None:
            return QSizeF(0, 0)
        size, half = _scale(doc, format, found), _half_x(format)
        height = max(2 * found.ascent * size - half, 2 * found.descent * size + half)
        return QSizeF(found.width * size, height)

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        posInDocument: int,  # noqa: N803
        format: QTextFormat,  # noqa: A002
    ) -> None:
        """Draw it in the colour of the text."""
        found = _outline(format)
        if found is None:
            return
        size = _scale(doc, format, found)
        top = rect.top() + (rect.height() + _half_x(format)) / 2 - found.ascent * size
        height = (found.ascent + found.descent) * size
        ratio = painter.device().devicePixelRatio()
        width_px, height_px = round(rect.width() * ratio), round(height * ratio)
        image = _image(found, width_px, height_px, colour_now("text").name())
        # On whole pixels: outlines that are moved by parts of one are blurred.
        place = QPointF(round(rect.left() * ratio), round(top * ratio)) / ratio
        painter.drawImage(QRectF(place, QSizeF(width_px, height_px) / ratio), image)


def _outline(form: QTextFormat) -> Outline | None:
    return formulas().outline(form.stringProperty(FORMULA), is_display=form.boolProperty(DISPLAY))


def _scale(document: QTextDocument, form: QTextFormat, found: Outline) -> float:
    """How large it is drawn: as the text, smaller where it would not fit."""
    font = form.toCharFormat().font()
    size = QFontInfo(font).pixelSize() * _SCALE
    room = document.textWidth()
    return min(size, room / found.width) if room > 0 else size


def _half_x(form: QTextFormat) -> float:
    """What Qt moves an object by that is aligned to the middle of its line."""
    return QFontMetricsF(form.toCharFormat().font()).xHeight() / 2


@functools.lru_cache(maxsize=64)
def _image(found: Outline, width_px: int, height_px: int, ink: str) -> QImage:
    image = QImage(max(width_px, 1), max(height_px, 1), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(found.svg.encode())).render(painter, QRectF(image.rect()))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(image.rect(), ink)
    painter.end()
    return image
