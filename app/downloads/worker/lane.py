"""One request: from an answer's bytes to the part on the disk."""

import asyncio
import contextlib
import time
from collections.abc import Callable

import httpx2
import msgspec

from app.domain.downloads.retry import FLOOR_BYTES_PER_S, Move
from app.domain.downloads.segments import Claim, Segment
from app.domain.errors import HubTrouble, NetworkDown
from app.downloads.worker.answer import UnfitAnswerError, check_answer, check_beginning
from app.downloads.worker.limiter import Limiter
from app.downloads.worker.part_store import PartStore
from app.downloads.worker.timing import Timing
from app.downloads.worker.wanted import Location, WantedFile
from app.downloads.worker.web import Web, host_of, is_same_origin

_BLOCK_BYTES = 256 << 10
_BLOCK_S = 1.0


class Lane:
    """A connection's work on a claim.

    Attributes:
        claim: What it fills; its end may be taken away meanwhile.
        location: Where it asks.
        is_ranged: Whether the server sends parts; None until it answered.
        url: Where the answer came from in the end.
    """

    def __init__(
        self,
        claim: Claim,
        wanted: WantedFile,
        location: Location,
        *,
        store: PartStore,
        limiter: Limiter,
        timing: Timing,
        on_bytes: Callable[[str, int], None],
        on_pass: Callable[[], None],
    ) -> None:
        self.claim = claim
        self.location = location
        self.is_ranged: bool | None = None
        self.url = ""
        self._wanted = wanted
        self._store = store
        self._limiter = limiter
        self._timing = timing
        self._on_bytes = on_bytes
        self._on_pass = on_pass

    @property
    def redirected_location(self) -> Location:
        """Where the next request saves the way over the redirects."""
        headers = self.location.headers if is_same_origin(self.location.url, self.url) else {}
        return msgspec.structs.replace(self.location, url=self.url, headers=headers)

    async def run(self, web: Web, may_go_on: Callable[["Lane"], bool]) -> None:
        """Fill the claim as far as the answer goes, which may be less than all.

        Args:
            web: The client.
            may_go_on: Asked when it is known whether the server sends parts. If it does not, this
                may exchange the claim for one of the whole file.

        Raises:
            ConnectionBrokenError: The connection.
            UnfitAnswerError: The server.
            OSError: The disk.
        """
        first, stop = self.claim.position, self.claim.stop
        async with web.get(
            self.location.url,
            self.location.headers,
            first=first,
            stop=stop,
            on_host=lambda host: self._on_bytes(host, 0),
        ) as answer:
            self.url = str(answer.url)
            self.is_ranged = check_answer(answer, self._wanted, first=first)
            if not may_go_on(self):
                raise UnfitAnswerError(HubTrouble(host=host_of(self.url), status=200), Move.ALONE)
            sink = _Sink(self.claim.segments, first if self.is_ranged else 0, self._store)
            try:
                await self._pour(answer, sink)
            finally:
                await sink.finish()

    async def _pour(self, answer: httpx2.Response, sink: "_Sink") -> None:
        floor = _Floor(self._timing.floor_s)
        host = host_of(self.url)
        async with contextlib.aclosing(answer.aiter_raw()) as chunks:
            while True:
                begun_s = time.monotonic()
                chunk = await anext(chunks, b"")
                if not chunk:
                    return
                if sink.position == 0:
                    check_beginning(chunk, answer, self._wanted)
                self._on_bytes(host, len(chunk))
                if floor.is_undercut(len(chunk), time.monotonic() - begun_s):
                    raise UnfitAnswerError(NetworkDown(host=host), Move.AGAIN)
                if not await self._pass_on(memoryview(chunk), sink):
                    return  # more than was asked for, or the end was taken away

    async def _pass_on(self, chunk: memoryview, sink: "_Sink") -> bool:
        while chunk:
            piece = chunk[: self._limiter.piece_bytes]
            await self._limiter.take(len(piece))
            self._on_pass()
            if not await sink.put(piece):
                return False
            chunk = chunk[len(piece) :]
        return True


class _Floor:
    """Tells a connection that drips from one that only waits for the person's limit."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._waited_s = 0.0
        self._bytes = 0

    def is_undercut(self, count: int, waited_s: float) -> bool:
        self._bytes += count
        self._waited_s += waited_s
        if self._waited_s < self._window_s:
            return False
        is_slow = self._bytes < FLOOR_BYTES_PER_S * self._waited_s
        self._bytes, self._waited_s = 0, 0.0
        return is_slow


class _Sink:
    """Gathers blocks and writes each while the next one arrives; leaves out what is there.

    Attributes:
        position: Of the next byte in the file.
    """

    def __init__(self, segments: list[Segment], position: int, store: PartStore) -> None:
        self.position = position
        self._segments = segments  # the claim's own list, which may become shorter
        self._place = 0
        self._store = store
        self._needed = segments[0].position  # the first byte that nobody brought yet
        self._block: list[memoryview] = []
        self._block_bytes = 0
        self._block_begun_s = 0.0
        self._writing: asyncio.Task[None] | None = None

    async def put(self, piece: memoryview) -> bool:
        """Take the next bytes; False if no more are wanted."""
        while piece:
            while self.position >= self._segments[self._place].stop:
                await self._flush()
                if self._place + 1 >= len(self._segments):
                    return False
                self._place += 1
                self._needed = self._segments[self._place].position
            count = min(len(piece), self._segments[self._place].stop - self.position)
            self._gather(piece[max(0, self._needed - self.position) : count])
            self.position += count
            piece = piece[count:]
            age_s = time.monotonic() - self._block_begun_s
            if self._block_bytes >= _BLOCK_BYTES or age_s >= _BLOCK_S:
                await self._flush()
        return True

    async def finish(self) -> None:
        """Write what is left.

        Raises:
            OSError: The disk.
        """
        await self._flush()
        await self._settle()

    def _gather(self, piece: memoryview) -> None:
        if not self._block:
            self._block_begun_s = time.monotonic()
        if piece:
            self._block.append(piece)
            self._block_bytes += len(piece)
            self._needed += len(piece)

    async def _flush(self) -> None:
        await self._settle()
        if self._block:
            block, self._block, self._block_bytes = self._block, [], 0
            write = self._store.write(self._segments[self._place], block)
            self._writing = asyncio.ensure_future(write)

    async def _settle(self) -> None:
        if self._writing:
            await asyncio.wait({self._writing})  # a cancel does not end it
            writing, self._writing = self._writing, None
            writing.result()
