"""One job from its folder to its files' final names.

The folder is locked meanwhile, so that two processes never work on the same job, and wishes that
other processes leave in it are looked for.
"""

import asyncio
import contextlib
import itertools
import pathlib
import random
import shutil
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import filelock
import msgspec

from app.domain.atomic_file import write_atomically
from app.domain.builds import BuildFile
from app.domain.downloads.folder import (
    JOB,
    LOCK,
    Wish,
    installed_path,
    is_installed,
    journal_path,
    kept_bytes,
    missing_bytes,
    part_path,
)
from app.domain.downloads.jobs import Job
from app.domain.downloads.lanes import Lanes
from app.domain.downloads.retry import PASSING, Backoff
from app.domain.errors import (
    DownloadElsewhere,
    DownloadUnknown,
    HubBusy,
    TargetExists,
)
from app.domain.undecodable import UNDECODABLE
from app.downloads.protocol import Fetch, Fetched, Stopped
from app.downloads.worker.disk import check_file_size, check_folder, check_room, disk_errors
from app.downloads.worker.file_fetch import fetch_file
from app.downloads.worker.file_work import run_in_thread
from app.downloads.worker.hashing import hash_file
from app.downloads.worker.hub import Hub
from app.downloads.worker.install import install
from app.downloads.worker.job_report import JobReport, TrafficReport
from app.downloads.worker.limiter import Limiter
from app.downloads.worker.resolve import resolve
from app.downloads.worker.reuse import take_over
from app.downloads.worker.timing import Timing, elapse
from app.downloads.worker.wanted import Location, WantedFile
from app.downloads.worker.web import Web

Result = TypeVar("Result")

