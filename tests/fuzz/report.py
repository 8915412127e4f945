"""What fuzzers tried, as lines for a terminal and as a table of docs/reliability.md."""

import pathlib
import re
from collections.abc import Sequence

from tests.fuzz.campaign import Run
from tests.fuzz.target import Target

_PAGE = pathlib.Path(__file__).parents[2] / "docs" / "reliability.md"
_BEGIN, _END = "<!-- fuzz -->", "<!-- /fuzz -->"
_HEAD = """\
## Fuzzing

Whatever parses what others wrote is tried with inputs that nobody wrote: `scripts/fuzz --write`
makes this table. {way} What once broke a promise is kept in `tests/corpora` and tried again by the
tests; none of what is counted as tried here broke one{but}.

| target | promise | tried | seconds | found before and mended |
|---|---|--:|--:|--:|
"""


def in_words(run: Run) -> str:
    """A line per target, and one per crash."""
    mark = "BROKEN" if run.crashes else "yes"
    line = f"{mark:<7} {run.target.name}: {run.executions:,} tried in {run.seconds} s"
    return "\n".join([line, *(f"        ! {path}" for path in run.crashes)])


def found_before(target: Target) -> int:
    """How many inputs are kept that broke the promise once."""
    return sum(path.name.startswith("found-") for path in target.corpus())


def write(runs: Sequence[Run]) -> None:
    """Put the table between its marks; the rest of the page stays."""
    page = _PAGE.read_text(encoding="utf-8") if _PAGE.exists() else "# Reliability\n"
    section = f"{_BEGIN}\n{_section(runs)}{_END}"
    marked = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
    if marked.search(page):
        page = marked.sub(lambda _: section, page)
    else:
        page = f"{page.rstrip()}\n\n{section}\n"
    _PAGE.write_text(page, encoding="utf-8")


def _section(runs: Sequence[Run]) -> str:
    guided = "With atheris they follow the branches of the program that earlier ones reached."
    blind = "They are damaged inputs of the corpora."
    broken = [run.target.name for run in runs if run.crashes]
    head = _HEAD.format(
        way=guided if all(run.is_guided for run in runs) else blind,
        but=f" but for {', '.join(broken)}" if broken else "",
    )
    rows = (
        f"| `{run.target.name}` | {run.target.promise} | {run.executions:,} | {run.seconds:,} "
        f"| {found_before(run.target)} |\n"
        for run in runs
    )
    return head + "".join(rows)
