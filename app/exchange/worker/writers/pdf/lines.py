"""Words broken into lines of a width, in whatever fonts and styles they are."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

from app.exchange.worker.writers.pdf.bidi import has_right_to_left, joined, visual_order
from app.exchange.worker.writers.pdf.fonts import Face, Fonts
from app.exchange.worker.writers.words import is_right_to_left

# Lines may be broken between any two of these, as they may be at spaces.
_IDEOGRAPH = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_PIECES = re.compile(rf"\n|[^\S\n]+|[{_IDEOGRAPH}]|[^\s{_IDEOGRAPH}]+")
# A longer word is looked at letter by letter.
_MOST_WORD_CHARS = 200


class Ink(msgspec.Struct, frozen=True, kw_only=True):
    """How words are drawn.

    Attributes:
        size_pt: Of the font.
        ground: Colour behind the words; empty where there is none.
        link: Where they lead; empty where nowhere.
    """

    face: Face = Face()
    size_pt: float
    colour: str
    ground: str = ""
    link: str = ""
    is_struck: bool = False


class Piece(msgspec.Struct, frozen=True):
    """Words of a line that are drawn alike, from left to right."""

    text: str
    ink: Ink
    width_pt: float


class Line(msgspec.Struct, frozen=True):
    """Pieces from left to right."""

    pieces: tuple[Piece, ...]
    width_pt: float
    is_right_to_left: bool = False


Inked = tuple[str, Ink]


def broken(inked: Iterable[Inked], width_pt: float, fonts: Fonts) -> Iterator[Line]:
    """Yield the lines of a paragraph; a line end in its words ends a line."""
    runs = [(unicodedata.normalize("NFC", text), ink) for text, ink in inked]
    words = "".join(text for text, _ in runs)
    is_reordered = has_right_to_left(words)
    is_right = is_reordered and is_right_to_left(words)
    if is_reordered:
        runs = [(joined(text), ink) for text, ink in runs]
    for line in _lines(runs, width_pt, fonts):
        pieces = _reordered(line, fonts, is_right=is_right) if is_reordered else line
        merged = tuple(_merged(pieces))
        yield Line(merged, sum(piece.width_pt for piece in merged), is_right)


def broken_code(text: str, ink: Ink, width_pt: float, fonts: Fonts) -> Iterator[Line]:
    """Yield the lines of code: they keep their spaces and end where the width does."""
    for line in text.split("\n"):
        begun: list[Piece] = []
        for piece in _pieces_of(line.expandtabs(4), ink, width_pt, fonts):
            if begun and sum(part.width_pt for part in begun) + piece.width_pt > width_pt:
                yield Line(tuple(begun), sum(part.width_pt for part in begun))
                begun = []
            begun.append(piece)
        yield Line(tuple(begun), sum(part.width_pt for part in begun))


def natural_width_pt(inked: Iterable[Inked], fonts: Fonts) -> float:
    """How wide the longest line is if none is broken."""
    widths = [0.0]
    for text, ink in inked:
        for place, line in enumerate(text.split("\n")):
            if place:
                widths.append(0.0)
            widths[-1] += fonts.width(line, ink.face) * ink.size_pt
    return max(widths)


def longest_word_pt(inked: Iterable[Inked], fonts: Fonts) -> float:
    """How wide the longest word is."""
    return max(
        (
            fonts.width(word[:_MOST_WORD_CHARS], ink.face) * ink.size_pt
            for text, ink in inked
            for word in text.split()
        ),
        default=0.0,
    )


def _lines(runs: list[Inked], width_pt: float, fonts: Fonts) -> Iterator[list[Piece]]:
    """Fill one line after the other with words; a word may change its style in the middle."""
    line: list[Piece] = []
    line_pt, is_begun_anew = 0.0, True
    for word, is_end in _words(runs, width_pt, fonts):
        word_pt = sum(piece.width_pt for piece in word)
        is_space = bool(word) and word[0].text.isspace()
        if line and not is_space and line_pt + word_pt > width_pt:
            yield _trimmed(line)
            line, line_pt, is_begun_anew = [], 0.0, False
        # Where a line was broken its space is gone; where one begins it is an indent.
        if line or is_begun_anew or not is_space:
            line += word
            line_pt += word_pt
        if is_end:
            yield _trimmed(line)
            line, line_pt, is_begun_anew = [], 0.0, True
    yield _trimmed(line)


def _words(runs: list[Inked], width_pt: float, fonts: Fonts) -> Iterator[tuple[list[Piece], bool]]:
    """Yield what is not to be torn apart, and whether a line ends there."""
    word: list[Piece] = []
    for text, ink in runs:
        for match in _PIECES.finditer(text):
            piece = match[0]
            is_breakable = piece.isspace() or (len(piece) == 1 and ord(piece) >= 0x2E80)
            if is_breakable and word:
                yield word, False
                word = []
            if piece == "\n":
                yield [], True
                continue
            measured = list(_pieces_of(piece, ink, width_pt, fonts))
            for part in measured[:-1]:
                yield [*word, part], False
                word = []
            word.append(measured[-1])
            if is_breakable:
                yield word, False
                word = []
    if word:
        yield word, False


def _pieces_of(text: str, ink: Ink, width_pt: float, fonts: Fonts) -> Iterator[Piece]:
    """Cut what is wider than a line."""
    size = ink.size_pt
    if len(text) <= _MOST_WORD_CHARS:
        text_pt = fonts.width(text, ink.face) * size
        if text_pt <= width_pt:
            yield Piece(text, ink, text_pt)
            return
    start, begun_pt = 0, 0.0
    for place, char in enumerate(text):
        char_pt = fonts.width(char, ink.face) * size
        if place > start and begun_pt + char_pt > width_pt:
            yield Piece(text[start:place], ink, begun_pt)
            start, begun_pt = place, 0.0
        begun_pt += char_pt
    yield Piece(text[start:], ink, begun_pt)


def _trimmed(line: list[Piece]) -> list[Piece]:
    while line and line[-1].text.isspace():
        line.pop()
    return line


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join neighbours that are drawn alike."""
    words: list[str] = []
    ink: Ink | None = None
    width_pt = 0.0
    for piece in pieces:
        if piece.ink is not ink:
            if ink:
                yield Piece("".join(words), ink, width_pt)
            words, ink, width_pt = [], piece.ink, 0.0
        words.append(piece.text)
        width_pt += piece.width_pt
    if ink:
        yield Piece("".join(words), ink, width_pt)


def _reordered(pieces: list[Piece], fonts: Fonts, *, is_right: bool) -> list[Piece]:
    inks = [piece.ink for piece in pieces for _ in piece.text]
    text = "".join(piece.text for piece in pieces)
    return [
        Piece(char, inks[place], fonts.width(char, inks[place].face) * inks[place].size_pt)
        for place, char in visual_order(text, is_right_to_left=is_right)
    ]
