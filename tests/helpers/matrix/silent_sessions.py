"""F23: a whole session, once under strace and once without any network."""

import pathlib

from tests.helpers.matrix.row import Row, Tally
from tests.helpers.silence.findings import find
from tests.helpers.silence.watched import obstacle


def _try(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    if problem := obstacle():
        return Tally(unavailable=problem)
    tally, processes = Tally(wrong=[], figures=[]), 0
    for number in range(first_seed, first_seed + count):
        place = folder / str(number)
        place.mkdir()
        found = find(place)
        tally.tried += 1
        tally.wrong += found.faults()
        processes += sum(row.processes for row in found.rows)
    tally.figures.append(f"{processes} processes were watched")
    return tally


ROWS = (
    Row(
        number="F23",
        fault="a session from the start to the end under strace, and again without any network",
        expected="no internet socket in any process, and every step the same without network",
        tries=2,
        tries_in_tests=0,  # `test_silent_session` has a shorter one
        run=_try,
    ),
)
