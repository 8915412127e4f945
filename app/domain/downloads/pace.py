"""How fast a download is and how long it is going to take, from what arrived.

Pure: who calls says what time it is, in seconds of a monotonic clock. A gap, because the PC slept
or nothing was asked, begins everything anew.
"""

import collections
import math

_SPEED_S = 4.0
_WINDOW_S = 25.0
_HIDDEN_S = 3.0
_GAP_S = 8.0


class Pace:
    """The speed as a moving average, the time left from a longer window."""

    def __init__(self) -> None:
        self._samples: collections.deque[tuple[float, int]] = collections.deque()
        self._begun_s = 0.0
        self._speed = 0.0

    def add(self, now_s: float, network_bytes: int) -> None:
        """Note how much arrived since the beginning, a few times a second."""
        if not self._samples or not 0 <= now_s - self._samples[-1][0] <= _GAP_S:
            self._samples.clear()
            self._samples.append((now_s, network_bytes))
            self._begun_s, self._speed = now_s, 0.0
            return
        last_s, last_bytes = self._samples[-1]
        if now_s == last_s:
            return
        weight = 1 - math.exp((last_s - now_s) / _SPEED_S)
        self._speed += weight * ((network_bytes - last_bytes) / (now_s - last_s) - self._speed)
        self._samples.append((now_s, network_bytes))
        while now_s - self._samples[0][0] > _WINDOW_S:
            self._samples.popleft()

    @property
    def bytes_per_s(self) -> float | None:
        """Over the last seconds; None while nothing is known."""
        if len(self._samples) < 2:
            return None
        # A moving average that began at nothing is too low at first.
        seen = 1 - math.exp((self._begun_s - self._samples[-1][0]) / _SPEED_S)
        return self._speed / seen

    def eta_s(self, missing_bytes: int) -> float | None:
        """How long the rest takes; None while it would be a guess, or nothing arrives."""
        if not self._samples:
            return None
        first_s, first_bytes = self._samples[0]
        last_s, last_bytes = self._samples[-1]
        if last_s - self._begun_s < _HIDDEN_S or last_bytes == first_bytes:
            return None
        return missing_bytes * (last_s - first_s) / (last_bytes - first_bytes)
