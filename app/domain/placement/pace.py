"""How a speed feels: the words beside the number."""

from enum import StrEnum


class Pace(StrEnum):
    """How fast text appears, against somebody who reads it."""

    CRAWLING = "crawling"
    SLOW = "slow"
    READING = "reading"
    FAST = "fast"


# Adults read 238 words of prose per minute silently (Brysbaert 2019, a review of 190 studies); with
# about 1.4 tokens per word in European languages that is 5.5 tokens per second.
READING_TOKENS_PER_S = 5.5
# Nobody waits at the screen for a sentence of 30 tokens for more than 20 seconds.
_WAITING_TOKENS_PER_S = 1.5
# Faster than people skim (three times as fast as they read): the answer is there when they look.
_SKIMMING_TOKENS_PER_S = 16.5


def words_for(tokens_per_s: float) -> Pace:
    """Put a speed into one of four words."""
    if tokens_per_s < _WAITING_TOKENS_PER_S:
        return Pace.CRAWLING
    if tokens_per_s < READING_TOKENS_PER_S:
        return Pace.SLOW
    if tokens_per_s < _SKIMMING_TOKENS_PER_S:
        return Pace.READING
    return Pace.FAST
