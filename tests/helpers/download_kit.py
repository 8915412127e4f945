"""The real download worker behind its pipe, and jobs for it.

Everything is waited for by what the worker says; nothing polls and nothing sleeps.
"""

import contextlib
import os
import pathlib
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Self

import msgspec
import psutil

from app.domain.builds import BuildFile
from app.domain.downloads.folder import JOB, Wish, job_folder
from app.domain.downloads.jobs import Job, State
from app.domain.downloads.network import Network
from app.domain.errors import AppError, error_from_code
from app.downloads.protocol import Fetch, FetchState, FromWorker
from app.pipe.command import worker_command
from app.pipe.messages import Cancel, Done, Event, Failed, Progress, Quit, Ready, Request
from tests.helpers.hub.content import Content, sha256_of, size_of

# Waits of the worker are this much shorter, e.g. a connection that is silent for 15 s is given up
# after 0.75 s.
PACE = 0.05
LIMIT_S = 40.0


def job_of(
    repository: str, commit: str, files: Mapping[str, Content], *, job_id: str = "job"
) -> Job:
    """A job for exactly these published files."""
    return Job(
        id=job_id,
        name=repository.partition("/")[2],
        model_id=repository,
        build="Q4_K_M",
        repository=repository,
        commit=commit,
        files=tuple(
            BuildFile(path=path, bytes=size_of(content), sha256=sha256_of(content))
            for path, content in files.items()
        ),
        label="Q4_K_M",
        wants_projector=False,
        created_at="2026-11-22T00:00:00Z",
    )


def keep_job(models_folder: pathlib.Path, job: Job) -> pathlib.Path:
    """Write the job's folder as the window does; return it."""
    folder = job_folder(models_folder, job.id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JOB).write_bytes(msgspec.json.encode(job))
    return folder


def leave_wish(models_folder: pathlib.Path, job: Job, wish: Wish) -> None:
    """Say what another process wants of the job."""
    (job_folder(models_folder, job.id) / wish).touch()


