"""F11: Stop at any moment."""

import pathlib
import threading
import time

import psutil

from tests.helpers.led_window import LedWindow
from tests.helpers.matrix.deaths import bring_to, phase_of
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.windows import END_S, WrongError, is_end, try_in_windows

_PHASES = ("loading", "reading", "writing")
_MOST_STALL_S = 0.1
# Where it does not obey in three seconds it is ended.
_OBEYS_S = 3.0
_LOOKED_AT_S = 0.3
_MOST_BUSY_S = 0.06


class _Stops:
    def __init__(self) -> None:
        self.phases = dict.fromkeys((*_PHASES, "idle"), 0)
        self.stalls_s: list[float] = []
        self.obeyed_s: list[float] = []

    def attempt(self, window: LedWindow, seed: int) -> None:
        begin = bring_to(window, _PHASES[seed % 3], seed)
        self.phases[phase_of(window, begin)] += 1
        pressed_s = time.monotonic()
        window.order("press", name="stopButton")
        end = window.wait(begin, is_end, END_S)
        seen = window.do("look")
        self.obeyed_s.append(max(0.0, end["at"] - pressed_s))
        self.stalls_s.append(seen["stall_s"])
        if seen["stall_s"] > _MOST_STALL_S:
            raise WrongError(f"the window stood still for {seen['stall_s'] * 1e3:.0f} ms")
        if self.obeyed_s[-1] > _OBEYS_S:
            raise WrongError(f"it ended after {self.obeyed_s[-1]:.1f} s only")
        if seen["pid"] and (busy_s := _busy_s(seen["pid"])) > _MOST_BUSY_S:
            raise WrongError(f"the engine computed for {busy_s:.2f} s afterwards")


def _busy_s(pid: int) -> float:
    """Processor time that the engine takes while nobody asked it for anything."""
    engine = psutil.Process(pid)
    before = engine.cpu_times()
    threading.Event().wait(_LOOKED_AT_S)
    after = engine.cpu_times()
    return (after.user + after.system) - (before.user + before.system)


def _try_stops(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    stops = _Stops()
    tally = try_in_windows(stops.attempt, count, first_seed, folder)
    tally.figures.append(", ".join(f"{n} while {phase}" for phase, n in stops.phases.items() if n))
    if stops.obeyed_s:
        obeyed_s = sorted(stops.obeyed_s)
        tally.figures += [
            f"ended after {obeyed_s[len(obeyed_s) // 2] * 1e3:.0f} ms (median), "
            f"at most {obeyed_s[-1] * 1e3:.0f} ms",
            f"the window stood still for {max(stops.stalls_s) * 1e3:.0f} ms at most",
        ]
    return tally


ROWS = (
    Row(
        number="F11",
        fault="Stop is pressed while the model loads, reads or writes",
        expected="the window goes on within 100 ms, the engine obeys within 3 s and is idle then",
        tries=300,
        tries_in_tests=3,
        run=_try_stops,
    ),
)
