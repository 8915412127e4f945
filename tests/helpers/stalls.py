"""How long an event loop stood still, whatever else the machine was doing."""

import pathlib
import time

_SCHEDULED = pathlib.Path("/proc/thread-self/schedstat")


class Stalls:
    """Fed by a timer of the loop's own thread.

    Attributes:
        worst_s: The longest time between two beats since `begin`, without what the thread waited
            for a processor on which others ran.
    """

    def __init__(self) -> None:
        self.worst_s = 0.0
        self._last_s = self._now_s()

    def begin(self) -> None:
        """Look at what comes from now on."""
        self.worst_s, self._last_s = 0.0, self._now_s()

    def beat(self) -> None:
        """The loop has come round."""
        now_s = self._now_s()
        self.worst_s = max(self.worst_s, now_s - self._last_s)
        self._last_s = now_s

    @staticmethod
    def _now_s() -> float:
        try:
            waited_ns = int(_SCHEDULED.read_text("ascii").split()[1])
        except (OSError, IndexError):
            waited_ns = 0  # not Linux: then that counts too
        return time.monotonic() - waited_ns / 1e9
