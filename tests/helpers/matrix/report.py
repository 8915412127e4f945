"""The matrix in words: a line per row for a terminal, a table for docs/reliability.md."""

import msgspec

from tests.helpers.matrix.row import Row, Tally


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was tried."""

    row: Row
    seed: int
    tally: Tally
    wall_s: float


def in_words(result: Result) -> str:
    """Return its lines."""
    tally = result.tally
    mark = "–" if tally.unavailable else "yes" if tally.is_good else "WRONG"
    lines = [
        f"{mark:<6} {result.row.number:<4} {result.row.fault}: {tally.tried} tried, "
        f"{tally.deaths} deaths, {tally.hangs} hangs, {tally.losses} losses, {result.wall_s:.0f} s"
    ]
    lines += [f"         {text}" for text in (*tally.figures, tally.unavailable) if text]
    return "\n".join([*lines, *(f"       ! {text}" for text in tally.wrong)])


def write(results: list[Result]) -> None:
    """Put the table into docs/reliability.md; rows that were not tried now stay as they were."""
    raise NotImplementedError
