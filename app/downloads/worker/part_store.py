"""A part on the disk, seen from the event loop: nothing here makes the loop wait for the disk."""

import asyncio
import concurrent.futures
import contextlib
import time
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from app.domain.downloads.segments import Done, Segment, Segments
from app.downloads.worker.part_file import PartFile, crc32_of, make_durable
from app.downloads.worker.part_journal import PartJournal
from app.downloads.worker.timing import CANCEL_S, Timing
from app.downloads.worker.wanted import WantedFile

_JOURNAL_BYTES = 2 << 20
# Of a very large file the journal is long, and a part in so many more may be lost.
_JOURNAL_SHARE = 400
_SYNC_BYTES = 256 << 20

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class PartStore:
    """Writes what comes, keeps the journals, and knows what is there.

    Attributes:
        segments: What is there; counts only what the disk took.
        on_write: Called when that is more.
    """

    def __init__(self, wanted: WantedFile, *, timing: Timing) -> None:
        self.segments = Segments(wanted.bytes)
        self.on_write: Callable[[], None] = lambda: None
        self._wanted = wanted
        self._timing = timing
        self._journal = PartJournal(wanted)
        self._part: PartFile | None = None
        # One thread writes, so that nothing overtakes anything. The other waits for slow disks.
        self._writer = concurrent.futures.ThreadPoolExecutor(1, "part-writer")
        self._syncer = concurrent.futures.ThreadPoolExecutor(1, "part-syncer")
        self._journaling = _Chore()
        self._syncing = _Chore()
        self._is_closed = False

    async def open(self) -> None:
        """Find out what is there, or begin anew.

        Raises:
            OSError: The disk does not let us.
        """
        self.segments = await self._on_writer(self._restore)

    async def write(self, segment: Segment, chunks: Sequence[bytes | memoryview]) -> None:
        """Put bytes behind those that a segment has; one call per segment at a time.

        Raises:
            OSError: The disk did not take them, or not what was to be kept beside them.
        """
        assert self._part
        count = sum(map(len, chunks))
        crc32 = await self._on_writer(self._part.write, segment.position, chunks, segment.crc32)
        self.segments.advance(segment, count, crc32)
        self._keep_journals(count)
        self.on_write()

    async def forget(self, segments: Sequence[Segment]) -> None:
        """Fetch these again; nobody may be writing.

        Raises:
            OSError: The disk refuses.
        """
        for segment in segments:
            self.segments.forget(segment)
        if self._part and not self.segments.done_bytes:
            await self._on_writer(self._part.cut, 0)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._syncer, self._journal.forget)  # after one that is written
        await self._on_writer(self._journal.write, self.segments.done)

    async def lost_segments(self) -> list[Segment]:
        """Read everything again and find what is not what was written."""
        lost = []
        for segment in self.segments:
            found = await self._on_writer(crc32_of, self._wanted.part, segment.start, segment.done)
            if found != segment.crc32:
                lost.append(segment)
        return lost

    async def make_durable(self) -> None:
        """Return when a power cut can take nothing any more.

        Raises:
            OSError: The disk refuses.
        """
        await asyncio.get_running_loop().run_in_executor(
            self._syncer, make_durable, self._wanted.part
        )

    async def close(self) -> None:
        """Keep what is known and close the file; a disk that is too slow goes on by itself."""
        self._is_closed = True
        ending = asyncio.get_running_loop().run_in_executor(
            self._writer, self._end, self.segments.done
        )
        self._writer.shutdown(wait=False)
        self._syncer.shutdown(wait=False)
        await asyncio.wait({ending}, timeout=CANCEL_S)

    def _keep_journals(self, count: int) -> None:
        loop = asyncio.get_running_loop()
        due_bytes = max(_JOURNAL_BYTES, self._wanted.bytes // _JOURNAL_SHARE)
        if self._journaling.is_due(count, due_bytes, self._timing.journal_s):
            done = self.segments.done
            self._journaling.begin(loop.run_in_executor(self._writer, self._write_journal, done))
        if self._syncing.is_due(count, _SYNC_BYTES, self._timing.sync_s):
            done = self.segments.done
            self._syncing.begin(loop.run_in_executor(self._syncer, self._sync, done))

    async def _on_writer(
        self, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, lambda: work(*args, **kwargs))

    def _restore(self) -> Segments:
        self._part = PartFile(self._wanted.part)
        return self._journal.restore(self._part)

    def _write_journal(self, done: Done) -> None:
        assert self._part
        self._part.check_is_there()
        self._journal.write(done)

    def _sync(self, done: Done) -> None:
        make_durable(self._wanted.part)
        if self._is_closed:
            return  # the folder may be about to go
        self._journal.write_synced(done)

    def _end(self, done: Done) -> None:
        if self._part is None:
            return
        with contextlib.suppress(OSError), self._part:
            self._write_journal(done)


class _Chore:
    """Something to be done every so many bytes or seconds, once at a time."""

    def __init__(self) -> None:
        self._bytes = 0
        self._begun_s = time.monotonic()
        self._running: asyncio.Future[None] | None = None

    def is_due(self, count: int, due_bytes: int, due_s: float) -> bool:
        """Count more bytes, and tell whether it is time.

        Raises:
            OSError: The last time failed.
        """
        self._bytes += count
        if self._running is not None:
            if not self._running.done():
                return False
            running, self._running = self._running, None
            running.result()
        return self._bytes >= due_bytes or time.monotonic() - self._begun_s >= due_s

    def begin(self, running: "asyncio.Future[None]") -> None:
        """It is being done; should it fail, `is_due` says so."""
        self._bytes, self._begun_s, self._running = 0, time.monotonic(), running
        running.add_done_callback(lambda done: done.cancelled() or done.exception())
