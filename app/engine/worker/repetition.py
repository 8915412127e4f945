"""Noticing an answer that says the same over and over."""

from collections.abc import Sequence

# At least so many tokens, and so many times in a row: a table or a list of zeros is not endless.
_LEAST_TOKENS = 192
_LEAST_TIMES = 6
_LONGEST_PERIOD = 64
_TOKENS_PER_LOOK = 64


class Repetition:
    """Looks at the end of an answer now and then."""

    def __init__(self) -> None:
        self._is_told = False
        self._next_look_tokens = _LEAST_TOKENS

    def is_news(self, tokens: Sequence[int]) -> bool:
        """Whether these tokens have begun to end in a loop; True only once."""
        # Not at every multiple of a number: several tokens may come at a time.
        if self._is_told or len(tokens) < self._next_look_tokens:
            return False
        self._next_look_tokens = len(tokens) + _TOKENS_PER_LOOK
        self._is_told = any(_repeats(tokens, period) for period in range(1, _LONGEST_PERIOD + 1))
        return self._is_told


def _repeats(tokens: Sequence[int], period: int) -> bool:
    length = max(_LEAST_TOKENS, _LEAST_TIMES * period)
    return len(tokens) >= length and tokens[-length:-period] == tokens[period - length :]
