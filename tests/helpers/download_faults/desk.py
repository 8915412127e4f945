"""Where a fault is tried: a hub, a models folder, the real worker, and what came of it."""

import contextlib
import hashlib
import pathlib
import re
import time
from collections.abc import Callable, Iterator

import msgspec

from app.domain.downloads.folder import installed_path, job_folder
from app.domain.downloads.jobs import Job, State
from app.domain.downloads.network import Network
from app.domain.errors import AppError, WorkerBug, error_from_code
from app.downloads.protocol import Fetched, FetchState, Stopped, Traffic
from tests.helpers.download_kit import DownloadWorker, job_of
from tests.helpers.hub import Fault, Hub, Pattern, sha256_of
from tests.helpers.hub.content import Content, size_of

REPOSITORY = "acme/tiny-GGUF"
PATH = "tiny-Q4_K_M.gguf"
# Two and a half segments: large enough that a file is fetched over several connections.
SIZE_BYTES = 40_000_000
FILES: dict[str, Content] = {PATH: Pattern(SIZE_BYTES), "README.md": b"# Tiny\n"}
# A server counts what it gave to the system; of a connection that ends early some of it never
# arrives.
_ON_THE_WAY_BYTES = 8_000_000
_SECRETS = re.compile(r"sig=|hf_testtoken|Bearer ")


class Unavailable(Exception):
    """A row cannot be tried on this machine; the text says why."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A fault and what must come of it.

    Attributes:
        name: For people.
        faults: What the hub does wrong from the beginning.
        act: What is done; downloads to the end by default.
        expected: A regular expression for the outcomes in their order, joined with ", ".
        most_served: How often the file's size may be sent at most.
        is_slow: Takes longer than 3 s or needs more than a checkout; not run by the tests.
    """

    name: str
    faults: tuple[Fault, ...] = ()
    act: "Callable[[Desk], None] | None" = None
    expected: str = "installed"
    most_served: float = 1.02
    is_slow: bool = False


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a row.

    Attributes:
        outcomes: Of everything that was asked of the worker, in that order.
        sentence: What the person would read last.
        served_bytes: Sent by the CDN, or arrived from a mirror.
        problems: What is not as it should be; empty for a good row.
    """

    name: str
    expected: str
    outcomes: tuple[str, ...]
    sentence: str
    served_bytes: int
    size_bytes: int
    wall_s: float
    problems: tuple[str, ...]
    unavailable: str = ""


class Workers:
    """One worker that rows share as long as it lives, and those that a row has for itself."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.log = folder / "worker.log"
        self._shared: DownloadWorker | None = None

    def shared(self) -> DownloadWorker:
        """The one that lives on."""
        if self._shared is None or not self._shared.is_running:
            self._shared = self.own()
        return self._shared

    def own(self, **options: object) -> DownloadWorker:
        """Another one; the caller closes it."""
        return DownloadWorker(Network(), log=self.log, **options)  # type: ignore[arg-type]

    def close(self) -> None:
        """End the shared one."""
        if self._shared:
            self._shared.close()


