"""Downloads: our worker, `hf_hub_download` and curl against one hub on loopback, by turns.

Everything is written to a file system in memory. Ours includes sha256 of the whole and the final
name; the others do not check what they fetched. They get the low priority that our worker gives
itself, so that other work on the machine slows all of them alike.
"""

import pathlib
import re
import resource
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack, closing
from typing import Any

import msgspec

from app.domain.downloads.folder import installed_path, job_folder
from app.domain.downloads.jobs import Job, State
from app.domain.downloads.network import Network
from app.downloads.protocol import Fetched, Stopped
from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures
from benchmarks.processes import BareProcess, cpu_s, python_module
from tests.helpers.download_kit import DownloadWorker, job_of
from tests.helpers.hub import Fault, Pattern

PAIRS = 7
_LIMITED_PAIRS = 3
_KILLED_PAIRS = 3
_MEMORY_FOLDER = pathlib.Path("/dev/shm")
_REPOSITORY, _PATH = "acme/large-GGUF", "large-Q4_K_M.gguf"
_CONTENT = Pattern(300_000_000)
_SIZE_BYTES = _CONTENT.size_bytes
_LIMITED_BYTES_PER_S = 25_000_000
_MB = 1e6
_CURL = ["curl", "-sLf", "--noproxy", "*"]
_NICE = ["nice", "-n", "10"]
# 1 MiB for each of four connections, and 1 % of the file.
_MOST_LOST_MB = 4 * (1 << 20) / _MB + _SIZE_BYTES / 100 / _MB


def run(pairs: int) -> list[Figure]:
    """Measure speed, cost, what a kill costs, and how soon a cancel is answered."""
    with ExitStack() as stack:
        desk = stack.enter_context(closing(_Desk()))
        found = _unlimited(desk, pairs)
        found += _limited(desk, min(pairs, _LIMITED_PAIRS))
        found += _killed(desk, min(pairs, _KILLED_PAIRS))
        events = stack.enter_context(closing(BareProcess(python_module("benchmarks.bare_events"))))
        for name, fault, wait in _CANCELS:
            found += _cancelled(desk, events, pairs, name, fault, wait)
    return found


class _Hub(BareProcess):
    """The hub's process."""

    def __init__(self) -> None:
        super().__init__(python_module("tests.helpers.hub"))
        assert self._process.stdout is not None
        self.urls = msgspec.json.decode(self._process.stdout.readline())

    def sent_bytes(self) -> int:
        """By the CDN since the last `clear`."""
        log: Any = self.ask(log=1)
        return sum(entry["bytes_sent"] for entry in log if entry["origin"] == "cdn")


class _Desk:
    """The hub, our worker and hf_hub_download, all of them warm."""

    def __init__(self) -> None:
        place = _MEMORY_FOLDER if _MEMORY_FOLDER.is_dir() else None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cierzo-bench-", dir=place))
        self.models_folder = self.folder / "models"
        self.hub = _Hub()
        files = {_PATH: [_SIZE_BYTES, 0], "small.gguf": [1000, 0]}
        self.commit = self.hub.ask(add=_REPOSITORY, files=files)["commit"]
        self.job = job_of(_REPOSITORY, self.commit, {_PATH: _CONTENT})
        self.worker = self.start_worker()
        self.hf = BareProcess([*_NICE, *python_module("benchmarks.hf_download")])
        small = job_of(_REPOSITORY, self.commit, {"small.gguf": Pattern(1000)})
        self.ours(small)
        self.theirs("small.gguf")

    def close(self) -> None:
        self.worker.close()
        self.hf.close()
        self.hub.close()
        shutil.rmtree(self.folder)

    def start_worker(self) -> DownloadWorker:
        """A worker with the waits that people get."""
        network = Network(endpoint=self.hub.urls["hub"])
        return DownloadWorker(network, log=self.folder / "worker.log", pace=1)

    def ours(self, job: Job | None = None) -> Row:
        """Fetch it: MB/s, processor seconds per GB, peak memory in MB."""
        job = job or self.job
        began_s, busy_s = time.perf_counter(), cpu_s(self.worker.pid)
        end = self.worker.end_of(self.worker.fetch(job, self.models_folder), 120)
        elapsed_s, busy_s = time.perf_counter() - began_s, cpu_s(self.worker.pid) - busy_s
        if not isinstance(end, Fetched):
            raise BenchmarkError("our worker stopped")
        self.discard(job)
        return _row(elapsed_s, busy_s, peak_mb(self.worker.pid))

    def theirs(self, path: str = _PATH) -> Row:
        """The same by hf_hub_download."""
        cost = self.hf.ask(
            endpoint=self.hub.urls["hub"],
            repository=_REPOSITORY,
            path=path,
            folder=str(self.folder / "hf"),
        )
        return _row(cost["s"], cost["cpu_s"], cost["peak_mb"])

    def curl(self) -> Row:
        """The same by curl, as a process of its own."""
        target = self.folder / "curl"
        address = f"{self.hub.urls['hub']}/{_REPOSITORY}/resolve/main/{_PATH}"
        before, began_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([*_NICE, *_CURL, "-o", target, address], check=True)
        elapsed_s = time.perf_counter() - began_s
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        target.unlink()
        busy_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return _row(elapsed_s, busy_s, 0)

    def discard(self, job: Job) -> None:
        """Forget what was fetched of a job."""
        installed_path(self.models_folder, job, job.files[0]).unlink(missing_ok=True)
        shutil.rmtree(job_folder(self.models_folder, job.id), ignore_errors=True)


