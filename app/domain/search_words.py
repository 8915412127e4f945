"""What is found when a person searches: the beginnings of words, wherever they stand.

Case and accents do not count. Scripts that put no spaces between words are looked at character by
character, so every part of a sentence is found.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

# Kana, Han with its extensions, Hangul, half-width forms; Thai, Lao, Burmese, Khmer.
_UNSPACED = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003134f\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_ONE_UNSPACED = re.compile(f"[{_UNSPACED}]")
_MARK = "Mn"
_BEFORE_CHARACTERS = 40
_EXCERPT_CHARACTERS = 160


class _Token(msgspec.Struct, frozen=True):
    folded: str
    start: int
    end: int


class SearchWords:
    """What a person typed, ready to be looked for.

    Attributes:
        terms: All of them have to be found. A term is one beginning of a word, or characters that
            follow each other without a space.
    """

    def __init__(self, typed: str) -> None:
        terms: list[list[str]] = []
        last_end = -1
        for token in _tokens(typed):
            is_unspaced = bool(_ONE_UNSPACED.match(typed[token.start]))
            if is_unspaced and token.start == last_end:
                terms[-1].append(token.folded)
            else:
                terms.append([token.folded])
            last_end = token.end if is_unspaced else -1
        self.terms = tuple(tuple(term) for term in terms)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they are in a text: begin and end of each, in order and apart from each other."""
        covered = 0
        for ahead in self._windows(text):
            term = max((t for t in self.terms if _fits(ahead, t)), key=_extent, default=None)
            if term and ahead[0].start >= covered:
                last = ahead[len(term) - 1]
                covered = last.start + _written(text[last.start : last.end], term[-1])
                yield ahead[0].start, covered

    def are_in(self, text: str) -> bool:
        """Whether a text has all of them."""
        missing = set(self.terms)
        for ahead in self._windows(text):
            missing -= {term for term in missing if _fits(ahead, term)}
            if not missing:
                return True
        return not missing

    def are_in_index(self, words: str) -> bool:
        """The same, of what `index_words` made of a text: for when there are many."""
        padded = f" {words}"
        return all(f" {' '.join(term)}" in padded for term in self.terms)

    def excerpt(self, texts: Iterable[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
        """Some of the first text that has one of them, and where they are in it."""
        for text in texts:
            first = next(self.spans(text), None)
            if first is None:
                continue
            start = max(0, first[0] - _BEFORE_CHARACTERS)
            excerpt = f"{'…' if start else ''}{text[start : start + _EXCERPT_CHARACTERS]}"
            return excerpt, tuple(self.spans(excerpt))
        return "", ()

    def _windows(self, text: str) -> Iterator[list[_Token]]:
        """Every token of a text with as many behind it as the longest term has."""
        width = max((len(term) for term in self.terms), default=1)
        window: list[_Token] = []
        for token in _tokens(text):
            window.append(token)
            if len(window) == width:
                yield window
                window = window[1:]
        while window:
            yield window
            window = window[1:]


def index_words(text: str) -> str:
    """A text as it goes into an index: its folded words with spaces between them."""
    return " ".join(token.folded for token in _tokens(text))


def _tokens(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        yield _Token(_fold(found[0]), found.start(), found.end())


def _fits(tokens: list[_Token], term: tuple[str, ...]) -> bool:
    """Whether a text that goes on with these tokens has the term here."""
    *whole, beginning = term
    return (
        len(tokens) >= len(term)
        and tokens[len(whole)].folded.startswith(beginning)
        and all(token.folded == word for token, word in zip(tokens, whole, strict=False))
    )


def _extent(term: tuple[str, ...]) -> tuple[int, int]:
    return len(term), len(term[-1])


def _fold(word: str) -> str:
    """Take away case, accents and width."""
    if word.isascii():
        return word.lower()
    spread = unicodedata.normalize("NFKD", word).casefold()
    return "".join(char for char in spread if unicodedata.category(char) != _MARK)


def _written(word: str, beginning: str) -> int:
    """How many characters of a word, as it is written, make its folded beginning."""
    return next(
        (end for end in range(1, len(word) + 1) if len(_fold(word[:end])) >= len(beginning)),
        len(word),
    )