class Desk:
    """One row's hub, folder and worker.

    Attributes:
        hub: Has `FILES`.
        models_folder: Empty at the beginning.
        job: For `PATH`.
        content: What must be installed under its final name.
        outcomes: "installed", "stopped", or the name of an error, for each end.
        sentence: Of the last error.
    """

    def __init__(self, hub: Hub, folder: pathlib.Path, workers: Workers) -> None:
        self.hub = hub
        self.folder = folder
        self.models_folder = folder / "models"
        self.models_folder.mkdir()
        self.commit = hub.add(REPOSITORY, FILES)
        self.job = job_of(REPOSITORY, self.commit, {PATH: FILES[PATH]}, job_id="f" * 16)
        self.content: Content = FILES[PATH]
        self.network = Network(endpoint=hub.url)
        self.outcomes: list[str] = []
        self.sentence = ""
        self._workers = workers
        self._is_behind_mirror = False
        self._log_start = workers.log.stat().st_size if workers.log.exists() else 0

    @property
    def worker(self) -> DownloadWorker:
        """The shared one, pointed at this hub."""
        worker = self._workers.shared()
        worker.network = self.network
        return worker

    @contextlib.contextmanager
    def own_worker(self, **options: object) -> Iterator[DownloadWorker]:
        """One for this row alone."""
        with self._workers.own(**options) as worker:
            worker.network = self.network
            yield worker

    def go_through(self, network: Network) -> None:
        """Use a mirror from now on; then it counts what arrived, whatever the mirror fetched."""
        self.network = network
        self._is_behind_mirror = True

    @property
    def served_bytes(self) -> int:
        """Sent by the CDN, or arrived from a mirror."""
        if not self._is_behind_mirror:
            return self.hub.bytes_sent()
        host = self.network.endpoint.removeprefix("http://")
        events = [event for _, event in self.worker.events]
        return sum(e.bytes for e in events if isinstance(e, Traffic) and e.host == host)

    @property
    def installed_path(self) -> pathlib.Path:
        """Where the file gets its final name."""
        return installed_path(self.models_folder, self.job, self.job.files[0])

    def begin(self, worker: DownloadWorker | None = None, job: Job | None = None) -> int:
        """Have the job downloaded; return the request's id."""
        return (worker or self.worker).fetch(job or self.job, self.models_folder)

    def end(self, request_id: int, worker: DownloadWorker | None = None) -> str:
        """Wait for the end and note it."""
        try:
            done = (worker or self.worker).end_of(request_id)
        except (AppError, WorkerBug) as error:
            return self.note(error)
        if isinstance(done, Stopped):
            self.outcomes.append(f"stopped {done.wish}".strip())
        elif isinstance(done, Fetched):
            self.outcomes.append("installed")
        return self.outcomes[-1]

    def download(self, worker: DownloadWorker | None = None, job: Job | None = None) -> str:
        """Begin and end."""
        worker = worker or self.worker
        return self.end(self.begin(worker, job), worker)

    def wait_for_problem(self, request_id: int, worker: DownloadWorker | None = None) -> None:
        """Wait until it says what it waits for, and note it."""
        state = (worker or self.worker).wait_for_state(request_id, _has_problem)
        assert state.problem
        self.note(error_from_code(state.problem.code, state.problem.facts, ""))

    def wait_for_share(
        self, request_id: int, share: float, worker: DownloadWorker | None = None
    ) -> None:
        """Wait until that part of the file is on the disk."""
        count = int(share * size_of(self.content))
        (worker or self.worker).wait_for_bytes(request_id, count)

    def note(self, error: Exception) -> str:
        """An outcome that a person reads."""
        self.outcomes.append(type(error).__name__)
        self.sentence = str(error)
        return self.outcomes[-1]

    def problems(self, row: Row) -> list[str]:
        """What is not as it should be, at the end."""
        outcome, found = ", ".join(self.outcomes), []
        if not re.fullmatch(row.expected, outcome):
            found.append(f"it ended otherwise: {outcome}")
        served_bytes, size_bytes = self.served_bytes, size_of(self.content)
        if served_bytes > row.most_served * size_bytes + _ON_THE_WAY_BYTES:
            found.append(f"{served_bytes / size_bytes:.2f} of its size was sent")
        if any(entry.had_auth for entry in self.hub.log if entry.origin == "cdn"):
            found.append("a token was sent to the CDN")
        with contextlib.suppress(FileNotFoundError):
            log = self._workers.log.read_bytes()[self._log_start :].decode(errors="replace")
            found += [f"the log has {secret!r}" for secret in _SECRETS.findall(log)[:1]]
        return found + self._wrong_files(outcome.endswith("installed"))

    def _wrong_files(self, is_installed: bool) -> list[str]:
        names = [path for path in self.models_folder.rglob("*") if path.suffix == ".gguf"]
        if not is_installed:
            return [f"{path.name} has its final name" for path in names]
        if self.installed_path not in names:
            return ["it is not there"]
        found = []
        with self.installed_path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256_of(self.content):
                found.append("a wrong file has the final name")
        if job_folder(self.models_folder, self.job.id).exists():
            found.append("the job's folder stays behind")
        return found


def try_row(row: Row, hub: Hub, folder: pathlib.Path, workers: Workers) -> Result:
    """Do what a row says on an empty desk."""
    desk, begun_s, unavailable = Desk(hub, folder, workers), time.monotonic(), ""
    problems: list[str] = []
    for fault in row.faults:
        hub.fault(fault)
    try:
        if row.act:
            row.act(desk)
        else:
            desk.download()
    except Unavailable as error:
        unavailable = str(error)
    except (AssertionError, TimeoutError) as error:
        problems.append(str(error))
    return Result(
        name=row.name,
        expected=row.expected,
        outcomes=tuple(desk.outcomes),
        sentence=desk.sentence,
        served_bytes=desk.served_bytes,
        size_bytes=size_of(desk.content),
        wall_s=time.monotonic() - begun_s,
        problems=() if unavailable else (*problems, *desk.problems(row)),
        unavailable=unavailable,
    )


def _has_problem(state: FetchState) -> bool:
    return state.state is State.WAITING and state.problem is not None
