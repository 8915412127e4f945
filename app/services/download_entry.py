"""One line of the queue while the program runs."""

import pathlib

import msgspec

from app.domain.downloads.jobs import Download, Failure, Job, State
from app.domain.downloads.network import Network
from app.domain.downloads.queue import may_become
from app.domain.errors import (
    AppError,
    DownloadElsewhere,
    DownloaderMissing,
    OfflineSwitchedOn,
    error_from_code,
)
from app.downloads.protocol import FetchState
from app.services.download_jobs import KeptJob


class Entry(msgspec.Struct, kw_only=True, eq=False):
    """A job, where it stands, and what is being done about it.

    Attributes:
        models_folder: Where it is kept and is going to be installed.
        on_disk: The job as it was last read or written there; None where it never was.
        is_kept: It is on the disk; False while that is being tried and where it failed.
        changes: How often it was changed here: what was read before the last one says nothing.
        handle: Of its fetch.
        is_working: From the first preparation for a fetch until its end.
        is_stopping: Its fetch was told to end.
        network: What its fetch knows of the network.
    """

    job: Job
    models_folder: pathlib.Path
    state: State = State.QUEUED
    bytes_done: int = 0
    bytes_per_s: float | None = None
    eta_s: float | None = None
    problem: AppError | None = None
    is_elsewhere: bool = False
    on_disk: Job | None = None
    is_kept: bool = True
    changes: int = 0
    handle: int | None = None
    is_working: bool = False
    is_stopping: bool = False
    network: Network | None = None

    @property
    def id(self) -> str:
        """The job's."""
        return self.job.id

    @property
    def shown(self) -> Download:
        """What a front end sees of it."""
        return Download(
            job=self.job,
            state=self.state,
            bytes_done=self.bytes_done,
            bytes_total=self.job.total_bytes,
            bytes_per_s=self.bytes_per_s,
            eta_s=self.eta_s,
            problem=self.problem,
            is_elsewhere=self.is_elsewhere,
        )

    def change(self, **changes: object) -> None:
        """Change the job."""
        self.changes += 1
        self.job = msgspec.structs.replace(self.job, **changes)

    def become(self, state: State, problem: AppError | None = None) -> None:
        """Enter a state that may follow.

        Raises:
            ValueError: It may not.
        """
        if not may_become(self.state, state):
            raise ValueError(f"{self.state} cannot become {state}")
        self.state, self.problem = state, problem
        self.bytes_per_s = self.eta_s = None

    def take_place(self, *, is_offline: bool) -> None:
        """Enter the state that the job itself asks for, while nothing is done about it."""
        self.become(State.QUEUED)
        self.is_elsewhere = False
        if self.job.is_paused:
            self.become(State.PAUSED)
        elif error := error_of(self.job.failure):
            self.become(State.FAILED, error)
        elif is_offline:
            self.become(State.WAITING, OfflineSwitchedOn())

    def fail(self, error: AppError) -> None:
        """Keep why it failed, unless the next start mends it."""
        self.become(State.QUEUED)  # it may have been paused a moment ago
        self.become(State.FAILED, error)
        if not isinstance(error, DownloaderMissing):
            self.change(failure=Failure(code=error.code, facts=error.facts))

    def finish(self) -> None:
        """It is installed."""
        self.become(State.QUEUED)
        self.become(State.INSTALLED)
        self.is_elsewhere = False
        self.bytes_done = self.job.total_bytes or self.bytes_done

    def go_elsewhere(self) -> None:
        """Another process works on it."""
        self.become(State.QUEUED)
        self.become(State.DOWNLOADING, DownloadElsewhere())
        self.is_elsewhere = True

    def take(self, event: FetchState) -> None:
        """Follow what the worker says of it."""
        if self.is_stopping or not may_become(self.state, event.state):
            return
        self.become(event.state, error_of(event.problem))
        known = msgspec.structs.replace(self.job, commit=event.job.commit, files=event.job.files)
        if known != self.job:
            self.job, self.on_disk = known, event.job
        self.bytes_done = max(self.bytes_done, event.bytes_done)
        self.bytes_per_s, self.eta_s = event.bytes_per_s, event.eta_s


def entry_of(kept: KeptJob, *, is_offline: bool) -> Entry:
    """Make the line of a job that was found on the disk."""
    entry = Entry(
        job=kept.job,
        models_folder=kept.models_folder,
        bytes_done=kept.bytes_done,
        on_disk=kept.job,
    )
    if kept.is_held:
        entry.go_elsewhere()
    else:
        entry.take_place(is_offline=is_offline)
    return entry


def error_of(failure: Failure | None) -> AppError | None:
    """Make the error again; None where another version wrote what makes no sentence here."""
    if failure is None:
        return None
    try:
        error = error_from_code(failure.code, failure.facts, "")
    except ValueError:
        return None
    return error if isinstance(error, AppError) else None
