"""Real download workers, and folders for what they fetch."""

import pathlib
import tempfile

import pytest

from app.domain.downloads.jobs import Job
from app.domain.downloads.network import Network
from tests.helpers.download_kit import DownloadWorker, job_of
from tests.helpers.published import MODEL, REPOSITORY, SLOW


@pytest.fixture
def models(tmp_path) -> pathlib.Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


@pytest.fixture
def second_volume():
    memory = pathlib.Path("/dev/shm")
    if not memory.is_mount():
        pytest.skip("needs a second volume")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield pathlib.Path(folder)


@pytest.fixture(scope="package")
def shared_worker(tmp_path_factory):
    """One process for most tests: it forgets a request with its end."""
    log = tmp_path_factory.mktemp("worker") / "log"
    with DownloadWorker(Network(), log=log) as worker:
        yield worker
    assert not log.read_text(encoding="utf-8")


@pytest.fixture
def worker(hub, shared_worker):
    shared_worker.network = Network(endpoint=hub.url)
    return shared_worker


@pytest.fixture
def start_worker(hub, tmp_path):
    """Make workers of one's own; they are ended after the test."""
    workers: list[DownloadWorker] = []

    def start(**options) -> DownloadWorker:
        options.setdefault("network", Network(endpoint=hub.url))
        workers.append(DownloadWorker(log=tmp_path / "worker.log", **options))
        return workers[-1]

    yield start
    for made in workers:
        assert made.close() in (0, -9)


@pytest.fixture
def slow_job(hub) -> Job:
    hub.bytes_per_s_per_connection = 2_000_000
    return job_of(REPOSITORY, hub.add(REPOSITORY, {MODEL: SLOW}), {MODEL: SLOW})
