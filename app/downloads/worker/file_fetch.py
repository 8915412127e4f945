"""One published file, from a link to a part that is proved right.

Whatever the network does, this goes on; it ends with the right bytes on the disk, or with an error
that waiting does not mend. A cancel, the death of the process and a power cut leave a part that the
next call goes on with.
"""

import asyncio
import time

from app.domain.downloads.jobs import State
from app.domain.downloads.lanes import Lanes
from app.domain.errors import AppError, DiskFailed, DiskTooFull, WrongBytes
from app.downloads.worker.disk import disk_fault
from app.downloads.worker.limiter import Limiter
from app.downloads.worker.part_file import is_full
from app.downloads.worker.part_store import PartStore
from app.downloads.worker.prefix_hash import PrefixHash
from app.downloads.worker.timing import Timing
from app.downloads.worker.transfer import Transfer, Way
from app.downloads.worker.wanted import (
    FileState,
    Locate,
    Location,
    OnTraffic,
    Report,
    WantedFile,
)
from app.downloads.worker.web import Web

__all__ = ["FileState", "Locate", "Location", "WantedFile", "fetch_file"]

_MOST_LOSSES = 2


async def fetch_file(
    wanted: WantedFile,
    *,
    locate: Locate,
    web: Web,
    lanes: Lanes,
    limiter: Limiter,
    timing: Timing,
    report: Report,
    on_traffic: OnTraffic,
) -> str:
    """Fetch a file, or the rest of it.

    Args:
        wanted: The file and its part; nobody else may be working on it.
        locate: Asks the Hub where its bytes are: first, and when a link is refused.
        web: Shared by all files, as are `lanes` and `limiter`.
        lanes: How many connections there may be.
        limiter: The person's limit.
        timing: All waits.
        report: Called about five times a second, and when the state changes.
        on_traffic: Called with host and bytes when something came.

    Returns:
        The sha256 of the part, which is the wanted one; the part is durable.

    Raises:
        WrongBytes: They came twice.
        DiskTooFull: As are the other errors of disks, after what came was kept.
        AppError: What `locate` raises and does not pass by itself; what a server's last word is.
    """
    share = lanes.join(
        step_s=timing.lane_step_s, patience_s=timing.lane_patience_s, hold_s=timing.lane_hold_s
    )
    way = Way(
        locate=locate, web=web, share=share, limiter=limiter, timing=timing, on_traffic=on_traffic
    )
    store = PartStore(wanted, timing=timing)
    fetching = _Fetching(wanted, store, way, report)
    try:
        return await fetching.run()
    except OSError as error:
        folder = wanted.part.parents[2]
        if is_full(error):
            missing_bytes = wanted.bytes - store.segments.done_bytes
            raise DiskTooFull(folder=str(folder), missing_bytes=missing_bytes) from None
        raise disk_fault(error, folder) from None
    finally:
        lanes.leave(share)
        await store.close()


class _Fetching:
    """Rounds of fetching and proving."""

    def __init__(self, wanted: WantedFile, store: PartStore, way: Way, report: Report) -> None:
        self._wanted = wanted
        self._store = store
        self._way = way
        self._report = report
        self._network_bytes = 0
        self._said: tuple[State, str] | None = None
        self._said_s = 0.0

    async def run(self) -> str:
        await self._store.open()
        came_wrong = False
        losses = 0
        while await self._fetch_and_hash() != self._wanted.sha256:
            lost = await self._store.lost_segments()
            await self._store.forget(lost or list(self._store.segments))
            if lost:
                losses += 1
                if losses > _MOST_LOSSES:
                    reason = "it does not give back what was written to it"
                    raise DiskFailed(folder=str(self._wanted.part.parents[2]), reason=reason)
            elif came_wrong:
                raise WrongBytes(name=self._wanted.name)
            else:
                came_wrong = True
        await self._store.make_durable()
        return self._wanted.sha256

    async def _fetch_and_hash(self) -> str:
        """Fetch what is missing while what is there is hashed; the sha256."""
        store = self._store
        transfer = Transfer(self._wanted, store, self._way)
        before = self._network_bytes

        def on_tick() -> None:
            self._network_bytes = before + transfer.network_bytes
            self._say(*transfer.state)

        transfer.on_tick = on_tick
        prefix = PrefixHash(
            self._wanted.part, self._wanted.bytes, prefix_bytes=lambda: store.segments.prefix_bytes
        )
        store.on_write = prefix.grow
        hashing = asyncio.create_task(prefix.run())
        fetching = asyncio.create_task(transfer.run())
        try:
            await asyncio.wait({hashing, fetching}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                hashing.result()  # it failed: it cannot be the first otherwise
            await fetching
            on_tick()
            self._say(State.VERIFYING, None)
            return await hashing
        finally:
            hashing.cancel()
            fetching.cancel()
            await asyncio.gather(hashing, fetching, return_exceptions=True)

    def _say(self, state: State, problem: AppError | None) -> None:
        now_s, said = time.monotonic(), (state, problem.code if problem else "")
        if said == self._said and now_s - self._said_s < self._way.timing.tick_s:
            return
        self._said, self._said_s = said, now_s
        self._report(
            FileState(
                bytes_done=self._store.segments.done_bytes,
                network_bytes=self._network_bytes,
                state=state,
                problem=problem,
            )
        )
