"""A prompt is a list of segments, so that no person's text can become a control token.

`Control` names one special token of the vocabulary. `Text` is tokenised with special-token
parsing switched off, always, and by itself: no token reaches over the end of a segment. `Image`
is a picture on the model's grid.
"""

import re
from collections.abc import Iterable

import msgspec

from app.domain.chat import Picture


class Control(msgspec.Struct, frozen=True, tag="control"):
    """One special token, by its text in the vocabulary."""

    token: str


class Text(msgspec.Struct, frozen=True, tag="text"):
    """Plain text; never parsed for special tokens."""

    text: str


class Image(msgspec.Struct, frozen=True, tag="image"):
    """A picture of `columns` x `rows` cells: a token each, and one at the end of every row."""

    picture: Picture
    columns: int
    rows: int

    @property
    def tokens(self) -> int:
        """How many tokens it takes."""
        return (self.columns + 1) * self.rows


Plain = Control | Text
Segment = Plain | Image


def join_texts(segments: Iterable[Plain]) -> list[Plain]:
    """Merge neighbouring texts and drop empty ones."""
    joined: list[Plain] = []
    for segment in segments:
        if isinstance(segment, Text):
            if not segment.text:
                continue
            if joined and isinstance(joined[-1], Text):
                joined[-1] = Text(joined[-1].text + segment.text)
                continue
        joined.append(segment)
    return joined


class ControlTokens:
    """The special tokens of one vocabulary and where they occur in a text."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self.tokens = frozenset(token for token in tokens if token)
        # Longest first, as llama.cpp partitions: "<|im_end|>" wins over a token "<|".
        alternatives = sorted(self.tokens, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, alternatives))) if alternatives else None
        self._first_characters = frozenset(token[0] for token in self.tokens)

    def split(self, text: str) -> list[Plain]:
        """Cut trusted text (a template's own) into controls and plain text."""
        if self._pattern is None:
            return [Text(text)]
        segments: list[Plain] = []
        end = 0
        for match in self._pattern.finditer(text):
            segments += [Text(text[end : match.start()]), Control(match.group())]
            end = match.end()
        segments.append(Text(text[end:]))
        return segments

    def cut(self, text: str) -> list[str]:
        """Cut a text in the middle of everything that looks like one of these tokens."""
        parts, end = [], 0
        if self._pattern is not None:
            for match in self._pattern.finditer(text):
                middle = (match.start() + match.end() + 1) // 2
                parts.append(text[end:middle])
                end = middle
        return [*parts, text[end:]]

    def break_up(self, text: str, mark: str) -> str:
        """Put `mark` after every character with which a control token could begin."""
        return "".join(c + mark if c in self._first_characters else c for c in text)