class DownloadWorker:
    """A worker process; use it as a context manager.

    Attributes:
        network: Given along with every fetch.
        events: Everything it said about its requests, the ends included, and when (monotonic).
    """

    def __init__(
        self,
        network: Network,
        *,
        log: pathlib.Path,
        pace: float = PACE,
        environment: Mapping[str, str] | None = None,
        wrapper: tuple[str, ...] = (),
    ) -> None:
        """Start it.

        Args:
            network: Where it fetches from.
            log: The file that its log text is added to.
            pace: What its waits are multiplied by.
            environment: Added to our own, without its proxies.
            wrapper: A command that starts the worker, e.g. with limits.
        """
        self.network = network
        self.events: list[tuple[float, Event]] = []
        self._log = log
        self._changed = threading.Condition()
        self._ended = False
        self._last_id = 0
        command = [*wrapper, *worker_command("--download-worker"), "--test-pace", str(pace)]
        with log.open("ab") as log_file:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log_file,
                env=_without_proxies() | dict(environment or {}),
            )
        self._reader = threading.Thread(target=self._read, name="test-reader", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """It is there and listens."""
        return self._process.poll() is None

    def ask(self, make: Callable[[int], Request]) -> int:
        """Send a request; return its id."""
        self._last_id += 1
        self._send(make(self._last_id))
        return self._last_id

    def fetch(
        self,
        job: Job,
        models_folder: pathlib.Path,
        *,
        reuse_folders: tuple[pathlib.Path, ...] = (),
        other_bytes: int = 0,
        is_kept: bool = False,
    ) -> int:
        """Have a job downloaded; return the request's id.

        Args:
            job: Written into its folder, unless it `is_kept` there already.
            models_folder: Where it belongs.
            reuse_folders: As in `Fetch`, as is `other_bytes`.
        """
        folder = job_folder(models_folder, job.id) if is_kept else keep_job(models_folder, job)
        return self.ask(
            lambda request_id: Fetch(
                request_id=request_id,
                network=self.network,
                job_folder=str(folder),
                models_folder=str(models_folder),
                reuse_folders=tuple(map(str, reuse_folders)),
                other_bytes=other_bytes,
            )
        )

    def cancel(self, request_id: int) -> None:
        """Ask it to stop that request."""
        self._send(Cancel(request_id=request_id))

    def end_of(self, request_id: int, limit_s: float = LIMIT_S) -> Done:
        """Wait for the end of a request.

        Raises:
            AppError: It failed.
        """
        end = self._wait(lambda event: _is_end(event, request_id), limit_s)
        if isinstance(end, Failed):
            raise error_from_code(end.code, end.facts, end.detail)
        assert isinstance(end, Done)
        return end

    def error_of(self, request_id: int, limit_s: float = LIMIT_S) -> AppError:
        """Wait for the end of a request that must fail."""
        try:
            end = self.end_of(request_id, limit_s)
        except AppError as error:
            return error
        raise AssertionError(f"it did not fail but ended in {end}")

    def wait_for_state(
        self,
        request_id: int,
        condition: Callable[[FetchState], bool],
        limit_s: float = LIMIT_S,
    ) -> FetchState:
        """Wait until a job stands so, among all that was said so far.

        Raises:
            AppError: The request failed before.
        """

        def fits(event: Event) -> bool:
            is_fit = isinstance(event, FetchState) and condition(event)
            return event.request_id == request_id and (is_fit or _is_end(event, request_id))

        event = self._wait(fits, limit_s)
        if isinstance(event, Failed):
            raise error_from_code(event.code, event.facts, event.detail)
        assert isinstance(event, FetchState), f"it ended before: {event}"
        return event

    def wait_for_bytes(self, request_id: int, count: int) -> FetchState:
        """Wait until so many bytes are on the disk."""
        return self.wait_for_state(
            request_id, lambda s: s.state is State.DOWNLOADING and s.bytes_done >= count
        )

    def states_of(self, request_id: int) -> list[FetchState]:
        """All that were reported so far."""
        with self._changed:
            return [
                event
                for _, event in self.events
                if isinstance(event, FetchState) and event.request_id == request_id
            ]

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._process.kill()
        self._wait_for_exit()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """As a PC that sleeps: it does nothing at all."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def close(self) -> int:
        """Have it quit, by force if it does not; return its exit code."""
        with contextlib.suppress(OSError, ValueError):
            self._send(Quit())
            assert self._process.stdin
            self._process.stdin.close()
        try:
            return self._wait_for_exit()
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._wait_for_exit()

    def memory_bytes(self) -> int:
        """Resident, now."""
        return int(psutil.Process(self.pid).memory_info().rss)

    def _send(self, message: Request | Cancel | Quit) -> None:
        assert self._process.stdin
        self._process.stdin.write(msgspec.json.encode(message) + b"\n")
        self._process.stdin.flush()

    def _wait_for_exit(self) -> int:
        code = self._process.wait(10)
        self._reader.join()
        assert self._process.stdin
        assert self._process.stdout
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.stdout.close()
        return code

    def _wait(self, fits: Callable[[Event], bool], limit_s: float) -> Event:
        seen, deadline_s = 0, time.monotonic() + limit_s
        with self._changed:
            while True:
                for _, event in self.events[seen:]:
                    if fits(event):
                        return event
                seen = len(self.events)
                if self._ended:
                    last = self._log.read_text(errors="replace").splitlines()[-1:]
                    raise AssertionError(f"the worker ended; its log ends with {last}")
                if not self._changed.wait(deadline_s - time.monotonic()):
                    last = self.events[-1][1] if self.events else "nothing"
                    raise TimeoutError(f"waited {limit_s:.0f} s; it said last: {last}")

    def _read(self) -> None:
        """Runs on the reader thread."""
        decoder = msgspec.json.Decoder(FromWorker)
        assert self._process.stdout
        for line in self._process.stdout:
            message = decoder.decode(line)
            if isinstance(message, Ready | Progress):
                continue
            with self._changed:
                self.events.append((time.monotonic(), message))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()


def _is_end(event: Event, request_id: int) -> bool:
    return event.request_id == request_id and isinstance(event, Done | Failed)


def _without_proxies() -> dict[str, str]:
    """Our own environment, with nothing between the worker and the hub on loopback."""
    return {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
