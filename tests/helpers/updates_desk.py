"""Updates and runtime packs with the real download worker; the test is the event loop."""

import pathlib
import subprocess

from app.domain.distribution import Distribution, Kind
from app.domain.updates import System
from app.downloads.client import DownloadClient
from app.services.downloads import Downloads
from app.services.network_log import NetworkLog
from app.services.runtime_packs import PackPhase, RuntimePacks
from app.services.update_manifests import UpdateManifests
from app.services.updates import UpdatePhase, Updates
from app.settings.model import Settings
from tests.helpers.posted import Posted
from tests.helpers.publisher import ABI, TARGET

# Fast, and patient enough for a server that has to share its core: a look is not tried again.
_PACE = 0.5


class NoTokens:
    """A key store that must not be asked."""

    def get(self) -> str:
        raise AssertionError("the key store was asked")


class SharedWorker:
    """One worker process for many desks after one another: starting one takes a second."""

    def __init__(self) -> None:
        self.desk: Posted | None = None
        self.client = DownloadClient(post=self._post, test_pace=_PACE)

    def _post(self, action) -> None:
        if self.desk:
            self.desk.post(action)


class UpdatesDesk(Posted):
    """One run of a copy; several desks on one folder are runs after one another.

    Attributes:
        started: Installers that were started.
        quits: How often the program was asked to end.
        found: Versions that the window was told of.
        restarts: How often the engine was told to start anew.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        distribution: Distribution,
        worker: SharedWorker,
        *,
        version: str = "0.1.0",
        system: str = "",
        devices=(),
        abi: str = ABI,
        **settings: object,
    ) -> None:
        super().__init__()
        worker.desk = self
        self.settings = Settings(**{"looks_for_updates": True, **settings})
        self.folder = folder
        self.quits, self.restarts, self.found = 0, 0, []
        self.log = NetworkLog(folder / "logs")
        self.downloads = Downloads(
            worker.client,
            models_folders=lambda: (),
            download_folder=lambda: folder,
            settings=lambda: self.settings,
            tokens=NoTokens(),
            network_log=self.log,
            reuse_folders=lambda: (),
            post=self.post,
        )
        urls = self.downloads.urls
        self.manifests = UpdateManifests(distribution, folder / "data", urls, post=self.post)
        self.updates = Updates(
            distribution,
            self.manifests,
            urls,
            folder=self.cache,
            system=System(target=TARGET, version=system),
            may_look=lambda: self.settings.looks_for_updates and not self.settings.is_offline,
            post=self.post,
            version=version,
        )
        self.packs = RuntimePacks(
            self.manifests,
            urls,
            runtimes=self.runtimes,
            downloads=folder / "cache" / "runtimes",
            abi=abi,
            target=TARGET,
            read_devices=lambda: devices,
            post=self.post,
        )
        self.updates.on_found = lambda release: self.found.append(release.version)
        self.updates.on_quit = self._quit
        self.packs.on_engine_change = self._restart

    @property
    def cache(self) -> pathlib.Path:
        """Where installers come to."""
        return self.folder / "cache" / "updates"

    @property
    def runtimes(self) -> pathlib.Path:
        """Where packs are installed."""
        return self.folder / "data" / "runtimes"

    @property
    def state(self):
        """Of the updates."""
        return self.updates.state

    def start(self) -> "UpdatesDesk":
        """Do as the window does, until nothing goes on any more."""
        started = []
        self.packs.start()
        self.manifests.start(lambda: (self.updates.start(), started.append(True)))
        self.wait(lambda: started)
        self.rest()
        return self

    def rest(self) -> None:
        """Wait until updates and packs do nothing any more, their threads included."""
        self.wait(
            lambda: (
                self.state.phase is UpdatePhase.RESTING
                and self.packs.state.phase is PackPhase.RESTING
            )
        )
        for work in (self.updates._disk, self.packs._work, self.manifests._work):
            done = []
            work.do(lambda: None, done.append)
            self.wait(lambda done=done: done)

    def look(self) -> None:
        """Press “Look now” and wait."""
        self.updates.look()
        self.rest()

    def download(self) -> None:
        """Press “Download” and wait."""
        self.updates.download()
        self.rest()

    def install(self) -> None:
        """Say yes and wait."""
        self.updates.install()
        self.rest()

    @property
    def problem(self) -> str:
        """The code of what went wrong with updates."""
        return self.state.problem.code if self.state.problem else ""

    def close(self) -> None:
        """The program ends; the worker is left to the next."""
        self.updates.close()
        self.packs.close()
        self.manifests.close()

    def _quit(self) -> None:
        self.quits += 1

    def _restart(self) -> None:
        self.restarts += 1


def setup_program(note: pathlib.Path) -> bytes:
    """An installer that leaves a note when it runs."""
    return f"#!/bin/sh\necho ran > '{note}'\n".encode()


def let_run(desk: UpdatesDesk, kind: Kind = Kind.WINDOWS) -> None:
    """What Windows needs no permission for; parts of downloads are private files elsewhere."""
    assert kind is Kind.WINDOWS
    for path in desk.cache.iterdir():
        subprocess.run(["chmod", "u+x", path], check=True)
