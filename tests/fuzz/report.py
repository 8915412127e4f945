"""What fuzzers tried, as lines for a terminal and as a table of docs/reliability.md."""

import pathlib
import re
from collections.abc import Sequence

from tests.fuzz.campaign import Run
from tests.fuzz.table import TARGETS
from tests.fuzz.target import Target
from tests.helpers.page_sections import put_section, section

_PAGE = pathlib.Path(__file__).parents[2] / "docs" / "reliability.md"
_SECTION = "fuzz"
_HEAD = """\
## Fuzzing

Whatever parses what others wrote is tried with inputs that nobody wrote, which with atheris follow
the branches of the program: `scripts/fuzz --write`. What once broke a promise is kept in
`tests/corpora` and tried again by the tests.

| target | promise | tried | seconds | broken now | found before and mended |
|---|---|--:|--:|--:|--:|
"""
_ROW = re.compile(r"\| `(\w+)` \|.*\n")


def in_words(run: Run) -> str:
    """A line per target, and one per crash."""
    mark = "BROKEN" if run.crashes else "yes"
    line = f"{mark:<7} {run.target.name}: {run.executions:,} tried in {run.seconds} s"
    return "\n".join([line, *(f"        ! {path}" for path in run.crashes)])


def found_before(target: Target) -> int:
    """How many inputs are kept that broke the promise once."""
    return sum(path.name.startswith("found-") for path in target.corpus())


def write(runs: Sequence[Run]) -> None:
    """Put the table into its section; rows that were not tried now and the page stay."""
    rows = {found[1]: found[0] for found in _ROW.finditer(section(_PAGE, _SECTION))}
    rows |= {run.target.name: _row(run) for run in runs}
    table = "".join(rows[name] for name in TARGETS if name in rows)
    put_section(_PAGE, _SECTION, _HEAD + table)


def _row(run: Run) -> str:
    target = run.target
    return (
        f"| `{target.name}` | {target.promise} | {run.executions:,} | {run.seconds:,} "
        f"| {len(run.crashes)} | {found_before(target)} |\n"
    )
