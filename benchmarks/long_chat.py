"""A chat that is longer than anybody's: opened, jumped about in, scrolled through.

The base gives every message a widget of its own: Qt's text browser with its own Markdown, in a
column. Processor time of the GUI thread; a jump and a step of the wheel end when they are painted.
"""

import json
import os
import statistics
import subprocess
from typing import Any

from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures
from benchmarks.processes import python_module

PAIRS = 3
_LONG, _ENDLESS = 2_000, 100_000


def run(pairs: int) -> list[Figure]:
    """Open them by turns."""
    rows = [(_ours(_LONG), _ours(_ENDLESS), _base()) for _ in range(pairs)]
    at_once = Limit("ours", "<=", 50)
    opened = [((long[0],), (base,)) for long, _, base in rows]
    moved = [(long[1:], (0.0,) * len(long[1:])) for long, _, _ in rows]
    endless = [(row, (0.0,) * len(row)) for _, row, _ in rows]
    return [
        *figures(opened, Spec("long_chat.open", "ms", Limit("ratio", "<=", 1 / 20))),
        *figures(
            moved,
            Spec("long_chat.jump_median", "ms"),
            Spec("long_chat.jump_most", "ms", at_once),
            Spec("long_chat.step_median", "ms"),
            Spec("long_chat.step_p99", "ms", Limit("ours", "<=", 16)),
            Spec("long_chat.views", "views", Limit("ours", "<=", 100)),
            Spec("long_chat.memory_grown", "MB"),
        ),
        *figures(
            endless,
            Spec("long_chat.endless_open", "ms", Limit("ours", "<=", 300)),
            Spec("long_chat.endless_jump_median", "ms"),
            Spec("long_chat.endless_jump_most", "ms", at_once),
            Spec("long_chat.endless_step_median", "ms"),
            Spec("long_chat.endless_step_p99", "ms", Limit("ours", "<=", 16)),
            Spec("long_chat.endless_views", "views", Limit("ours", "<=", 100)),
            Spec("long_chat.endless_memory_grown", "MB"),
        ),
    ]


def _ours(messages: int) -> Row:
    found = _measured("benchmarks.long_chat_window", messages)
    jumps, steps = found["jumps_s"], found["steps_s"]
    return (
        found["open_s"] * 1000,
        statistics.median(jumps) * 1000,
        max(jumps) * 1000,
        statistics.median(steps) * 1000,
        statistics.quantiles(steps, n=100)[98] * 1000,
        found["views"],
        found["grown_mb"],
    )


def _base() -> float:
    return float(_measured("benchmarks.widget_per_message", _LONG)["open_s"] * 1000)


def _measured(module: str, messages: int) -> dict[str, Any]:
    ended = subprocess.run(
        [*python_module(module), str(messages)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        check=False,
        timeout=300,
    )
    if ended.returncode:
        raise BenchmarkError(f"{module} failed")
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found