_WISH_S = 0.5


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What all jobs of a worker share."""

    lanes: Lanes
    limiter: Limiter
    timing: Timing


class JobRun:
    """A job that is worked on."""

    def __init__(
        self,
        request: Fetch,
        *,
        means: Means,
        hub: Hub,
        web: Web,
        traffic: TrafficReport,
        start_report: Callable[[Job], JobReport],
    ) -> None:
        """Do nothing yet.

        Args:
            request: What the window asked for.
            means: What is shared.
            hub: Of the request's network, as is `web`.
            web: For the bytes.
            traffic: Told of everything that comes.
            start_report: Makes the report of what happens to a job.
        """
        self._request = request
        self._folder = pathlib.Path(request.job_folder)
        self._models_folder = pathlib.Path(request.models_folder)
        self._means = means
        self._hub = hub
        self._web = web
        self._traffic = traffic
        self._start_report = start_report
        self._outdated: set[pathlib.Path] = set()

    async def run(self) -> Fetched | Stopped:
        """Download what is missing and install it.

        Raises:
            AppError: It cannot go on until somebody does something.
        """
        check_folder(self._models_folder)
        check_folder(self._folder)
        with self._locked():
            job = self._read()
            with self._start_report(job) as report:
                work = asyncio.create_task(self._work(job, report))
                wishes = asyncio.create_task(self._find_wish())
                try:
                    await asyncio.wait({work, wishes}, return_when=asyncio.FIRST_COMPLETED)
                    if work.done():
                        job, paths = work.result()
                        self._forget()
                    else:
                        return Stopped(request_id=self._request.request_id, wish=wishes.result())
                finally:
                    await _end(work, wishes)
        shutil.rmtree(self._folder, ignore_errors=True)
        return Fetched(
            request_id=self._request.request_id, job=job, paths=tuple(str(path) for path in paths)
        )

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        lock = filelock.FileLock(self._folder / LOCK, timeout=0, thread_local=False)
        with disk_errors(self._models_folder):
            try:
                lock.acquire()
            except filelock.Timeout:  # an OSError too
                raise DownloadElsewhere from None
        try:
            yield
        finally:
            lock.release()

    def _read(self) -> Job:
        try:
            return msgspec.json.decode((self._folder / JOB).read_bytes(), type=Job)
        except (OSError, *UNDECODABLE):
            raise DownloadUnknown(name=self._folder.name) from None

    def _write(self, **changes: object) -> Job:
        """Change what is kept of the job, and nothing that the window changed meanwhile."""
        job = msgspec.structs.replace(self._read(), **changes)
        with disk_errors(self._models_folder):
            write_atomically(self._folder / JOB, msgspec.json.encode(job))
        return job

    async def _work(self, job: Job, report: JobReport) -> tuple[Job, list[pathlib.Path]]:
        found = await self._patiently(lambda: resolve(job, self._hub), report)
        if (found.commit, found.files) != (job.commit, job.files):
            job = await asyncio.to_thread(self._write, commit=found.commit, files=found.files)
        report.knows(job, self._kept(job))
        sources: dict[int, pathlib.Path | None] = {}
        for place, file in enumerate(job.files):
            if await self._is_installed(job, file, report):
                sources[place] = None
            elif await self._is_reused(place, file, report):
                sources[place] = self._reused(place)
            else:
                continue
            report.has(place)
        await asyncio.to_thread(self._check_disk, job, sources)
        for place in range(len(job.files)):
            if place not in sources:
                await self._fetch(job, place, report)
                sources[place] = part_path(self._folder, place)
                report.has(place)
        return job, await self._install(job, sources, report)

    def _kept(self, job: Job) -> list[int]:
        """What is on the disk of each file."""
        sums = [
            kept_bytes(self._models_folder, msgspec.structs.replace(job, files=job.files[:count]))
            for count in range(len(job.files) + 1)
        ]
        return [after - before for before, after in itertools.pairwise(sums)]

    async def _is_installed(self, job: Job, file: BuildFile, report: JobReport) -> bool:
        """Whether the very file has its name already, as a projector of another build may."""
        target = installed_path(self._models_folder, job, file)
        if not target.exists():
            return False
        report.verifies()
        if job.replaces or target.stat().st_size == file.bytes:
            found = await hash_file(target, is_urgent=True, on_progress=lambda done, total: None)
            if found.sha256 == file.sha256:
                return True
            if found.sha256 in job.replaces:
                self._outdated.add(target)
                return False
        raise TargetExists(name=target.name, folder=str(target.parent))

    def _reused(self, place: int) -> pathlib.Path:
        return self._folder / f"{place}.reused"

    async def _is_reused(self, place: int, file: BuildFile, report: JobReport) -> bool:
        """Whether the file was found elsewhere on this PC; not asked once its download began."""
        target = self._reused(place)
        with disk_errors(self._models_folder):
            target.unlink(missing_ok=True)
        if part_path(self._folder, place).exists():
            return False
        report.verifies()
        folders = [pathlib.Path(folder) for folder in self._request.reuse_folders]
        return await take_over(file, folders, target)

    def _check_disk(self, job: Job, sources: dict[int, pathlib.Path | None]) -> None:
        """Make sure that there is room for what is still to come."""
        missing = [file for place, file in enumerate(job.files) if place not in sources]
        for file in missing:
            check_file_size(self._models_folder, file.bytes or 0)
        found_bytes = sum(
            job.files[place].bytes or 0
            for place in sources
            if not is_installed(self._models_folder, job, job.files[place])
        )
        check_room(
            self._models_folder,
            needed_bytes=missing_bytes(self._models_folder, job) - found_bytes,
            other_bytes=self._request.other_bytes,
        )

    async def _fetch(self, job: Job, place: int, report: JobReport) -> None:
        file = job.files[place]

        async def locate() -> Location:
            return await self._hub.locate(job.repository, job.commit, file.path)

        await fetch_file(
            WantedFile(
                name=file.path,
                bytes=file.bytes or 0,
                sha256=file.sha256,
                part=part_path(self._folder, place),
                journal=journal_path(self._folder, place),
                is_gguf=file.path.lower().endswith(".gguf"),
            ),
            locate=locate,
            web=self._web,
            lanes=self._means.lanes,
            limiter=self._means.limiter,
            timing=self._means.timing,
            report=lambda state: report.follow(place, state),
            on_traffic=lambda host, count: self._traffic.add(
                host, f"{job.repository}: {file.path}", count
            ),
        )

    async def _install(
        self, job: Job, sources: dict[int, pathlib.Path | None], report: JobReport
    ) -> list[pathlib.Path]:
        """Give all files their names, now that the last is whole."""
        targets = [installed_path(self._models_folder, job, file) for file in job.files]

        def work(stop: threading.Event) -> None:
            for place, target in enumerate(targets):
                if source := sources[place]:
                    install(source, target, stop, replaces=target in self._outdated)
                    sources[place] = None

        # First, so that of a job that cannot be installed no file gets its name.
        await self._find_installed(job, sources, report)
        while True:
            try:
                with disk_errors(self._models_folder):
                    await run_in_thread(work)
            except TargetExists:
                if not await self._find_installed(job, sources, report):
                    raise
            else:
                return targets

    async def _find_installed(
        self, job: Job, sources: dict[int, pathlib.Path | None], report: JobReport
    ) -> bool:
        """Whether another process gave one of the files its name meanwhile; it needs no source."""
        before = dict(sources)
        for place, file in enumerate(job.files):
            is_outdated = installed_path(self._models_folder, job, file) in self._outdated
            if sources[place] and not is_outdated and await self._is_installed(job, file, report):
                sources[place] = None
        return sources != before

    async def _patiently(self, ask: Callable[[], Awaitable[Result]], report: JobReport) -> Result:
        """Ask the Hub until it answers; only what waiting cannot mend is raised."""
        timing = self._means.timing
        backoff = Backoff(timing.retry_first_s, timing.retry_most_s, random.random)
        while True:
            try:
                return await ask()
            except PASSING as error:
                report.waits(error)
                wait_s = backoff.failed()
                if isinstance(error, HubBusy):
                    wait_s = max(wait_s, float(error.facts["wait_s"]) * timing.factor)
            await elapse(wait_s)
            report.goes_on()

    async def _find_wish(self) -> str:
        """Wait until another process wants this job to stop."""
        while True:
            with contextlib.suppress(OSError):
                if (self._folder / Wish.CANCEL).exists():
                    return "cancel"  # stays until whoever asked for this run has obeyed it
                if (self._folder / Wish.PAUSE).exists():
                    await asyncio.to_thread(self._write, is_paused=True)
                    (self._folder / Wish.PAUSE).unlink(missing_ok=True)
                    return "pause"
                (self._folder / Wish.RESUME).unlink(missing_ok=True)  # it runs
            await elapse(_WISH_S * self._means.timing.factor)

    def _forget(self) -> None:
        """An installed job is none any more, whatever becomes of the rest of its folder."""
        with contextlib.suppress(OSError):
            (self._folder / JOB).unlink(missing_ok=True)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel what still runs, and return when it has put its files in order."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # it was looked at