def _unlimited(desk: _Desk, pairs: int) -> list[Figure]:
    """Each of the three is first, second and last equally often."""
    contenders = [desk.ours, desk.theirs, desk.curl]
    rows: list[dict[int, Row]] = []
    for i in range(pairs):
        turn = [(i + k) % 3 for k in range(3)]
        rows.append({which: contenders[which]() for which in turn})
    ours_hf = [(row[0], row[1]) for row in rows]
    ours_curl = [(row[0][:2], row[2][:2]) for row in rows]
    return [
        *figures(
            ours_hf,
            Spec("downloads.unlimited", "MB/s", Limit("ratio", ">=", 1.0)),
            Spec("downloads.cpu", "s/GB"),
            Spec("downloads.memory", "MB", Limit("ours", "<=", 120)),
        ),
        *figures(
            ours_curl,
            Spec("downloads.unlimited_curl", "MB/s"),
            Spec("downloads.cpu_curl", "s/GB"),
        ),
    ]


def _limited(desk: _Desk, pairs: int) -> list[Figure]:
    """25 MB/s for each connection, as from a CDN; the base is one connection."""
    desk.hub.ask(rate=_LIMITED_BYTES_PER_S)
    rows = []
    for i in range(pairs):
        early = desk.curl() if i % 2 else None
        ours = desk.ours()
        rows.append((ours[:1], (early or desk.curl())[:1]))
    desk.hub.ask(rate=0)
    return figures(rows, Spec("downloads.limited", "MB/s", Limit("ratio", ">=", 3.0)))


def _killed(desk: _Desk, pairs: int) -> list[Figure]:
    """SIGKILL at about half of the file, then again from the start: what is sent twice."""
    desk.hub.ask(rate=_LIMITED_BYTES_PER_S)
    rows = [(_lost_by_us(desk), _lost_by_hf(desk)) for _ in range(pairs)]
    desk.hub.ask(rate=0)
    return figures(rows, Spec("downloads.killed", "MB", Limit("ours", "<=", _MOST_LOST_MB)))


def _lost_by_us(desk: _Desk) -> Row:
    desk.hub.ask(clear=1)
    request_id = desk.worker.fetch(desk.job, desk.models_folder)
    desk.worker.wait_for_bytes(request_id, _SIZE_BYTES // 2)
    desk.worker.kill()
    desk.worker = desk.start_worker()
    desk.ours()
    return ((desk.hub.sent_bytes() - _SIZE_BYTES) / _MB,)


def _lost_by_hf(desk: _Desk) -> Row:
    desk.hub.ask(clear=1)
    orphans = desk.folder / "hf"
    question = {"endpoint": desk.hub.urls["hub"], "repository": _REPOSITORY, "path": _PATH}
    victim = subprocess.Popen(
        python_module("benchmarks.hf_download"), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert victim.stdin is not None
    line = msgspec.json.encode({**question, "folder": str(orphans)})
    victim.stdin.write(line + b"\n")
    victim.stdin.flush()
    desk.hub.ask(wait="cdn", bytes=_SIZE_BYTES // 2)
    victim.kill()
    victim.communicate()
    desk.theirs()
    return ((desk.hub.sent_bytes() - _SIZE_BYTES) / _MB,)


_NEVER_S = 60
_CANCELS: tuple[tuple[str, Fault | None, tuple[str, int] | State], ...] = (
    ("full_speed", None, State.DOWNLOADING),
    ("hub_silent", Fault(origin="hub", method="HEAD", delay_s=_NEVER_S), ("hub", 0)),
    ("cdn_silent", Fault(origin="cdn", delay_s=_NEVER_S), ("cdn", 0)),
    (
        "stalled",
        Fault(origin="cdn", stall_after_bytes=1_000_000, stall_s=_NEVER_S),
        ("cdn", 1_000_000),
    ),
    ("busy", Fault(origin="cdn", status=503), State.WAITING),
)


def _cancelled(
    desk: _Desk,
    events: BareProcess,
    pairs: int,
    name: str,
    fault: Fault | None,
    wait: tuple[str, int] | State,
) -> list[Figure]:
    """From the cancel to its answer; the base is the lateness of an event in an idle process."""

    def cancel() -> Row:
        desk.hub.ask(clear=1)
        if fault:
            desk.hub.ask(fault=msgspec.to_builtins(fault))
        late_ms = float(events.ask()["late_ms"])
        request_id = desk.worker.fetch(desk.job, desk.models_folder)
        if isinstance(wait, State):
            desk.worker.wait_for_state(request_id, lambda state: state.state is wait)
        else:
            desk.hub.ask(wait=wait[0], bytes=wait[1])
        began_s = time.perf_counter()
        desk.worker.cancel(request_id)
        end = desk.worker.end_of(request_id)
        elapsed_ms = (time.perf_counter() - began_s) * 1000
        if not isinstance(end, Stopped):
            raise BenchmarkError("the file was there before it was cancelled")
        desk.discard(desk.job)
        return elapsed_ms, late_ms

    rows = [cancel() for _ in range(pairs)]
    desk.hub.ask(clear=1)
    spec = Spec(f"downloads.cancel.{name}", "ms", Limit("ours", "<=", 200))
    return figures([((ours,), (base,)) for ours, base in rows], spec)


def _row(elapsed_s: float, busy_s: float, peak_mb: float) -> Row:
    return _SIZE_BYTES / elapsed_s / _MB, busy_s / _SIZE_BYTES * 1e9, peak_mb


def peak_mb(pid: int) -> float:
    """The most memory that was resident, from Linux's own books."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024 / _MB
