"""Speaks to a `hostile_window`: gives it strangers' files and words, notes what may not be."""

import json
import os
import pathlib
import select
import subprocess
import sys
from typing import Any, Self

from tests.helpers.matrix.row import Tally

_ROOT = pathlib.Path(__file__).parents[2]
MOST_TURN_MS = 100.0
_WARM_UP = "# A\n\n`x` **b** [c](http://a.org) $a^2$\n\n```py\nx = 1\n```\n\n|a|\n|-|\n|b|\n"


class HostileDesk:
    """One window; a context manager.

    Attributes:
        tally: Counts its deaths, hangs and turns that were too long.
        longest_turn_ms: Processor time of the longest turn of its event loop in any order.
    """

    def __init__(
        self, home: pathlib.Path, model: pathlib.Path, *, prefix: tuple[str, ...] = ()
    ) -> None:
        """Start it; `prefix` is a program that runs it."""
        self.tally = Tally(wrong=[], figures=[])
        self.longest_turn_ms = 0.0
        self._argv = [
            *prefix,
            *(sys.executable, "-m", "tests.helpers.hostile_window", str(home), str(model)),
        ]
        self._environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        self._log = home.with_suffix(".stderr")

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.tally.hangs += 1
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    @property
    def pid(self) -> int:
        """Of the window's process, or of what runs it."""
        return self._process.pid

    def order(
        self, do: str, what: str, *, limit_s: float = 60.0, is_timed: bool = True, **details: str
    ) -> dict[str, Any] | None:
        """Have it do something that is called so; None where it died or hung, which is noted."""
        line = json.dumps({"do": do, **details}).encode() + b"\n"
        reply = b""
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
            if select.select([self._process.stdout], [], [], limit_s)[0]:
                reply = self._process.stdout.readline()
            else:
                self.tally.hangs += 1
                self.tally.wrong.append(f"{what}: nothing in {limit_s:g} s")
        except OSError:
            pass
        if not reply:
            self._note_death(what)
            return None
        answer: dict[str, Any] = json.loads(reply)
        if is_timed:
            self._time(what, answer)
        if answer.get("is_bug"):
            self.tally.wrong.append(f"{what}: a defect of ours: {answer['report']}")
        return answer

    def _time(self, what: str, answer: dict[str, Any]) -> None:
        self.longest_turn_ms = max(self.longest_turn_ms, answer["turn_ms"])
        if answer["turn_ms"] > MOST_TURN_MS:
            self.tally.wrong.append(f"{what}: a turn of {answer['turn_ms']:.0f} ms")

    def _note_death(self, what: str) -> None:
        if self._process.poll() is not None:
            self.tally.deaths += 1
            self.tally.wrong.append(f"{what}: the window died")
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        self._start()

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                cwd=_ROOT,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.order("wait_for_chats", "the start", is_timed=False)
        # What is imported with the first answer is no stranger's doing.
        self.order(
            "show",
            "the first answer",
            is_timed=False,
            title="Warm up",
            question="Hi",
            answer=_WARM_UP,
        )
