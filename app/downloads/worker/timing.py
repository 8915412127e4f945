"""Every wait of the download worker in one place, so that tests can live faster."""

import asyncio
import time
from datetime import UTC, datetime

import msgspec

# A cancelled file waits so long for its disk; what takes longer ends by itself.
CANCEL_S = 0.15
_ASLEEP_S = 10.0


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """How long things may take.

    Attributes:
        connect_s: Until a connection stands, its TLS included.
        read_s: Of silence, while an answer or its next bytes are awaited.
        floor_s: A connection that brings less than `app.domain.downloads.retry.FLOOR_BYTES_PER_S`
            while it is waited for so long is given up for a new one.
        retry_first_s: Before the second attempt; doubles up to `retry_most_s`, which is also how
            often a network that is gone is asked for.
        grace_s: Without a byte until a broken connection is called "waiting for the network".
        tick_s: Between two looks at what goes on, and between two reports.
        journal_s: How old a journal may get while bytes come in.
        sync_s: How much of that a power cut may cost.
        lane_step_s: Over which a file's speed is measured before it gets another connection.
        lane_patience_s: For another connection to pay before it is taken away again.
        lane_hold_s: Until it is tried again, as after a server asked to slow down.
        steal_s: A connection that needs longer for the rest of its part gives half of it away.
        factor: Of the waits that servers ask for.
    """

    connect_s: float = 10.0
    read_s: float = 12.0
    floor_s: float = 15.0
    retry_first_s: float = 0.5
    retry_most_s: float = 30.0
    grace_s: float = 3.0
    tick_s: float = 0.2
    journal_s: float = 1.0
    sync_s: float = 5.0
    lane_step_s: float = 0.5
    lane_patience_s: float = 3.0
    lane_hold_s: float = 30.0
    steal_s: float = 0.3
    factor: float = 1.0

    def scaled(self, factor: float) -> "Timing":
        """The same with all waits multiplied."""
        return Timing(**{name: getattr(self, name) * factor for name in self.__struct_fields__})


async def elapse(seconds: float) -> None:
    """Let time pass."""
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)


class SleepWatch:
    """Notices that the PC, or this process, slept: its connections are dead and do not know it.

    Some systems' monotonic clocks stop meanwhile, so both clocks are looked at. Somebody who sets
    the clock forward looks the same, which costs no more than new connections.
    """

    def __init__(self) -> None:
        self._seen = self._now_s()

    def has_slept(self) -> bool:
        """Whether it did since it was asked last, which was some seconds ago at most."""
        now = self._now_s()
        gap_s = max(after - before for before, after in zip(self._seen, now, strict=True))
        self._seen = now
        return gap_s > _ASLEEP_S

    @staticmethod
    def _now_s() -> tuple[float, float]:
        return time.monotonic(), datetime.now(UTC).timestamp()
