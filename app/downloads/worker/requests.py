"""What the download worker does for each kind of request."""

import contextlib
import pathlib
from collections.abc import Callable

import msgspec

from app.domain.builds import BuildFile
from app.domain.downloads.jobs import Failure, Job
from app.domain.downloads.lanes import Lanes
from app.domain.downloads.network import Network
from app.domain.downloads.retry import PASSING
from app.domain.version import VERSION
from app.downloads.protocol import (
    ALIVE,
    PROTOCOL,
    Copied,
    Copy,
    Fetch,
    Fetched,
    FetchUrl,
    FileProgress,
    Hash,
    Hashed,
    LimitsSet,
    Look,
    Looked,
    Peek,
    Peeked,
    ReadUrl,
    SetLimits,
    Stopped,
    ToWorker,
    UrlFetched,
    UrlRead,
    UrlState,
)
from app.downloads.worker.awake import Awake
from app.downloads.worker.copying import CopyWish, copy_file
from app.downloads.worker.hashing import hash_file
from app.downloads.worker.hub import Hub
from app.downloads.worker.job_report import JobReport, TrafficReport
from app.downloads.worker.job_run import JobRun, Means
from app.downloads.worker.limiter import Limiter
from app.downloads.worker.peek import interactive, save_start
from app.downloads.worker.timing import Timing
from app.downloads.worker.url_fetch import fetch_to, read_small
from app.downloads.worker.wanted import FileState
from app.downloads.worker.web import Web
from app.pipe.async_server import AsyncServer
from app.pipe.messages import MAX_FROM_WORKER_BYTES, Ready, Request


async def serve(*, pace: float) -> None:
    """Be the worker until told to quit.

    Args:
        pace: Factor for all waits.
    """
    server = AsyncServer(
        ToWorker,
        cancelled=lambda request: Stopped(request_id=request.request_id),
        alive_stage=ALIVE,
    )
    means = Means(
        lanes=Lanes(),
        limiter=Limiter(),
        timing=Timing().scaled(pace),
    )
    requests = Requests(server, means)
    ready = Ready(protocol=PROTOCOL, build=f"Cierzo {VERSION}")
    await server.serve(
        ready,
        {
            SetLimits: requests.set_limits,
            Look: requests.look,
            Peek: requests.peek,
            Fetch: requests.fetch,
            ReadUrl: requests.read_url,
            FetchUrl: requests.fetch_url,
            Hash: requests.hash,
            Copy: requests.copy,
        },
    )


