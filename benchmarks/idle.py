"""What the window and its engine cost while nobody does anything, in the minutes after a chat.

The model is loaded, the answer is on the screen, all pages are made, the cursor blinks. The base is
an empty window with a text field beside it, at the same time; `startup` has a window without a
model. What is done while nobody waits (reading ahead, snapshots) is over before.
"""

import json
import pathlib
import tempfile
import time

from benchmarks.figure import Figure, Limit, Row, Spec, figures
from benchmarks.processes import cpu_s
from benchmarks.startup import BARE, running
from tests.helpers.tiny_models import chain, write_scripted

PAIRS = 3
_SETTLE_S, _IDLE_S = 20.0, 60.0


def run(pairs: int) -> list[Figure]:
    """Look on for so many minutes."""
    script = chain("[/INST]", "It", " is", " far", " away", ".", "</s>")
    with tempfile.TemporaryDirectory() as name:
        home, model = pathlib.Path(name, "home"), pathlib.Path(name, "tiny.gguf")
        write_scripted(model, script)
        with running("benchmarks.idle_window", home, model) as ours, running(BARE) as base:
            assert ours.stdout
            pids = json.loads(ours.stdout.readline())
            time.sleep(_SETTLE_S)
            rows = [_minute(pids["window"], pids["engine"], base.pid) for _ in range(pairs)]
    return figures(
        rows,
        Spec("idle.cpu", "% of a core", Limit("ours", "<=", 0.2)),
        Spec("idle.cpu_window", "% of a core"),
        Spec("idle.cpu_engine", "% of a core"),
    )


def _minute(*pids: int) -> tuple[Row, Row]:
    """Shares of window and engine together, of each, and of the empty window."""
    before_s = [cpu_s(pid) for pid in pids]
    time.sleep(_IDLE_S)
    spent_s = (cpu_s(pid) - before for pid, before in zip(pids, before_s, strict=True))
    window, engine, empty = (100 * spent / _IDLE_S for spent in spent_s)
    return (window + engine, window, engine), (empty, empty, 0.0)
