"""A real window process that does what it is told, and what it tells."""

import json
import os
import pathlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Self

import psutil

_ROOT = pathlib.Path(__file__).parents[2]
_START_S = 60.0

Said = dict


class WindowDiedError(Exception):
    """The window's process ended by itself."""


class LedWindow:
    """Use it as a context manager: the window is closed as a person does it, or killed.

    Attributes:
        said: Everything that it told, in order; see `tests.helpers.streaming_window`.
    """

    def __init__(
        self, home: pathlib.Path, *, model: pathlib.Path | None = None, endpoint: str = ""
    ) -> None:
        """Start it and wait until its chats are open.

        Args:
            home: Of its data.
            model: In place of the starter.
            endpoint: Of a `SecondDevice`.
        """
        self.said: list[Said] = []
        self._changed = threading.Condition()
        self._ended = False
        options = ["--model", model] if model else []
        self._log = home.with_suffix(".stderr")
        self._errors = self._log.open("ab")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.helpers.streaming_window", home, "--led"),
                *options,
                *(["--endpoint", endpoint] if endpoint else []),
            ],
            cwd=_ROOT,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._reader = threading.Thread(target=self._read, name="led-window", daemon=True)
        self._reader.start()
        self.wait(0, lambda said: said["word"] == "open", _START_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def is_alive(self) -> bool:
        """The process is there."""
        return self._process.poll() is None

    @property
    def now(self) -> int:
        """Marks the end of what was told so far, for `wait`."""
        with self._changed:
            return len(self.said)

    def order(self, do: str, **details: object) -> int:
        """Have it do something; returns the place in `said` from which on its outcome is told.

        Raises:
            WindowDiedError: It is not there.
        """
        begin = self.now
        try:
            self._process.stdin.write(json.dumps({"do": do, **details}).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise WindowDiedError from None
        return begin

    def do(self, do: str, limit_s: float = 10.0, **details: object) -> Said:
        """Have it do something and wait until that is done."""
        begin = self.order(do, **details)
        return self.wait(begin, lambda said: said["word"] == "did", limit_s)

    def wait(self, begin: int, fits: Callable[[Said], bool], limit_s: float) -> Said:
        """Wait for the first that fits, among all that was told from that place on.

        Raises:
            TimeoutError: There was none in that time.
            WindowDiedError: The process ended.
        """
        deadline_s = time.monotonic() + limit_s
        with self._changed:
            while True:
                for said in self.said[begin:]:
                    if fits(said):
                        return said
                begin = len(self.said)
                if self._ended:
                    raise WindowDiedError
                if not self._changed.wait(deadline_s - time.monotonic()):
                    last = self.said[-1] if self.said else "nothing"
                    raise TimeoutError(f"waited {limit_s:g} s; it told last: {last}")

    def since(self, begin: int) -> list[Said]:
        """What was told from that place on."""
        with self._changed:
            return self.said[begin:]

    @property
    def zombies(self) -> list[int]:
        """Children that have ended and were not reaped."""
        children = psutil.Process(self._process.pid).children()
        return [c.pid for c in children if c.status() == psutil.STATUS_ZOMBIE]

    @property
    def last_words(self) -> str:
        """The last line of its stderr."""
        lines = self._log.read_text(errors="replace").splitlines()
        return lines[-1] if lines else ""

    def close(self, limit_s: float = 30.0) -> bool:
        """Have it closed; returns whether it ended well, and in time."""
        try:
            self._process.stdin.close()
            return self._process.wait(limit_s) == 0
        except (OSError, subprocess.TimeoutExpired):
            return False
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            self._process.stdout.close()
            self._errors.close()

    def _read(self) -> None:
        for line in self._process.stdout:
            if not line.endswith(b"}\n"):
                continue  # the last one may be cut
            with self._changed:
                self.said.append(json.loads(line))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
