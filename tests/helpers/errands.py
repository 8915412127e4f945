"""A real window as a process, used from outside: what it is told to do, and what is on it."""

import contextlib
import json
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any, Self

_ROOT = pathlib.Path(__file__).parents[2]
_START_S = 90.0
# What a person waits for on a PC that is busy with other things, as one that tests is; for what is
# begun, and for the window itself.
_LIMIT_S = 180.0
_ANSWER_S = 30.0
_LOOK_S = 0.05

Seen = dict[str, Any]


class WindowHungError(Exception):
    """It says nothing, or what was waited for does not come."""


class WindowDiedError(Exception):
    """The process has ended by itself; the end of its stderr."""


class ErrandWindow:
    """Use it as a context manager, or `start` and `close` it.

    Attributes:
        process: The window's.
        slowest_s: The longest that it took to answer, but for the first time, when it opens.
    """

    def __init__(
        self,
        home: pathlib.Path | None,
        *,
        environment: dict[str, str] | None = None,
        cwd: pathlib.Path = _ROOT,
        wrapper: tuple[str, ...] = (),
    ) -> None:
        """Start it; None leaves the folders to the system's variables in `environment`."""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        variables = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
        variables |= {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(_ROOT)}
        self.process = subprocess.Popen(
            [
                *wrapper,
                *(sys.executable, "-m", "tests.helpers.errand_window"),
                *([str(home)] if home else []),
            ],
            cwd=cwd,
            env=variables | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        self._patience_s = _START_S
        self.slowest_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()

    def do(self, errand: str, **given: object) -> Any:
        """Have it do something, see `errand_window`.

        Raises:
            WindowHungError: It says nothing.
            WindowDiedError: It is not there.
            AssertionError: It could not do it.
        """
        assert self.process.stdin
        begun_s = time.monotonic()
        try:
            self.process.stdin.write(json.dumps([errand, given]) + "\n")
            self.process.stdin.flush()
            line = self._lines.get(timeout=self._patience_s)
        except queue.Empty:
            raise WindowHungError(f"no answer to “{errand}” in {self._patience_s} s") from None
        except OSError:
            raise WindowDiedError(self._last_words()) from None
        if not line:
            raise WindowDiedError(self._last_words())
        if self._patience_s == _ANSWER_S:
            self.slowest_s = max(self.slowest_s, time.monotonic() - begun_s)
        self._patience_s = _ANSWER_S
        said = json.loads(line)
        assert "failed" not in said, f"{errand}: {said['failed']}"
        return said["came"]

    def look(self) -> Seen:
        """What is on it."""
        seen: Seen = self.do("look")
        assert not seen["defects"], f"a defect: {seen['defects']}"
        return seen

    def until(
        self, condition: Callable[[Seen], object], what: str, limit_s: float = _LIMIT_S
    ) -> Seen:
        """Look again and again until something is so; returns what was seen then."""
        end_s = time.monotonic() + limit_s
        while True:
            seen = self.look()
            if condition(seen):
                return seen
            if time.monotonic() > end_s:
                raise WindowHungError(f"{what} did not come in {_LIMIT_S} s; on it: {_brief(seen)}")
            threading.Event().wait(_LOOK_S)

    def opened(self) -> Seen:
        """Wait until it knows its chats, or why it has none."""
        return self.until(lambda seen: seen["is_open"], "chats")

    def ask_shortly(self, text: str) -> Seen:
        """Ask, and stop the answer when some of it is there."""
        before = self.until(lambda seen: seen["is_open"] and not working(seen), "rest")["count"]
        self.do("ask", text=text)
        self.until(lambda seen: seen["count"] > before + 1 and has_words(seen), "an answer")
        self.do("stop")
        return self.until(lambda seen: not working(seen), "the end of an answer")

    def close(self) -> None:
        """Close it as a person does.

        Raises:
            WindowHungError: It stays.
            WindowDiedError: It ended otherwise.
        """
        assert self.process.stdin
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            code = self.process.wait(_ANSWER_S + 20)
        except subprocess.TimeoutExpired:
            raise WindowHungError("it does not close") from None
        if code:
            raise WindowDiedError(f"exit code {code}: {self._last_words()}")

    def kill(self) -> None:
        """End it at once, and wait for that."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for pipe in (self.process.stdin, self.process.stdout, self._errors):
            with contextlib.suppress(OSError, ValueError):
                pipe.close()  # type: ignore[union-attr]

    def _listen(self) -> None:
        assert self.process.stdout
        with contextlib.suppress(ValueError, OSError):
            for line in self.process.stdout:
                self._lines.put(line)
        self._lines.put("")

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace").strip()[-400:]


def working(seen: Seen) -> bool:
    """Whether something waits for the model or is being written."""
    return any(m["state"] in ("queued", "working") for m in seen["messages"])


def has_words(seen: Seen) -> bool:
    """Whether some of the last answer is there, or all of a short one."""
    last = seen["messages"][-1] if seen["messages"] else {"role": "", "text": ""}
    return last["role"] == "assistant" and (len(last["text"]) > 10 or not working(seen))


def _brief(seen: Seen) -> str:
    texts = [f"{m['role']} {m['state']} {len(m['text'])}" for m in seen["messages"][-3:]]
    shown = {
        k: v for k, v in seen.items() if k in ("error", "problem", "engine", "downloads") and v
    }
    return f"{texts} {shown}"
