"""Several starts on one data folder, and what a killed window leaves."""

import contextlib
import os
import pathlib
import random
import subprocess
import sys
import threading
from collections.abc import Callable

from tests.helpers.errands import WindowDiedError, WindowHungError
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.trying import trying

_ROOT = pathlib.Path(__file__).parents[3]
_PATIENCE_S = 40.0


class _Starts:
    """All starts of one try."""

    def __init__(self, home: pathlib.Path) -> None:
        self._home = home
        self._all: list[subprocess.Popen[str]] = []

    def start(self) -> subprocess.Popen[str]:
        """Begin one more."""
        window = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.telling_window", "--home", self._home],
            cwd=_ROOT,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._all.append(window)
        return window

    def end(self) -> None:
        """End all of them, the window last: none of the others takes its place."""
        for window in reversed(self._all):
            window.kill()
            window.communicate()


def _line(window: subprocess.Popen[str]) -> str:
    """What it says, or "" when it has ended.

    Raises:
        WindowHungError: It does neither.
    """
    assert window.stdout
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.append(window.stdout.readline()), daemon=True)  # type: ignore[union-attr]
    reader.start()
    reader.join(_PATIENCE_S)
    if not said:
        # Then what it has said on stderr can be read to its end.
        window.kill()
        _, errors = window.communicate()
        raise WindowHungError(f"a start that neither opens nor ends; it said: {errors[-300:]}")
    return said[0].strip()


def _becomes_the_window(window: subprocess.Popen[str]) -> None:
    if _line(window) != "here":
        assert window.stderr
        window.wait(_PATIENCE_S)
        raise WindowDiedError(f"exit code {window.returncode}: {window.stderr.read()[-300:]}")


def _gives_way(window: subprocess.Popen[str]) -> None:
    """It has the window come to the front, and ends."""
    assert _line(window) == "", "two windows on one folder"
    with contextlib.suppress(subprocess.TimeoutExpired):
        window.wait(_PATIENCE_S)
    assert window.returncode == 0, f"a second start ended with {window.returncode}"


def _second(starts: _Starts, draw: random.Random) -> None:
    first = starts.start()
    _becomes_the_window(first)
    _gives_way(starts.start())
    assert first.poll() is None, "the first window has ended"


def _at_once(starts: _Starts, draw: random.Random) -> None:
    several = []
    for _ in range(draw.choice((2, 2, 3))):
        several.append(starts.start())
        threading.Event().wait(draw.uniform(0.0, 0.4))
    said = {window: _line(window) for window in several}
    windows = [window for window, line in said.items() if line == "here"]
    assert len(windows) == 1, f"{len(windows)} of {len(several)} starts became the window"
    for window in several:
        if window not in windows:
            window.wait(_PATIENCE_S)
            assert window.returncode == 0, f"a second start ended with {window.returncode}"


def _after_a_kill(starts: _Starts, draw: random.Random) -> None:
    """At any moment of the start, or when it is there; the next one finds nothing in its way."""
    first = starts.start()
    if draw.random() < 0.5:
        _becomes_the_window(first)
    else:
        with contextlib.suppress(subprocess.TimeoutExpired):
            first.wait(draw.uniform(0.1, 2.0))
    first.kill()
    first.wait()
    _becomes_the_window(starts.start())
    _gives_way(starts.start())


_WAYS: tuple[tuple[str, Callable[[_Starts, random.Random], None]], ...] = (
    ("a second start", _second),
    ("starts at the same moment", _at_once),
    ("a start after a kill", _after_a_kill),
)


def _try(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    tally = Tally()
    for seed in range(first_seed, first_seed + count):
        name, way = _WAYS[(seed - 1) % len(_WAYS)]
        starts = _Starts(folder / str(seed))
        with trying(tally, f"seed {seed}, {name}"):
            try:
                way(starts, random.Random(seed))
            finally:
                starts.end()
    return tally


ROWS = (
    Row(
        number="F18",
        fault="second starts, starts at the same moment, a start after signal 9 at any moment",
        expected="one window, which comes to the front; a killed one leaves nothing in the way",
        tries=50,
        tries_in_tests=3,
        run=_try,
    ),
)
