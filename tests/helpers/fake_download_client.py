"""A download client without a worker: a test says what the worker says when."""

import pathlib
from collections.abc import Callable

import msgspec

from app.domain.downloads.jobs import Failure, State
from app.domain.errors import AppError
from app.downloads.protocol import Fetched, FetchState, Stopped, Traffic


class FakeFetch:
    """A fetch that is open, or was.

    Attributes:
        job_id: Whose folder it is.
        is_cancelled: The service asked for its end.
        is_over: It ended.
    """

    def __init__(self, handle: int, arguments: dict) -> None:
        self.handle = handle
        self.network = arguments["network"]
        self.folder: pathlib.Path = arguments["job_folder"]
        self.other_bytes: int = arguments["other_bytes"]
        self.job_id = self.folder.name
        self.is_cancelled = False
        self.is_over = False
        self._arguments = arguments

    def say(self, job, state: State, bytes_done: int = 0, *, problem: AppError | None = None):
        """Let the worker report."""
        failure = Failure(code=problem.code, facts=problem.facts) if problem else None
        self._arguments["on_state"](
            FetchState(
                request_id=self.handle,
                job=job,
                state=state,
                bytes_done=bytes_done,
                bytes_per_s=1e6,
                eta_s=9.0,
                problem=failure,
            )
        )

    def end(self, end) -> None:
        """Let it end."""
        self.is_over = True
        self._arguments["on_end"](end)

    def stop(self, wish: str = "") -> None:
        """Let it obey."""
        self.end(Stopped(request_id=self.handle, wish=wish))

    def finish(self, job) -> None:
        """Let everything be installed."""
        self.end(Fetched(request_id=self.handle, job=job, paths=()))


class FakeDownloadClient:
    """Has the interface of `DownloadClient` that services use.

    Attributes:
        fetches: All so far.
        looks: Repository and network of every look, and its `on_end`.
        limits: All that were set.
        cancelled: The handles of looks and peeks that were asked to end.
    """

    def __init__(self) -> None:
        self.on_traffic: Callable[[int, Traffic], None] = lambda handle, traffic: None
        self.on_restart: Callable[[], None] = lambda: None
        self.fetches: list[FakeFetch] = []
        self.looks: list[tuple] = []
        self.peeks: list[dict] = []
        self.limits: list[int] = []
        self.cancelled: list[int] = []
        self.is_closed = False

    def fetch(self, network, job_folder, models_folder, **arguments) -> int:
        handle = len(self.fetches) + 1
        known = {"network": network, "job_folder": job_folder, **arguments}
        assert job_folder.is_relative_to(models_folder)
        self.fetches.append(FakeFetch(handle, known))
        return handle

    def look(self, network, repository, revision, *, on_end) -> int:
        self.looks.append((network, repository, revision, on_end))
        return 1000 + len(self.looks)

    def peek(self, network, repository, commit, path, **arguments) -> int:
        asked = {"network": network, "repository": repository, "commit": commit, "path": path}
        self.peeks.append(asked | arguments)
        return 2000 + len(self.peeks)

    def cancel(self, handle: int) -> None:
        if handle > 1000:  # a look or a peek
            self.cancelled.append(handle)
        else:
            self.fetches[handle - 1].is_cancelled = True

    def set_limits(self, *, bytes_per_s: int) -> None:
        self.limits.append(bytes_per_s)

    def close(self) -> None:
        self.is_closed = True

    def open(self, job_id: str) -> FakeFetch:
        """The fetch of that job which is not over."""
        return next(one for one in self.fetches if one.job_id == job_id and not one.is_over)

    @property
    def running(self) -> list[str]:
        """The ids of jobs whose fetch is open and was not asked to end."""
        return [one.job_id for one in self.fetches if not one.is_over and not one.is_cancelled]


def traffic(handle: int, count: int) -> Traffic:
    """Bytes from a host."""
    return Traffic(request_id=handle, host="cdn", why="acme: file", bytes=count)


def with_files(job, commit: str, files) -> object:
    """The job as the Hub completes it."""
    return msgspec.structs.replace(job, commit=commit, files=files)
