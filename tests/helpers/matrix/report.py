"""The matrix in words: lines for a terminal, and the table of docs/reliability.md.

What stands above the table is written by hand. A row that was not tried in a run keeps its line,
and with it the date, the seed and the commit that it was tried with.
"""

import pathlib
import re
from collections.abc import Sequence

import msgspec

from tests.helpers.matrix.place import Place
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.page_sections import put_section, section

_COLUMNS = (
    *("row", "what is done", "what must come of it", "tried", "deaths", "hangs", "losses", "other"),
    *("measured on the way", "first seed", "date", "commit", "machine"),
)
_HEAD = f"| {' | '.join(_COLUMNS)} |"
_SECTION = "matrix"
_RULE = "|---|---|---|--:|--:|--:|--:|--:|---|---|---|---|---|"
_DATE = 1 + _COLUMNS.index("date")
_UNTRIED = "not tried yet"
_CELL_END = re.compile(r"(?<!\\)\|")


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was tried."""

    row: Row
    seed: int
    tally: Tally
    wall_s: float


def in_words(result: Result) -> str:
    """Return its lines for a terminal."""
    tally = result.tally
    mark = "–" if tally.unavailable else "yes" if tally.is_good else "WRONG"
    lines = [
        f"{mark:<6} {result.row.number:<4} {result.row.fault}: {tally.tried} tried, "
        f"{tally.deaths} deaths, {tally.hangs} hangs, {tally.losses} losses, {result.wall_s:.0f} s"
    ]
    lines += [f"         {text}" for text in (*tally.figures, tally.unavailable) if text]
    return "\n".join([*lines, *(f"       ! {text}" for text in tally.wrong)])


def write(path: pathlib.Path, results: Sequence[Result], rows: Sequence[Row], place: Place) -> None:
    """Put the results into the table of that file; lines of other rows stay as they are.

    Args:
        path: Of the page; what is around the table's section stays.
        results: Of this run.
        rows: All that there are; the line of one that is none of them any more goes.
        place: Of this run.
    """
    lines = _parse(section(path, _SECTION))
    lines |= {_key(r.row): _line(r, place) for r in results if r.tally.tried}
    for result in results:
        lines.setdefault(_key(result.row), _line(result, place))
    for row in rows:
        lines.setdefault(_key(row), _untried(row))
    table = [lines[_key(row)] for row in sorted(rows, key=lambda row: int(row.number[1:]))]
    put_section(path, _SECTION, "\n".join([_HEAD, _RULE, *table]))


def _parse(table: str) -> dict[tuple[str, str], str]:
    """Its lines by number and fault."""
    lines = [line for line in table.splitlines() if line.startswith("| F")]
    cells = [[cell.strip() for cell in _CELL_END.split(line)] for line in lines]
    keyed = zip(cells, lines, strict=True)
    return {(of[1], of[2]): line for of, line in keyed if of[_DATE]}


def _line(result: Result, place: Place) -> str:
    row, tally = result.row, result.tally
    if not tally.tried:
        return _untried(row, tally.unavailable or _UNTRIED)
    counts = (tally.tried, tally.deaths, tally.hangs, tally.losses, len(tally.wrong))
    when = (str(result.seed), place.date, place.commit, place.machine)
    return _joined(row, *map(str, counts), "; ".join(tally.figures), *when)


def _untried(row: Row, why: str = _UNTRIED) -> str:
    return _joined(row, *("–",) * 5, why, *("",) * 4)


def _joined(row: Row, *cells: str) -> str:
    return f"| {' | '.join(map(_escaped, (row.number, row.fault, row.expected, *cells)))} |"


def _key(row: Row) -> tuple[str, str]:
    return row.number, _escaped(row.fault)


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
