"""What is said of a running job: where it stands, in numbers five times a second, and traffic."""

import asyncio
import time
from collections.abc import Callable

from app.domain.downloads.jobs import Failure, Job, State
from app.domain.downloads.pace import Pace
from app.domain.errors import AppError
from app.downloads.protocol import FetchState, Traffic
from app.downloads.worker.wanted import FileState
from app.pipe.messages import Event

Send = Callable[[Event], None]

_STATE_S = 0.2
_TRAFFIC_S = 1.0


class TrafficReport:
    """Sums up what one request receives, and says it once a second and at the end."""

    def __init__(self, request_id: int, send: Send) -> None:
        self._request_id = request_id
        self._send = send
        self._sums: dict[tuple[str, str], int] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> "TrafficReport":
        return self

    def __exit__(self, *exception: object) -> None:
        self.flush()

    def add(self, host: str, why: str, count: int) -> None:
        """Bytes came, or were asked for."""
        self._sums[host, why] = self._sums.get((host, why), 0) + count
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_TRAFFIC_S, self.flush)

    def flush(self) -> None:
        """Say what was not said yet."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        for (host, why), count in self._sums.items():
            self._send(Traffic(request_id=self._request_id, host=host, why=why, bytes=count))
        self._sums.clear()


class JobReport:
    """Where a job stands, over all its files; for the event loop's thread."""

    def __init__(
        self, request_id: int, job: Job, *, send: Send, on_working: Callable[[bool], None]
    ) -> None:
        """Begin with a job that nothing is known of yet.

        Args:
            request_id: Of the `Fetch`.
            job: As it is kept.
            send: Writes to the window.
            on_working: Called with whether there is something to keep the PC awake for.
        """
        self._request_id = request_id
        self._job = job
        self._send = send
        self._on_working = on_working
        self._pace = Pace()
        self._state = State.CONNECTING
        self._problem: AppError | None = None
        self._done_bytes: list[int] = []
        self._network_bytes: list[int] = []
        self._timer: asyncio.TimerHandle | None = None
        self._is_quiet = False
        self._said: FetchState | None = None

    def __enter__(self) -> "JobReport":
        self._note(State.CONNECTING)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._timer:
            self._timer.cancel()
        self._on_working(False)

    def waits(self, problem: AppError) -> None:
        """It goes on by itself after that."""
        self._note(State.WAITING, problem)

    def goes_on(self) -> None:
        """The Hub is asked."""
        self._note(State.CONNECTING)

    def verifies(self) -> None:
        """What is there is read."""
        self._note(State.VERIFYING)

    def knows(self, job: Job, kept_bytes: list[int]) -> None:
        """The Hub said what belongs to the job, and so much of each file was there before."""
        self._job = job
        self._done_bytes = kept_bytes
        self._network_bytes = [0] * len(kept_bytes)
        self._note(self._state)

    def has(self, place: int) -> None:
        """The file at that place is whole."""
        self._done_bytes[place] = self._job.files[place].bytes or 0
        self._note(self._state)

    def follow(self, place: int, state: FileState) -> None:
        """The file at that place moved on."""
        self._done_bytes[place] = state.bytes_done
        self._network_bytes[place] = state.network_bytes
        self._pace.add(time.monotonic(), sum(self._network_bytes))
        self._note(state.state, state.problem)

    def _note(self, state: State, problem: AppError | None = None) -> None:
        is_news = (state, _failure_of(problem)) != (self._state, _failure_of(self._problem))
        self._state, self._problem = state, problem
        self._on_working(state is not State.WAITING)
        if is_news or not self._is_quiet:
            self._say()

    def _say(self) -> None:
        """Say it now; then mere numbers have to wait for a while."""
        total_bytes, done_bytes = self._job.total_bytes, sum(self._done_bytes)
        runs = self._state is State.DOWNLOADING and total_bytes is not None
        message = FetchState(
            request_id=self._request_id,
            job=self._job,
            state=self._state,
            bytes_done=done_bytes,
            bytes_total=total_bytes,
            bytes_per_s=self._pace.bytes_per_s if runs else None,
            eta_s=self._pace.eta_s(total_bytes - done_bytes) if runs and total_bytes else None,
            problem=_failure_of(self._problem),
        )
        if message == self._said:
            return
        self._said = message
        self._send(message)
        self._is_quiet = True
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(_STATE_S, self._listen)

    def _listen(self) -> None:
        self._is_quiet = False
        self._say()


def _failure_of(problem: AppError | None) -> Failure | None:
    return Failure(code=problem.code, facts=problem.facts) if problem else None
