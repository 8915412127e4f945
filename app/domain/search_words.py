"""What is found when a person searches: the beginnings of words, wherever they stand.

Case, accents and width do not count. In scripts that put no spaces between words every character
is a word of its own, so every part of a sentence is found.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

# Patterns are compiled when they are first used: the start does without them.
# Thai, Lao, Burmese, the parts of Hangul, Khmer, kana, Han with its extensions, whole Hangul,
# compatibility and half-width forms.
_UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f]"
)
_VARIATIONS = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_INVISIBLE = ("Cf", "Me")
_BEFORE_CHARACTERS = 40
_EXCERPT_CHARACTERS = 160
# Some of a text, with the whole of its last word.
_BLOCKS = r"(?s).{1,4000}\S*"


class _Folding(dict[int, str]):
    """For `str.translate`: every character folded, a space for what is no part of a word."""

    def __missing__(self, code: int) -> str:
        self[code] = "".join(_fold(char) for char in unicodedata.normalize("NFKD", chr(code)))
        return self[code]


_FOLDING = _Folding()


class _Token(msgspec.Struct, frozen=True):
    """A word of a text.

    Attributes:
        start: Where it begins in the text.
        ends: For each character of `folded` where that one ends in the text.
    """

    folded: str
    start: int
    ends: list[int]


class SearchWords:
    """What a person typed, ready to be looked for.

    Attributes:
        terms: All of them have to be found. A term is what was typed without a space: words that
            follow each other, the last of them perhaps only begun.
    """

    def __init__(self, typed: str) -> None:
        terms = (tuple(typed_word.translate(_FOLDING).split()) for typed_word in typed.split())
        self.terms = tuple(term for term in terms if term)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they are in a text: begin and end of each, in order and apart from each other."""
        covered = 0
        for block in re.finditer(_BLOCKS, text):
            # Most of a long text has none of them, which is seen sooner than where one is.
            folded = _folded(block[0])
            if not any(f" {term[0]}" in folded for term in self.terms):
                continue
            for ahead in self._windows(text, block.start()):
                if ahead[0].start >= block.end():
                    break
                term = max((t for t in self.terms if _fits(ahead, t)), key=_extent, default=None)
                if term and ahead[0].start >= covered:
                    covered = ahead[len(term) - 1].ends[len(term[-1]) - 1]
                    yield ahead[0].start, covered

    def are_in(self, text: str) -> bool:
        """Whether a text has all of them."""
        folded = _folded(text)
        return all(f" {' '.join(term)}" in folded for term in self.terms)

    def excerpt(self, texts: Iterable[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
        """Some of the first text that has one of them, and where they are in it."""
        for text in texts:
            spans = self.spans(text)
            first = next(spans, None)
            if first is None:
                continue
            start = max(0, first[0] - _BEFORE_CHARACTERS)
            before, end = "…" if start else "", start + _EXCERPT_CHARACTERS
            shift = len(before) - start
            near = [(first[0] + shift, min(first[1], end) + shift)]
            for begin, stop in spans:
                if begin >= end:
                    break
                near.append((begin + shift, min(stop, end) + shift))
            return f"{before}{text[start:end]}", tuple(near)
        return "", ()

    def _windows(self, text: str, start: int) -> Iterator[list[_Token]]:
        """Every word of a text with as many behind it as the longest term has."""
        width = max(len(term) for term in self.terms)
        window: list[_Token] = []
        for token in _tokens(text, start):
            window.append(token)
            if len(window) == width:
                yield window
                window = window[1:]
        while window:
            yield window
            window = window[1:]


def index_words(text: str) -> str:
    """A text as it goes into an index: folded, and what is no ASCII stands in words or nowhere."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def _folded(text: str) -> str:
    """The words of a text, each with a space before it."""
    return f" {' '.join(text.translate(_FOLDING).split())}"


def _tokens(text: str, begin: int) -> Iterator[_Token]:
    folded, start, ends = "", 0, list[int]()
    for end in range(begin + 1, len(text) + 1):
        spread = _FOLDING[ord(text[end - 1])]
        if not spread and ends:
            # A mark belongs to the letter before it.
            ends[-1] = end
        for piece in spread:
            if piece != " ":
                start = start if folded else end - 1
                folded += piece
                ends.append(end)
            elif folded:
                yield _Token(folded, start, ends)
                folded, ends = "", []
    if folded:
        yield _Token(folded, start, ends)


def _fits(tokens: list[_Token], term: tuple[str, ...]) -> bool:
    """Whether a text that goes on with these words has the term here."""
    *whole, beginning = term
    return (
        len(tokens) >= len(term)
        and tokens[len(whole)].folded.startswith(beginning)
        and all(token.folded == word for token, word in zip(tokens, whole, strict=False))
    )


def _extent(term: tuple[str, ...]) -> tuple[int, int]:
    return len(term), len(term[-1])


def _fold(char: str) -> str:
    """Fold a character that is decomposed."""
    category = unicodedata.category(char)
    is_letter = char.isalnum() or category.startswith("M")
    if re.match(_UNSPACED, char):
        return f" {char} " if is_letter else " "
    # Vowel signs, as India's scripts have them, combine with nothing; accents do.
    if category in _INVISIBLE or unicodedata.combining(char) or re.match(_VARIATIONS, char):
        return ""
    return char.casefold() if is_letter else " "
