"""All bytes of one file: which connections there are, and what is done when they fail."""

import asyncio
import random
import time
from collections.abc import Callable

import msgspec

from app.domain.downloads.jobs import State
from app.domain.downloads.lanes import MOST_PER_FILE, LaneShare
from app.domain.downloads.pace import Pace
from app.domain.downloads.retry import PASSING, Backoff, Move
from app.domain.downloads.segments import Claim
from app.domain.errors import AppError, Fact, HubBusy, NetworkDown, PublishedFileChanged
from app.downloads.worker.answer import UnfitAnswerError
from app.downloads.worker.lane import Lane
from app.downloads.worker.limiter import Limiter
from app.downloads.worker.part_store import PartStore
from app.downloads.worker.timing import CANCEL_S, SleepWatch, Timing, elapse
from app.downloads.worker.wanted import Locate, Location, OnTraffic, WantedFile
from app.downloads.worker.web import ConnectionBrokenError, Web, host_of

# So often in a row a fresh link may be refused before that is the server's last word.
_MOST_REFUSALS = 4
# So often may a server that sent parts before send everything before it is taken at its word.
_MOST_IGNORED = 3
# A connection asks for as much as it brings in about so long, so that the pause between two
# requests does not matter; more would make holes that some file systems fill with zeros.
_REQUEST_S = 4.0
_MOST_REQUEST_BYTES = 64 << 20


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How the bytes get here: what files share."""

    locate: Locate
    web: Web
    share: LaneShare
    limiter: Limiter
    timing: Timing
    on_traffic: OnTraffic


class Transfer:
    """Runs connections until the part has all its bytes, for as long as that takes.

    Attributes:
        network_bytes: Received so far.
        on_tick: Called some times a second.
    """

    def __init__(self, wanted: WantedFile, store: PartStore, way: Way) -> None:
        self.network_bytes = 0
        self.on_tick: Callable[[], None] = lambda: None
        self._wanted = wanted
        self._store = store
        self._way = way
        self._lanes: dict[asyncio.Task[None], Lane] = {}
        self._locating: asyncio.Task[Location] | None = None
        self._location: Location | None = None
        self._refusals = 0
        self._has_ranges = False
        self._ignored_ranges = 0
        self._pace = Pace()
        self._problem: AppError | None = None
        self._backoff = Backoff(way.timing.retry_first_s, way.timing.retry_most_s, random.random)
        self._rests_until_s = 0.0
        self._last_byte_s = time.monotonic()

    async def run(self) -> None:
        """Fetch what is missing.

        Raises:
            AppError: Nothing that passes by itself.
            OSError: The disk.
        """
        sleep = SleepWatch()
        try:
            while not self._store.segments.is_complete:
                if sleep.has_slept():
                    await self._wake_up()
                self._go_on()
                self.on_tick()
                await self._wait()
                self._look_at_ends()
        finally:
            await self._end(self._tasks)
            for lane in self._lanes.values():
                self._store.segments.release(lane.claim)  # there may be another round

    @property
    def state(self) -> tuple[State, AppError | None]:
        """What it is doing, and what it waits for."""
        is_quiet = time.monotonic() - self._last_byte_s >= self._way.timing.grace_s
        if self._problem and (is_quiet or not isinstance(self._problem, NetworkDown)):
            return State.WAITING, self._problem
        if is_quiet or not self.network_bytes:
            return State.CONNECTING, None
        return State.DOWNLOADING, None

    def _go_on(self) -> None:
        """Begin what may be begun now."""
        now_s, share = time.monotonic(), self._way.share
        self._pace.add(now_s, self.network_bytes)
        if now_s >= self._rests_until_s:
            if self._location is None and self._locating is None:
                self._locating = asyncio.create_task(self._locate())
            # One connection asks whether it works at all, and whether the server knows ranges.
            most = share.allowed if self._has_ranges and not self._problem else 1
            while self._location and len(self._lanes) < most and (claim := self._claim()):
                self._open_lane(claim, self._location)
        share.open = len(self._lanes)
        share.measure(now_s, self.network_bytes)

    async def _locate(self) -> Location:
        location = await self._way.locate()
        is_same_size = location.bytes in (None, self._wanted.bytes)
        if not is_same_size or location.sha256 not in ("", self._wanted.sha256):
            raise PublishedFileChanged(name=self._wanted.name)
        return location

    def _claim(self) -> Claim | None:
        segments, timing = self._store.segments, self._way.timing
        speed = (self._pace.bytes_per_s or 0.0) / max(1, len(self._lanes))
        missing_bytes = segments.total_bytes - segments.done_bytes
        # Near the end all of them should have something to do.
        most = min(speed * _REQUEST_S, missing_bytes / (2 * MOST_PER_FILE), _MOST_REQUEST_BYTES)
        if claim := segments.claim(int(most)):
            return claim
        if not speed:
            return None
        claims = [lane.claim for lane in self._lanes.values()]
        return segments.steal(claims, int(speed * timing.steal_s))

    def _open_lane(self, claim: Claim, location: Location) -> None:
        way = self._way
        lane = Lane(
            claim,
            self._wanted,
            location,
            store=self._store,
            limiter=way.limiter,
            timing=way.timing,
            on_bytes=self._count,
            on_pass=self._note_life,
        )
        self._lanes[asyncio.create_task(lane.run(way.web, self._may_go_on))] = lane

    def _may_go_on(self, lane: Lane) -> bool:
        """Decide about an answer: a part is good, the whole file only where nothing else works."""
        if lane.is_ranged:
            self._has_ranges = True
            if self._location is lane.location and lane.url != lane.location.url:
                self._location = lane.redirected_location
            return True
        self._ignored_ranges += self._has_ranges
        if len(self._lanes) > 1 or (self._has_ranges and self._ignored_ranges < _MOST_IGNORED):
            return False
        self._has_ranges = False
        self._store.segments.release(lane.claim)
        claim = self._store.segments.claim_all()
        assert claim
        lane.claim = claim
        return True

    def _count(self, host: str, count: int) -> None:
        self._way.on_traffic(host, count)
        if count:
            self.network_bytes += count
            self._note_life()
            self._problem = None
            self._refusals = 0
            self._backoff.reset()

    def _note_life(self) -> None:
        """Bytes came, or passed the person's limit after they had waited for it."""
        self._last_byte_s = time.monotonic()

    async def _wait(self) -> None:
        """Until something ends, or a little while."""
        rest_s = self._rests_until_s - time.monotonic()
        tick_s = self._way.timing.tick_s
        timeout_s = min(tick_s, rest_s) if rest_s > 0 else tick_s
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        else:
            await elapse(timeout_s)

    def _look_at_ends(self) -> None:
        if self._locating and self._locating.done():
            locating, self._locating = self._locating, None
            self._located(locating)
        for task in [task for task in self._lanes if task.done()]:
            lane = self._lanes.pop(task)
            self._store.segments.release(lane.claim)
            if not task.cancelled():
                self._lane_ended(lane, task.exception())

    def _located(self, locating: "asyncio.Task[Location]") -> None:
        error = None if locating.cancelled() else locating.exception()
        if isinstance(error, PASSING):
            self._rest(error, error.facts.get("wait_s") if isinstance(error, HubBusy) else None)
        elif error:
            raise error
        elif not locating.cancelled():
            self._location = locating.result()

    def _lane_ended(self, lane: Lane, error: BaseException | None) -> None:
        is_current = self._location is lane.location
        if isinstance(error, UnfitAnswerError):
            self._unfit(error, is_current)
        elif isinstance(error, ConnectionBrokenError):
            if not isinstance(error.problem, PASSING):
                raise error.problem
            if self._lanes and not error.was_answered:
                self._way.share.slow_down(time.monotonic())
            self._rest(error.problem)
            # The link may be as dead as the server behind it.
            if self._backoff.failures % _MOST_REFUSALS == 0 and is_current:
                self._location = None
        elif error:
            raise error
        elif lane.claim.missing_bytes:
            self._rest(NetworkDown(host=host_of(lane.url)))  # the answer ended too early

    def _unfit(self, error: UnfitAnswerError, is_current: bool) -> None:
        if error.move is Move.LOCATE:
            if is_current:  # the others were refused for the same reason
                self._location = None
                self._refusals += 1
            if self._refusals > _MOST_REFUSALS:
                raise error.problem
        elif error.move is Move.SLOW_DOWN and self._lanes:
            self._way.share.slow_down(time.monotonic())
        elif error.move is Move.ALONE and self._ignored_ranges >= _MOST_IGNORED:
            for task in self._lanes:
                task.cancel()
            self._has_ranges = False
        self._rest(error.problem, error.wait_s)

    def _rest(self, problem: AppError, wait_s: Fact | float | None = None) -> None:
        """Begin nothing for a while."""
        own_s = self._backoff.failed()
        server_s = float(wait_s) * self._way.timing.factor if wait_s is not None else 0.0
        self._rests_until_s = time.monotonic() + max(own_s, server_s)
        if not self._lanes and isinstance(problem, PASSING):
            self._problem = problem

    async def _wake_up(self) -> None:
        """Connections from before a sleep are dead; nothing needs to be waited for now."""
        await self._end(self._tasks)
        self._backoff.reset()
        self._rests_until_s = 0.0

    async def _end(self, tasks: "set[asyncio.Task[Location] | asyncio.Task[None]]") -> None:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CANCEL_S)

    @property
    def _tasks(self) -> set["asyncio.Task[Location] | asyncio.Task[None]"]:
        return {*self._lanes, *([self._locating] if self._locating else [])}
