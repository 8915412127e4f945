"""Guessing the next tokens from what was said before: prompt lookup decoding.

Where the last tokens stood before, the same ones may follow again: a text that is copied, code that
is changed in one place. The guesses are evaluated together with the token before them, which costs
less than one step each. What was wrong decides how soon the next guess is made; no clock does,
since the same question must get the same answer and some quants compute a little differently in
steps of another size.
"""

from collections.abc import Sequence

MOST_GUESSES = 7
# On a small CPU a step of 4 tokens costs 2.7 single ones and one of 8 costs 4.6, so a guess has to
# be good: with keys of 3 tokens and pauses of 16, free chat lost 6 %.
_KEY_TOKENS = 5
_FIRST_GUESSES = 3
_SHORTEST_PAUSE_TOKENS = 64
_LONGEST_PAUSE_TOKENS = 1024


class Lookup:
    """The guesses of one answer.

    Args:
        entries: Of the sequence, growing; negative ones are never guessed.
    """

    def __init__(self, entries: Sequence[int]) -> None:
        self._entries = entries
        self._known = 0
        self._follows: dict[tuple[int, ...], int] = {}
        self._length = _FIRST_GUESSES
        self._pause_tokens = _SHORTEST_PAUSE_TOKENS
        self._resumes_at = _KEY_TOKENS

    def guesses(self, last: int, room: int) -> list[int]:
        """Guess at most `room` tokens after `last`, which comes after the entries."""
        entries = self._entries
        if len(entries) < self._resumes_at:
            return []
        self._learn()
        start = self._follows.get((*entries[1 - _KEY_TOKENS :], last))
        if start is None:
            return []
        guesses = list(entries[start : start + min(self._length, room)])
        return guesses if min(guesses, default=0) >= 0 else []

    def learn_outcome(self, guessed: int, right: int) -> None:
        """Take note of how many were guessed and how many of them were right."""
        if guessed == 0:
            return
        if 2 * right >= guessed:  # it paid
            self._pause_tokens = max(self._pause_tokens // 2, _SHORTEST_PAUSE_TOKENS)
            if right == guessed:
                self._length = min(self._length * 2, MOST_GUESSES)
        else:
            self._length = _FIRST_GUESSES
            self._resumes_at = len(self._entries) + self._pause_tokens
            self._pause_tokens = min(self._pause_tokens * 2, _LONGEST_PAUSE_TOKENS)

    def _learn(self) -> None:
        """Remember what followed every few tokens, the latest place winning."""
        entries, follows = self._entries, self._follows
        for end in range(max(self._known, _KEY_TOKENS), len(entries)):
            follows[tuple(entries[end - _KEY_TOKENS : end])] = end
        self._known = len(entries)