class Requests:
    """A method for each kind of request; it returns the request's end."""

    def __init__(self, server: AsyncServer, means: Means) -> None:
        self._server = server
        self._means = means
        self._awake = Awake()

    async def set_limits(self, request: SetLimits) -> LimitsSet:
        """Limit all downloads together."""
        self._means.limiter.bytes_per_s = request.bytes_per_s
        return LimitsSet(request_id=request.request_id)

    async def look(self, request: Look) -> Looked:
        """List a repository's files."""
        with self._traffic(request) as traffic, self._hub(request.network, traffic) as hub:
            try:
                commit, files = await hub.pin(request.repository, request.revision)
            except PASSING as error:
                raise interactive(error) from None
        return Looked(request_id=request.request_id, commit=commit, files=_fitting(files))

    async def peek(self, request: Peek) -> Peeked:
        """Put a file's beginning into a local one."""

        def on_bytes(host: str, count: int) -> None:
            traffic.add(host, f"{request.repository}: beginning of {request.path}", count)

        with self._traffic(request) as traffic, self._hub(request.network, traffic) as hub:
            async with Web(request.network, timing=self._means.timing) as web:
                try:
                    location = await hub.locate(request.repository, request.commit, request.path)
                    await save_start(
                        location,
                        name=request.path,
                        web=web,
                        length_bytes=request.length_bytes,
                        target=pathlib.Path(request.target),
                        on_bytes=on_bytes,
                    )
                except PASSING as error:
                    raise interactive(error) from None
        return Peeked(request_id=request.request_id, path=request.target)

    async def fetch(self, request: Fetch) -> Fetched | Stopped:
        """Download a job and install it."""

        def start_report(job: Job) -> JobReport:
            return JobReport(
                request.request_id,
                job,
                send=self._server.send,
                on_working=lambda is_working: self._awake.note(job.id, is_working=is_working),
            )

        with self._traffic(request) as traffic, self._hub(request.network, traffic) as hub:
            async with Web(request.network, timing=self._means.timing) as web:
                run = JobRun(
                    request,
                    means=self._means,
                    hub=hub,
                    web=web,
                    traffic=traffic,
                    start_report=start_report,
                )
                return await run.run()

    async def read_url(self, request: ReadUrl) -> UrlRead:
        """Read a small file."""
        with self._traffic(request) as traffic:
            async with self._secure_web(request.network) as web:
                try:
                    content = await read_small(
                        request.url,
                        most_bytes=request.most_bytes,
                        web=web,
                        timing=self._means.timing,
                        on_bytes=lambda host, count: traffic.add(host, request.why, count),
                    )
                except PASSING as error:
                    raise interactive(error) from None
        return UrlRead(request_id=request.request_id, content=content)

    async def fetch_url(self, request: FetchUrl) -> UrlFetched:
        """Download a file to its place."""

        def report(state: FileState) -> None:
            error = state.problem
            problem = Failure(code=error.code, facts=error.facts) if error else None
            self._server.send(
                UrlState(
                    request_id=request.request_id,
                    bytes_done=state.bytes_done,
                    state=state.state,
                    problem=problem,
                )
            )

        with self._traffic(request) as traffic:
            async with self._secure_web(request.network) as web:
                await fetch_to(
                    request,
                    web=web,
                    lanes=self._means.lanes,
                    limiter=self._means.limiter,
                    timing=self._means.timing,
                    report=report,
                    on_traffic=lambda host, count: traffic.add(host, request.why, count),
                )
        return UrlFetched(request_id=request.request_id)

    async def hash(self, request: Hash) -> Hashed:
        """Compute a file's sha256."""
        found = await hash_file(
            pathlib.Path(request.path),
            is_urgent=request.is_urgent,
            on_progress=self._progress_of(request),
        )
        return Hashed(
            request_id=request.request_id,
            sha256=found.sha256,
            bytes=found.bytes,
            mtime_ns=found.mtime_ns,
        )

    async def copy(self, request: Copy) -> Copied:
        """Copy or move a file."""
        wish = CopyWish(
            source=pathlib.Path(request.source),
            target=pathlib.Path(request.target),
            sha256=request.sha256,
            keeps_source=request.keeps_source,
        )
        found = await copy_file(wish, on_progress=self._progress_of(request))
        return Copied(
            request_id=request.request_id,
            sha256=found.sha256,
            bytes=found.bytes,
            mtime_ns=found.mtime_ns,
        )

    def _secure_web(self, network: Network) -> Web:
        return Web(network, timing=self._means.timing, must_be_secure=True)

    def _traffic(self, request: Request) -> TrafficReport:
        return TrafficReport(request.request_id, self._server.send)

    def _hub(
        self, network: Network, traffic: TrafficReport
    ) -> contextlib.AbstractContextManager[Hub]:
        return contextlib.closing(Hub(network, timing=self._means.timing, on_traffic=traffic.add))

    def _progress_of(self, request: Request) -> Callable[[int, int], None]:
        def report(done_bytes: int, total_bytes: int) -> None:
            self._server.send(
                FileProgress(
                    request_id=request.request_id, done_bytes=done_bytes, total_bytes=total_bytes
                )
            )

        return report


def _fitting(files: tuple[BuildFile, ...]) -> tuple[BuildFile, ...]:
    """Leave out what no message holds: models come first, and no real repository is so large."""
    room_bytes = MAX_FROM_WORKER_BYTES * 9 // 10
    fitting = set()
    for file in sorted(files, key=lambda file: not file.path.lower().endswith(".gguf")):
        room_bytes -= len(msgspec.json.encode(file)) + 1
        if room_bytes < 0:
            break
        fitting.add(file.path)
    return tuple(file for file in files if file.path in fitting)
