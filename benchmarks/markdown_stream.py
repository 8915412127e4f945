"""What a streamed answer of 80 kB costs the GUI thread, from its first chunk to its last.

Ours is the window's own text, which draws the open end; the base renders the whole answer anew with
Qt's Markdown for every chunk. Every 40th of the base's 20,000 chunks is timed and counted 40 times.
"""

import json
import os
import statistics
import subprocess

from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures
from benchmarks.processes import python_module

PAIRS = 3
_EVERY = 40
_SIDE = 1000  # chunks at either end


def run(pairs: int) -> list[Figure]:
    """Stream by turns."""
    rows = [(_ours(), _base()) for _ in range(pairs)]
    growth = [((ours[0] / ours[1],), (1.0,)) for ours, _ in rows]
    return [
        *figures(
            rows,
            Spec("markdown_stream.last_1000", "ms"),
            Spec("markdown_stream.first_1000", "ms"),
            Spec("markdown_stream.p99", "ms", Limit("ours", "<=", 16)),
            Spec("markdown_stream.total", "s", Limit("ratio", "<=", 1 / 20)),
        ),
        *figures(growth, Spec("markdown_stream.last_to_first", "x", Limit("ours", "<=", 2))),
    ]


def _ours() -> Row:
    costs = _costs("benchmarks.streamed_answer")
    return _row(costs, _SIDE, 1)


def _base() -> Row:
    costs = _costs("benchmarks.rendered_answer", str(_EVERY))
    return _row(costs, _SIDE // _EVERY, _EVERY)


def _row(costs: list[float], side: int, every: int) -> Row:
    p99 = statistics.quantiles(costs, n=100)[98]
    last, first = (statistics.fmean(part) for part in (costs[-side:], costs[:side]))
    return last * 1000, first * 1000, p99 * 1000, sum(costs) * every


def _costs(module: str, *arguments: str) -> list[float]:
    ended = subprocess.run(
        [*python_module(module), *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        check=False,
        timeout=900,
    )
    if ended.returncode:
        raise BenchmarkError(f"{module} failed")
    found: list[float] = json.loads(ended.stdout.splitlines()[-1])["costs_s"]
    return found
