"""F6: the engine dies, or stands still, at any moment."""

import collections
import contextlib
import os
import pathlib
import random
import signal
import statistics
import time

import psutil

from tests.helpers.led_window import LedWindow
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.windows import (
    ANSWER_S,
    END_S,
    LONG,
    STORY,
    WrongError,
    ask_shortly,
    is_end,
    pause,
    settle,
    try_in_windows,
)

# As long as each usually takes on a small PC, so that kills fall on all of it.
_LASTS_S = {"loading": 0.4, "reading": 1.5, "writing": 1.5, "idle": 0.1}
_SIGNALS = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGSTOP)


def bring_to(window: LedWindow, phase: str, seed: int) -> int:
    """Have the engine load, read, write or rest; returns the place in `said` of the question."""
    window.do("press", name="newChatButton")
    if phase == "loading":
        window.do("unload")
        begin = window.order("ask", text="Hi")
        window.wait(begin, lambda one: one["word"] == "engine" and one["is_reading"], ANSWER_S)
    elif phase == "reading":
        begin = window.order("ask", text=LONG.format(number=seed))
        window.wait(begin, lambda one: one["word"] == "reading", ANSWER_S)
    else:
        begin = window.order("ask", text=STORY.format(number=seed))
        window.wait(begin, lambda one: one["word"] == "text", ANSWER_S)
        if phase == "idle":
            settle(window, begin)
    pause(window, random.Random(seed).uniform(0, _LASTS_S[phase]))
    return begin


def phase_of(window: LedWindow, begin: int) -> str:
    """What is shown of the question that was asked there."""
    said = window.since(begin)
    if any(map(is_end, said)):
        return "idle"
    words = [one["word"] for one in said]
    return "writing" if "text" in words else "reading" if "reading" in words else "loading"


class _Deaths:
    """What is noted on the way."""

    def __init__(self) -> None:
        self.phases: collections.Counter[str] = collections.Counter()
        self.told_s: list[float] = []

    def attempt(self, window: LedWindow, seed: int) -> None:
        phase = tuple(_LASTS_S)[seed % 4]
        how = _SIGNALS[seed // 4 % 4]
        begin = bring_to(window, phase, seed)
        pid = window.do("look")["pid"]
        at = phase_of(window, begin)
        self.phases[at] += 1
        killed_s = time.monotonic()
        os.kill(pid, how)
        if how == signal.SIGSTOP:
            self._lose_patience(window, begin, at)
        elif at == "idle":
            window.wait(begin, lambda one: one["word"] == "engine" and not one["pid"], END_S)
        else:
            end = window.wait(begin, is_end, END_S)
            self.told_s.append(end["at"] - killed_s)
            if not window.do("look")["banner"]:
                raise WrongError("nothing was said")
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(pid).wait(END_S)
        if window.zombies:
            raise WrongError("a dead engine was not reaped")
        ask_shortly(window)

    @staticmethod
    def _lose_patience(window: LedWindow, begin: int, at: str) -> None:
        """Nothing moves any more, so the person presses Stop."""
        if at == "idle":
            begin = window.order("ask", text="Hi")
            window.wait(begin, lambda one: one["word"] == "working", END_S)
        window.do("press", name="stopButton")
        window.wait(begin, is_end, END_S)


def _try_deaths(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    deaths = _Deaths()
    tally = try_in_windows(deaths.attempt, count, first_seed, folder)
    phases = ", ".join(f"{n} while {phase}" for phase, n in sorted(deaths.phases.items()))
    tally.figures.append(phases)
    if deaths.told_s:
        median_ms, most_ms = statistics.median(deaths.told_s) * 1e3, max(deaths.told_s) * 1e3
        tally.figures.append(f"told after {median_ms:.0f} ms (median), at most {most_ms:.0f} ms")
    return tally


ROWS = (
    Row(
        number="F6",
        fault="the engine is ended by KILL, SEGV or ABRT, or stands still (STOP), at any moment",
        expected="a sentence, the words that were there stay, the next question works, no zombie",
        tries=400,
        tries_in_tests=2,
        run=_try_deaths,
    ),
)
