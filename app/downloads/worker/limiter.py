"""The person's speed limit: one bucket of tokens for all connections of all jobs."""

import asyncio
import contextlib
import time

# Of a second's worth: how finely the stream is cut, and how much may come at once.
_PIECE_S = 0.1
_BURST_S = 0.25
_LEAST_PIECE_BYTES = 1024
_MOST_PIECE_BYTES = 1 << 20


class Limiter:
    """Lets bytes through at the limit, in the order in which they were asked for."""

    def __init__(self, bytes_per_s: int = 0) -> None:
        """Begin with a limit; 0 is as fast as it goes."""
        self._bytes_per_s = bytes_per_s
        self._level = 0.0
        self._filled_s = time.monotonic()
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()

    @property
    def bytes_per_s(self) -> int:
        """The limit; 0 is none. Setting it takes effect at once."""
        return self._bytes_per_s

    @bytes_per_s.setter
    def bytes_per_s(self, bytes_per_s: int) -> None:
        self._fill()
        self._bytes_per_s = bytes_per_s
        self._changed.set()

    @property
    def piece_bytes(self) -> int:
        """The most that should be taken at once."""
        if not self._bytes_per_s:
            return _MOST_PIECE_BYTES
        wanted = int(self._bytes_per_s * _PIECE_S)
        return min(max(wanted, _LEAST_PIECE_BYTES), _MOST_PIECE_BYTES)

    async def take(self, count: int) -> None:
        """Wait until so many bytes may pass, at most `piece_bytes`."""
        if not self._bytes_per_s:
            return
        async with self._turn:
            self._fill()
            while self._bytes_per_s and self._level < count:
                wait_s = (count - self._level) / self._bytes_per_s
                self._changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), wait_s)
                self._fill(least_room=count)
            self._level -= count

    def _fill(self, least_room: int = 0) -> None:
        now_s = time.monotonic()
        most = max(self._bytes_per_s * _BURST_S, least_room)
        self._level = min(self._level + (now_s - self._filled_s) * self._bytes_per_s, most)
        self._filled_s = now_s
