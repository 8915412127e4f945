"""How long the reading of a prompt will still take."""

import time

_SECONDS_BEFORE_ESTIMATE = 1.0


class ReadingTime:
    """Watches one prompt being read."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._from_tokens = 0

    def left_s(self, done_tokens: int, total_tokens: int) -> float | None:
        """Seconds that are left, None until there is something to estimate from."""
        now = time.monotonic()
        if self._since_s is None:
            self._since_s, self._from_tokens = now, done_tokens
        elapsed_s = now - self._since_s
        read = done_tokens - self._from_tokens
        if not read or elapsed_s < _SECONDS_BEFORE_ESTIMATE:
            return None
        return elapsed_s / read * (total_tokens - done_tokens)
