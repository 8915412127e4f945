"""A kind of fault that is tried many times, and what came of the tries."""

import pathlib
from collections.abc import Callable
from typing import TypeAlias

import msgspec


class Tally(msgspec.Struct, kw_only=True):
    """What came of the tries of a row.

    Attributes:
        tried: How many there were.
        deaths: Of the window's process, or of whatever stands in its place.
        hangs: Nothing came in the time that a person would wait.
        losses: Something that was written or answered before is gone.
        wrong: Whatever else was not as it must be, in words; with the seed that shows it again.
        figures: What was measured on the way, in words, for the table.
        unavailable: Why nothing could be tried on this machine.
    """

    tried: int = 0
    deaths: int = 0
    hangs: int = 0
    losses: int = 0
    wrong: list[str] = []
    figures: list[str] = []
    unavailable: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it was tried, and nothing bad came of it."""
        bad = self.deaths or self.hangs or self.losses or self.wrong
        return self.tried > 0 and not bad


# Gets how many tries, the first seed and an empty folder.
Trial: TypeAlias = Callable[[int, int, pathlib.Path], Tally]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One fault.

    Attributes:
        number: As in the list of faults, F1 to F25; several rows may have the same.
        fault: What is done, in a few words.
        expected: What must come of it.
        tries: How many are made by `scripts/faults`.
        tries_in_tests: How many by the tests; 0 where even one takes more than ten seconds.
        run: Makes them.
    """

    number: str
    fault: str
    expected: str
    tries: int
    tries_in_tests: int
    run: Trial
