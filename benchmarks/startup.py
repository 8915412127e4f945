"""From process start to an interactive window, and what the idle window costs.

Against an empty main window (`benchmarks.bare_window`), both offscreen. The first start of each is
not counted: it fills the system's file cache, writes byte code and makes our data folder. Memory
and idle processor time are those of the window process of the plain program, without a model.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures, interleaved
from benchmarks.processes import cpu_s

PAIRS = 15
_IDLE_PAIRS = 3
_SETTLE_S, _IDLE_S = 5.0, 20.0
BARE = "benchmarks.bare_window"

_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def run(pairs: int) -> list[Figure]:
    """Measure so many pairs of starts, and a few idle windows."""
    with tempfile.TemporaryDirectory() as home:

        def our_start(_: int) -> Row:
            return (_start_ms("app", "--home", home),)

        def base_start(_: int) -> Row:
            return (_start_ms(BARE),)

        interleaved(1, our_start, base_start)
        starts = interleaved(pairs, our_start, base_start)
    idle = [_idle_rows() for _ in range(min(pairs, _IDLE_PAIRS))]
    return [
        *figures(starts, Spec("startup", "ms", Limit("ratio", "<=", 2.5))),
        *figures(
            idle,
            Spec("startup.rss", "MB", Limit("ours", "<=", 200)),
            Spec("startup.uss", "MB", Limit("ours", "<=", 200)),
            Spec("startup.idle_cpu", "% of a core", Limit("ours", "<=", 0.2)),
        ),
    ]


def _start_ms(*module: str) -> float:
    began_ns = time.monotonic_ns()
    with running("benchmarks.first_paint", *module) as process:
        out, error = process.communicate(timeout=60)
    if not out:
        raise BenchmarkError(f"{module[0]} showed no window: {error}")
    return (int(out) - began_ns) / 1e6


def _idle_rows() -> tuple[Row, Row]:
    """Resident MB, own MB and idle % of a core of our window and of a bare one beside it."""
    with (
        tempfile.TemporaryDirectory() as home,
        running("app", "--home", home) as ours,
        running(BARE) as base,
    ):
        time.sleep(_SETTLE_S)
        busy_s = cpu_s(ours.pid), cpu_s(base.pid)
        time.sleep(_IDLE_S)
        return _idle_row(ours.pid, busy_s[0]), _idle_row(base.pid, busy_s[1])


def _idle_row(pid: int, busy_s: float) -> Row:
    share = 100 * (cpu_s(pid) - busy_s) / _IDLE_S
    memory = psutil.Process(pid).memory_full_info()
    return memory.rss / 1e6, memory.uss / 1e6, share


def _environment() -> dict[str, str]:
    """Ours; Python may keep what it compiled, as on a person's PC."""
    kept = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
    return {**kept, "QT_QPA_PLATFORM": "offscreen"}


@contextmanager
def running(*module: str | pathlib.Path) -> Iterator[subprocess.Popen[str]]:
    """A program without a screen, ended with the block."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", *module],
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
