"""The downloads' service on a test's own thread, with a worker that does what the test says."""

import contextlib
import pathlib
import queue

import msgspec

from app.domain.builds import BuildFile
from app.domain.downloads.folder import job_folder
from app.domain.downloads.jobs import Job
from app.services.downloads import Downloads
from app.services.network_log import NetworkLog
from app.settings.model import Settings
from tests.helpers.fake_download_client import FakeDownloadClient

FILES = (BuildFile(path="t.gguf", bytes=1000, sha256="0" * 64),)


def job_named(name: str, **facts) -> Job:
    values = {"repository": f"acme/{name}", "files": FILES, **facts}
    return Job(id=name, name=name, model_id=name, build="Q4_K_M", **values)


class FakeTokens:
    """A key store that answers at once."""

    def __init__(self) -> None:
        self.token = ""

    def get(self) -> str:
        return self.token


class DownloadsDesk:
    """The service; `settle` runs what its threads posted."""

    def __init__(self, folder: pathlib.Path, settings: Settings | None = None) -> None:
        self.models = folder / "models"
        self.folders = (self.models,)
        self.download_folder = self.models
        self.settings = settings or Settings()
        self.posted: queue.SimpleQueue = queue.SimpleQueue()
        self.client = FakeDownloadClient()
        self.tokens = FakeTokens()
        self.network_log = NetworkLog(folder / "logs")
        self.told: list[tuple] = []
        self.installed: list[str] = []
        self.downloads = Downloads(
            self.client,
            models_folders=lambda: self.folders,
            download_folder=lambda: self.download_folder,
            settings=lambda: self.settings,
            tokens=self.tokens,
            network_log=self.network_log,
            reuse_folders=lambda: (),
            post=self.posted.put,
            look_s=0.02,
        )
        self.downloads.on_change = lambda: self.told.append(self.downloads.downloads)
        self.downloads.on_installed = lambda download: self.installed.append(download.job.id)

    def settle(self, condition) -> None:
        while not condition():
            self.posted.get(timeout=20)()

    def add(self, *names: str, **facts) -> None:
        for name in names:
            self.downloads.add(job_named(name, **facts))

    def fetch(self, name: str):
        """Wait until that job is fetched."""
        self.settle(lambda: name in self.client.running)
        return self.client.open(name)

    def run(self, *names: str):
        """Add jobs and wait until the last of them is fetched."""
        self.add(*names)
        return self.fetch(names[-1])

    def shown(self, name: str):
        return next((one for one in self.downloads.downloads if one.job.id == name), None)

    def state(self, name: str):
        return self.shown(name).state

    def kept(self, name: str) -> Job | None:
        path = job_folder(self.models, name) / "job.json"
        with contextlib.suppress(FileNotFoundError):
            return msgspec.json.decode(path.read_bytes(), type=Job)
        return None

    def change(self, **changes) -> None:
        self.settings = msgspec.structs.replace(self.settings, **changes)
        self.downloads.settings_changed()

    @property
    def names(self) -> str:
        return "".join(one.job.id for one in self.downloads.downloads)
