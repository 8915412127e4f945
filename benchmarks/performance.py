"""Figures as tables: for a terminal, and as docs/performance.md.

The page is the record. A line belongs to a run: a date, a commit and a machine. Lines of benchmarks
that did not run this time stay, with the run that they come from.
"""

import ast
import datetime as dt
import os
import pathlib
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import psutil

from app.domain.units import format_bytes
from benchmarks.figure import BenchmarkError, Figure, Limit, Spread
from tests.helpers.page_sections import put_section, section

TOPICS = {
    "Engine": ("decode", "prefill", "peers", "lookup", "packaged_engine", "prediction"),
    "First word and last": ("followup", "reopen", "switch", "stop"),
    "Window": (
        "startup",
        "frozen_start",
        "memory",
        "idle",
        "markdown_stream",
        "long_chat",
        "chat_window",
        "download_window",
        "stalls",
    ),
    "Chats on the disk": ("chat_store",),
    "Downloads": ("downloads",),
}
NAMES = tuple(name for names in TOPICS.values() for name in names)
PAGE = pathlib.Path(__file__).parents[1] / "docs" / "performance.md"

_SECTION = "measurements"
_HEAD = ("figure", "ours", "base", "ratio", "limit", "pairs")
_RUN = "run"
_ALIGNED_LEFT = (_HEAD[0], "limit")
_SIGNS = {"<=": "≤", ">=": "≥"}
_LINE = re.compile(r"\| `(?P<name>\w[\w.]*)` +\|(?P<cells>.+)\| *(?P<run>\d+) \|")
_RUN_LINE = re.compile(r"(?P<number>\d+)\. (?P<words>.+)")


class Line(msgspec.Struct, frozen=True):
    """A figure in words: its cells under `_HEAD`, and the run that it comes from."""

    cells: tuple[str, ...]
    run: str

    @property
    def benchmark(self) -> str:
        """Whose figure it is."""
        return self.cells[0].strip("`").partition(".")[0]


def in_table(figures: Iterable[Figure]) -> str:
    """All figures as one table, equally good to read in a terminal and in Markdown."""
    return _table(_HEAD, [_cells(figure) for figure in figures])


def this_run() -> str:
    """Say when, what and on which machine, in general words."""
    return f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {_commit()}: {_machine()}"


def write_page(measured: Mapping[str, Sequence[Figure]], run: str, page: pathlib.Path) -> None:
    """Put figures on the page in place of the earlier ones of the same benchmarks.

    Args:
        measured: By the names of benchmarks.
        run: What `this_run` says.
        page: Made where it is missing.

    Raises:
        BenchmarkError: A figure is not named after its benchmark.
        ValueError: The page is damaged.
        OSError: It cannot be written.
    """
    lines = [line for line in _read(section(page, _SECTION)) if line.benchmark not in measured]
    for name, figures in measured.items():
        new = [Line(_cells(figure), run) for figure in figures]
        if stray := [line.cells[0] for line in new if line.benchmark != name]:
            raise BenchmarkError(f"{', '.join(stray)} is not named after {name}")
        lines += new
    put_section(page, _SECTION, _in_topics([line for line in lines if line.benchmark in NAMES]))


def _read(text: str) -> list[Line]:
    runs = {found["number"]: found["words"] for found in _found(_RUN_LINE, text)}
    return [
        Line((f"`{found['name']}`", *map(str.strip, found["cells"].split("|"))), runs[found["run"]])
        for found in _found(_LINE, text)
    ]


def _found(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    return [found for line in text.splitlines() if (found := pattern.fullmatch(line))]


def _in_topics(lines: Sequence[Line]) -> str:
    runs = sorted({line.run for line in lines})
    parts = []
    for topic, names in TOPICS.items():
        chosen = [line for name in names for line in lines if line.benchmark == name]
        if not chosen:
            continue
        told = [f"- `{name}`: {_description(name)}" for name in names]
        rows = [(*line.cells, str(runs.index(line.run) + 1)) for line in chosen]
        parts.append(f"### {topic}\n" + "\n".join(told) + "\n\n" + _table((*_HEAD, _RUN), rows))
    numbered = "".join(f"{number}. {run}\n" for number, run in enumerate(runs, 1))
    return "\n".join([*parts, f"### Runs\n{numbered}"])


def _description(name: str) -> str:
    """What a benchmark says of itself, as one line."""
    path = pathlib.Path(__file__).with_name(f"{name}.py")
    return " ".join((ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split())


def _cells(figure: Figure) -> tuple[str, ...]:
    ratio = figure.ratio
    return (
        f"`{figure.name}`",
        f"{_spread(figure.ours)} {figure.unit}",
        _spread(figure.base) if ratio else "–",
        f"{_number(ratio.median)} [{_number(ratio.low95)}, {_number(ratio.high95)}]"
        if ratio
        else "–",
        _limit(figure.limit, is_kept=figure.passed),
        str(figure.pairs),
    )


def _spread(spread: Spread) -> str:
    return f"{_number(spread.median)} ± {_number(spread.spread, digits=2)}"


def _limit(limit: Limit | None, *, is_kept: bool) -> str:
    if limit is None:
        return ""
    verdict = "kept" if is_kept else "**missed**"
    return f"{limit.of} {_SIGNS[limit.sign]} {_number(limit.value)}: {verdict}"


def _number(value: float, *, digits: int = 3) -> str:
    """So many significant digits, none of a whole number lost."""
    return f"{value:,.0f}" if abs(value) >= 10**digits else f"{value:.{digits}g}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    is_left = [name in _ALIGNED_LEFT for name in head]
    rule = "|".join(
        "-" * (width + 2) if left else "-" * (width + 1) + ":"
        for width, left in zip(widths, is_left, strict=True)
    )
    lines = [
        " | ".join(
            cell.ljust(width) if left else cell.rjust(width)
            for cell, width, left in zip(row, widths, is_left, strict=True)
        )
        for row in (head, *rows)
    ]
    first, *others = (f"| {line} |" for line in lines)
    return "\n".join([first, f"|{rule}|", *others]) + "\n"


def _commit() -> str:
    def git(*arguments: str) -> str:
        argv = ["git", "-C", str(PAGE.parent), *arguments]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()

    try:
        # What is written here is no change of what was measured.
        changed = git("status", "--porcelain", "--untracked-files=no", "--", ":/", ":!/docs")
        return f"commit {git('rev-parse', '--short=12', 'HEAD')}{' and changes' * bool(changed)}"
    except (OSError, subprocess.CalledProcessError):
        return "no commit"


def _machine() -> str:
    threads = os.cpu_count() or 1
    cores = psutil.cpu_count(logical=False) or threads
    kernel = re.match(r"[\d.]*\d", platform.release())
    return (
        f"{cores} cores with {threads} threads ({platform.machine()}), "
        f"{format_bytes(psutil.virtual_memory().total)} of memory, "
        f"{platform.system()} {kernel[0] if kernel else ''}, Python {platform.python_version()}"
    )
