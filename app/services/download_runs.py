"""Fetches: what is done about the jobs whose turn it is. Lives on the owner's thread."""

import functools
import pathlib
from collections.abc import Callable, Iterable

import msgspec

from app.domain.downloads.folder import job_folder
from app.domain.downloads.jobs import Job, State
from app.domain.downloads.network import Network
from app.domain.errors import ModelFolderGone
from app.downloads.client import DownloadClient
from app.downloads.protocol import Fetched, FetchState, Stopped, Traffic
from app.services.download_entry import Entry, error_of
from app.services.download_jobs import Gone, KeptJob, look_at, missing_of
from app.services.hub_access import HubAccess
from app.services.network_log import TrafficTally
from app.services.serial_work import SerialWork

Seen = KeptJob | Gone
# The last: it was not begun, because its folder says otherwise.
RunEnd = Fetched | Stopped | Exception | Seen


class DownloadRuns:
    """Takes jobs through the worker.

    Attributes:
        on_state: Called when something of an entry changed; its job, too, if the flag says so.
        on_end: Called once for every `begin`.
    """

    def __init__(
        self,
        worker: DownloadClient,
        *,
        access: HubAccess,
        disk: SerialWork[OSError],
        tally: TrafficTally,
        reuse_folders: Callable[[], tuple[pathlib.Path, ...]],
    ) -> None:
        self.on_state: Callable[[Entry, bool], None] = lambda entry, is_job_changed: None
        self.on_end: Callable[[Entry, RunEnd], None] = lambda entry, end: None
        self._worker = worker
        self._access = access
        self._disk = disk
        self._tally = tally
        self._reuse_folders = reuse_folders
        self._running: list[Entry] = []
        worker.on_traffic = self._count
        worker.on_restart = self._connect_again

    def begin(self, entry: Entry) -> None:
        """Fetch it, if it is still there and nobody else does."""
        entry.is_working = True
        entry.become(State.CONNECTING)
        self._running.append(entry)
        self._access.ask(functools.partial(self._check, entry))

    def stop(self, entry: Entry) -> None:
        """End it soon; what is there stays."""
        entry.is_stopping = True
        if entry.handle is not None:
            self._worker.cancel(entry.handle)

    def renew(self) -> None:
        """Stop what began with another token, mirror or proxy."""
        if self._running:
            self._access.ask(self._stop_others)

    def _stop_others(self, network: Network) -> None:
        for entry in self._running:
            if entry.network not in (None, network):
                self.stop(entry)

    def _check(self, entry: Entry, network: Network) -> None:
        """Look at its folder, and at what else needs room on its drive."""
        entry.network = network
        folder, job = entry.models_folder, entry.job
        others = [(one.models_folder, one.job) for one in self._running if one is not entry]
        self._disk.do(
            functools.partial(_look, folder, job, others), functools.partial(self._checked, entry)
        )

    def _checked(self, entry: Entry, checked: tuple[Seen, int] | OSError) -> None:
        assert not isinstance(checked, OSError)
        seen, other_bytes = checked
        if entry.is_stopping:
            self._ended(entry, Stopped(request_id=0))
        elif seen is Gone.UNREACHABLE:
            folder = str(entry.models_folder)
            self._ended(entry, ModelFolderGone(folder=folder, reason="it is not there"))
        elif not isinstance(seen, KeptJob) or seen.is_held or not _is_wanted(seen.job):
            self._ended(entry, seen)
        else:
            self._fetch(entry, seen, other_bytes)

    def _fetch(self, entry: Entry, seen: KeptJob, other_bytes: int) -> None:
        assert entry.network
        entry.on_disk = seen.job
        entry.job = msgspec.structs.replace(seen.job, order=entry.job.order)
        entry.bytes_done = max(entry.bytes_done, seen.bytes_done)
        entry.handle = self._worker.fetch(
            entry.network,
            job_folder(entry.models_folder, entry.id),
            entry.models_folder,
            reuse_folders=self._reuse_folders(),
            other_bytes=other_bytes,
            on_state=functools.partial(self._follow, entry),
            on_end=functools.partial(self._ended, entry),
        )

    def _follow(self, entry: Entry, event: FetchState) -> None:
        before = entry.job
        entry.take(event)
        self.on_state(entry, entry.job != before)

    def _ended(self, entry: Entry, end: RunEnd) -> None:
        if entry.handle is not None:
            self._tally.end(entry.handle)
        entry.handle = entry.network = None
        entry.is_working = entry.is_stopping = False
        self._running.remove(entry)
        self.on_end(entry, end)

    def _connect_again(self) -> None:
        for entry in self._running:
            if entry.handle is not None and not entry.is_stopping:
                entry.become(State.CONNECTING)
                self.on_state(entry, False)

    def _count(self, handle: int, traffic: Traffic) -> None:
        self._tally.count(handle, host=traffic.host, why=traffic.why, more_bytes=traffic.bytes)


def _look(
    folder: pathlib.Path, job: Job, others: Iterable[tuple[pathlib.Path, Job]]
) -> tuple[Seen, int]:
    return look_at(folder, job), missing_of(others, folder)


def _is_wanted(job: Job) -> bool:
    return not (job.is_paused or job.is_dismissed or error_of(job.failure))
