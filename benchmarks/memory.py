"""Memory of the window with a chat of 2,000 messages on the screen; `startup` has it with none.

The real program, without a model. The base is a window with a text widget for every message. `rss`
is all that is resident, `uss` what no other process shares.
"""

import pathlib
import tempfile
import time

import psutil

from app.store.store import Store
from benchmarks.figure import Figure, Row, Spec, figures
from benchmarks.long_chat import measured
from benchmarks.long_chats import long_chat
from benchmarks.processes import cpu_s
from benchmarks.startup import running

PAIRS = 3
_MESSAGES = 2_000
_SETTLE_S = 5.0
_REST_S = 0.03  # of processor time in a second: the clock ticks of 10 ms


def run(pairs: int) -> list[Figure]:
    """Open them by turns."""
    with tempfile.TemporaryDirectory() as name:
        home = pathlib.Path(name)
        with Store(home / "data") as store:
            store.chats.add([long_chat(_MESSAGES).kept()])
        rows = [(_ours(home), _base()) for _ in range(pairs)]
    return figures(rows, Spec("memory.rss", "MB"), Spec("memory.uss", "MB"))


def _ours(home: pathlib.Path) -> Row:
    """The chat used last is the one that is shown."""
    with running("app", "--home", home) as process:
        _wait_for_rest(process.pid)
        memory = psutil.Process(process.pid).memory_full_info()
        return memory.rss / 1e6, memory.uss / 1e6


def _wait_for_rest(pid: int) -> None:
    """Until the chat is drawn and nothing more is computed, however busy the machine is."""
    time.sleep(_SETTLE_S)
    before_s = -_REST_S
    while (busy_s := cpu_s(pid)) - before_s >= _REST_S:
        before_s = busy_s
        time.sleep(1)


def _base() -> Row:
    found = measured("benchmarks.widget_per_message", _MESSAGES)
    return found["rss_mb"], found["uss_mb"]
