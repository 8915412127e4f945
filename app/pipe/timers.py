"""Named deadlines on one thread, cheap to push back."""

import threading
import time
from collections.abc import Callable, Hashable

Clock = Callable[[], float]


class Timers:
    """Calls a function when a named deadline passes; setting it again replaces it.

    The functions run on the timer thread. A deadline that moves later costs one dictionary write:
    the thread looks again when the earlier moment comes.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._condition = threading.Condition()
        self._deadlines: dict[Hashable, tuple[float, Callable[[], None]]] = {}
        self._wakes_at = float("inf")
        self._thread: threading.Thread | None = None
        self._closed = False

    def set(self, key: Hashable, after_s: float, function: Callable[[], None]) -> None:
        """Call `function` once in `after_s` seconds unless `key` is set again or cleared."""
        due = time.monotonic() + after_s
        with self._condition:
            self._deadlines[key] = (due, function)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            if due < self._wakes_at:
                self._condition.notify()

    def clear(self, key: Hashable) -> None:
        """Forget that deadline, if there is one."""
        with self._condition:
            self._deadlines.pop(key, None)

    def close(self) -> None:
        """Forget everything and end the thread."""
        with self._condition:
            self._closed = True
            self._deadlines.clear()
            self._condition.notify()

    def _run(self) -> None:
        while True:
            with self._condition:
                if self._closed:
                    return
                now = time.monotonic()
                due = [key for key, (at, _) in self._deadlines.items() if at <= now]
                functions = [self._deadlines.pop(key)[1] for key in due]
                if not functions:
                    self._wakes_at = min(
                        (at for at, _ in self._deadlines.values()), default=float("inf")
                    )
                    wait_s = self._wakes_at - now
                    self._condition.wait(None if wait_s == float("inf") else wait_s)
                    self._wakes_at = 0.0
            for function in functions:
                function()
