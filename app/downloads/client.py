"""The window's end of the download worker: typed requests, and a worker that may die.

All methods and callbacks of `DownloadClient` belong to one thread, the owner's. A worker that dies
loses nothing, so its open requests are asked again of the next one, and nobody hears of it before
it has died too often.
"""

import itertools
import pathlib
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from app.domain.downloads.network import Network
from app.domain.errors import (
    Cancelled,
    DownloaderMissing,
    EngineCrashed,
    EngineMissing,
    EngineSilent,
    WorkerBug,
)
from app.domain.updates import PublishedFile
from app.downloads.protocol import (
    PROTOCOL,
    STAGES,
    Copied,
    Copy,
    Fetch,
    Fetched,
    FetchState,
    FetchUrl,
    FileProgress,
    FromWorker,
    Hash,
    Hashed,
    Look,
    Looked,
    Peek,
    Peeked,
    ReadUrl,
    SetLimits,
    Stopped,
    Traffic,
    UrlFetched,
    UrlRead,
    UrlState,
)
from app.pipe.client import End, Plan, Post, WorkerClient
from app.pipe.command import worker_command
from app.pipe.messages import Done, Event, Request
from app.pipe.timers import Timers

_ROLE = "--download-worker"
# A worker that does not end a request in that time is killed: what is on the disk is safe.
_OBEY_S = 1.0
_IDLE_S = 15.0
_RESTART_S = 1.0  # doubled with every death
_MOST_DEATHS = 5
_DEATHS_S = 600.0

_D = TypeVar("_D", bound=Done)


class _Task(msgspec.Struct):
    """An open request; `request_id` is None while it waits for a worker."""

    request: Callable[[int], Request]
    on_event: Callable[[Event], None]
    on_end: Callable[[End], None]
    request_id: int | None = None
    is_cancelled: bool = False


class DownloadClient:
    """Starts the worker when it is needed and ends it when it is not.

    Every request returns a handle for `cancel` and ends in exactly one call of its `on_end`. A
    request that was cancelled ends with `Cancelled`, a fetch with `Stopped`.

    Attributes:
        on_traffic: Called for bytes that came over the network, with the request's handle.
        on_restart: Called when the worker died and what was open is going to be asked again.
    """

    def __init__(self, *, post: Post, test_pace: float | None = None) -> None:
        """Wire it; no worker is started before the first request.

        Args:
            post: Runs a function on the owner's thread.
            test_pace: Factor for all waits, here and in the worker; for tests.
        """
        self.on_traffic: Callable[[int, Traffic], None] = lambda handle, traffic: None
        self.on_restart: Callable[[], None] = lambda: None
        plan = Plan(
            name="download",
            argv=_command(test_pace),
            environment={},
            protocol=PROTOCOL,
            events=FromWorker,
            stages=STAGES,
            obey_s=_OBEY_S,
        )
        self._pipe = WorkerClient(plan, post=post)
        self._pipe.on_death = self._died
        self._post = post
        self._pace = 1.0 if test_pace is None else test_pace
        self._timers = Timers("download-restarts")
        self._handles = itertools.count(1)
        self._tasks: dict[int, _Task] = {}
        self._deaths: list[float] = []
        self._limit_bytes_per_s = 0
        self._is_resting = False

    @property
    def pid(self) -> int | None:
        """The running worker's process id, None where there is none."""
        return self._pipe.pid

    def look(
        self,
        network: Network,
        repository: str,
        revision: str,
        *,
        on_end: Callable[[Looked | Exception], None],
    ) -> int:
        """List a repository's files."""
        return self._ask(
            lambda i: Look(request_id=i, network=network, repository=repository, revision=revision),
            on_end=lambda end: on_end(_expect(end, Looked)),
        )

    def peek(
        self,
        network: Network,
        repository: str,
        commit: str,
        path: str,
        *,
        length_bytes: int,
        target: pathlib.Path,
        on_end: Callable[[Peeked | Exception], None],
    ) -> int:
        """Put a file's first bytes into `target`."""
        return self._ask(
            lambda i: Peek(
                request_id=i,
                network=network,
                repository=repository,
                commit=commit,
                path=path,
                length_bytes=length_bytes,
                target=str(target),
            ),
            on_end=lambda end: on_end(_expect(end, Peeked)),
        )

    def fetch(
        self,
        network: Network,
        job_folder: pathlib.Path,
        models_folder: pathlib.Path,
        *,
        reuse_folders: Sequence[pathlib.Path],
        other_bytes: int,
        on_state: Callable[[FetchState], None],
        on_end: Callable[[Fetched | Stopped | Exception], None],
    ) -> int:
        """Download the job in that folder and install it; see `protocol.Fetch`."""

        def state(event: Event) -> None:
            if isinstance(event, FetchState):
                on_state(event)

        def end(end: End) -> None:
            is_stop = isinstance(end, Cancelled | Stopped)
            stopped = end if isinstance(end, Stopped) else Stopped(request_id=0)
            on_end(stopped if is_stop else _expect(end, Fetched))

        return self._ask(
            lambda i: Fetch(
                request_id=i,
                network=network,
                job_folder=str(job_folder),
                models_folder=str(models_folder),
                reuse_folders=tuple(map(str, reuse_folders)),
                other_bytes=other_bytes,
            ),
            on_event=state,
            on_end=end,
        )

    def read_url(
        self,
        network: Network,
        url: str,
        *,
        most_bytes: int,
        why: str,
        on_end: Callable[[UrlRead | Exception], None],
    ) -> int:
        """Read a small file whole; see `protocol.ReadUrl`."""
        return self._ask(
            lambda i: ReadUrl(
                request_id=i, network=network, url=url, most_bytes=most_bytes, why=why
            ),
            on_end=lambda end: on_end(_expect(end, UrlRead)),
        )

    def fetch_url(
        self,
        network: Network,
        file: PublishedFile,
        *,
        target: pathlib.Path,
        why: str,
        on_state: Callable[[UrlState], None],
        on_end: Callable[[UrlFetched | Exception], None],
    ) -> int:
        """Download a file to its place; see `protocol.FetchUrl`."""

        def state(event: Event) -> None:
            if isinstance(event, UrlState):
                on_state(event)

        return self._ask(
            lambda i: FetchUrl(
                request_id=i,
                network=network,
                url=file.url,
                bytes=file.bytes,
                sha256=file.sha256,
                target=str(target),
                why=why,
            ),
            on_event=state,
            on_end=lambda end: on_end(_expect(end, UrlFetched)),
        )

    def hash(
        self,
        path: pathlib.Path,
        *,
        is_urgent: bool,
        on_progress: Callable[[FileProgress], None],
        on_end: Callable[[Hashed | Exception], None],
    ) -> int:
        """Compute a file's sha256; slowly, unless somebody waits for it."""
        return self._ask(
            lambda i: Hash(request_id=i, path=str(path), is_urgent=is_urgent),
            on_event=_only_progress(on_progress),
            on_end=lambda end: on_end(_expect(end, Hashed)),
        )

    def copy(
        self,
        source: pathlib.Path,
        target: pathlib.Path,
        *,
        sha256: str,
        keeps_source: bool,
        on_progress: Callable[[FileProgress], None],
        on_end: Callable[[Copied | Exception], None],
    ) -> int:
        """Copy or move a file, whole or not at all; see `protocol.Copy`."""
        return self._ask(
            lambda i: Copy(
                request_id=i,
                source=str(source),
                target=str(target),
                sha256=sha256,
                keeps_source=keeps_source,
            ),
            on_event=_only_progress(on_progress),
            on_end=lambda end: on_end(_expect(end, Copied)),
        )

    def set_limits(self, *, bytes_per_s: int) -> None:
        """Limit all downloads together, from now on; 0 is none. Starts no worker."""
        self._limit_bytes_per_s = bytes_per_s
        if self._pipe.pid is not None:
            self._send_limits()

    def cancel(self, handle: int) -> None:
        """End a request soon; the worker is killed if it does not obey."""
        task = self._tasks.get(handle)
        if task is None or task.is_cancelled:
            return
        task.is_cancelled = True
        if task.request_id is None:
            self._post(lambda: self._finish(handle, Cancelled()))
        else:
            self._pipe.cancel(task.request_id)

    def close(self) -> None:
        """End the worker and wait for it. No ends are reported."""
        self._tasks.clear()
        self._timers.close()
        self._pipe.close()

    def _ask(
        self,
        request: Callable[[int], Request],
        *,
        on_event: Callable[[Event], None] = lambda event: None,
        on_end: Callable[[End], None],
    ) -> int:
        handle = next(self._handles)
        self._tasks[handle] = _Task(request, on_event, on_end)
        self._timers.clear("idle")
        if not self._is_resting:
            self._submit(handle)
        return handle

    def _submit(self, handle: int) -> None:
        if self._pipe.pid is None and self._limit_bytes_per_s:
            self._send_limits()
        task = self._tasks[handle]
        task.request_id = self._pipe.submit(
            task.request,
            on_event=lambda event: self._take(handle, event),
            on_end=lambda end: self._ended(handle, end),
        )

    def _send_limits(self) -> None:
        limit = self._limit_bytes_per_s
        self._pipe.submit(
            lambda i: SetLimits(request_id=i, bytes_per_s=limit),
            on_event=lambda event: None,
            on_end=lambda end: None,  # the next worker is told again
        )

    def _take(self, handle: int, event: Event) -> None:
        if isinstance(event, Traffic):
            self.on_traffic(handle, event)
        elif handle in self._tasks:
            self._tasks[handle].on_event(event)

    def _ended(self, handle: int, end: End) -> None:
        task = self._tasks.get(handle)
        if task is None:
            return
        if isinstance(end, EngineMissing):
            end = DownloaderMissing(reason=str(end.facts["reason"]), detail=end.detail)
        elif isinstance(end, EngineCrashed | EngineSilent):
            if task.is_cancelled:
                end = Cancelled()
            elif len(self._deaths) <= _MOST_DEATHS:
                task.request_id = None
                self._rest()
                return
            else:
                reason = end.facts.get("reason", "it made no progress")
                end = DownloaderMissing(reason=str(reason), detail=end.detail)
        self._finish(handle, end)

    def _finish(self, handle: int, end: End) -> None:
        task = self._tasks.pop(handle, None)
        if not self._tasks:
            self._timers.set("idle", _IDLE_S * self._pace, lambda: self._post(self._dismiss))
        if task:
            task.on_end(end)

    def _dismiss(self) -> None:
        if not self._tasks:
            self._pipe.dismiss()

    def _died(self, error: Exception, was_idle: bool) -> None:
        """Count it, unless we killed it or nobody noticed."""
        now_s = time.monotonic()
        self._deaths = [at_s for at_s in self._deaths if now_s - at_s < _DEATHS_S]
        if not was_idle and not isinstance(error, Cancelled):
            self._deaths.append(now_s)

    def _rest(self) -> None:
        """Ask again later, each time a little later."""
        if self._is_resting:
            return
        self._is_resting = True
        rest_s = _RESTART_S * 2 ** (len(self._deaths) - 1) if self._deaths else 0.0
        self._timers.set("restart", rest_s * self._pace, lambda: self._post(self._go_on))
        self.on_restart()

    def _go_on(self) -> None:
        self._is_resting = False
        for handle, task in list(self._tasks.items()):
            if task.request_id is None and not task.is_cancelled:
                self._submit(handle)


def _command(test_pace: float | None) -> list[str]:
    pace = [] if test_pace is None else ["--test-pace", str(test_pace)]
    return [*worker_command(_ROLE), *pace]


def _only_progress(on_progress: Callable[[FileProgress], None]) -> Callable[[Event], None]:
    def take(event: Event) -> None:
        if isinstance(event, FileProgress):
            on_progress(event)

    return take


def _expect(end: End, kind: type[_D]) -> _D | Exception:
    if isinstance(end, kind | Exception):
        return end
    # Another kind of end than the request's own is a defect.
    return Cancelled() if isinstance(end, Stopped) else WorkerBug(type(end).__name__)
