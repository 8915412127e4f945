"""Everything that a window has for models beside the one that answers, wired together."""

import pathlib
from collections.abc import Callable

from app.catalog.catalog import Catalog
from app.catalog.starter import Starter
from app.domain.downloads.jobs import Job, job_for
from app.domain.errors import AppError
from app.downloads.client import DownloadClient
from app.library.index import LibraryIndex
from app.pipe.client import Post
from app.services.downloads import Downloads
from app.services.engine_service import EngineService
from app.services.model_folders import (
    download_folder,
    models_folders,
    open_library,
    own_folder,
    reuse_folders,
)
from app.services.model_library import ModelLibrary
from app.services.model_offers import ModelOffers, file_name
from app.services.model_wishes import ModelWishes
from app.services.network_log import NetworkLog
from app.services.repositories import Repositories
from app.services.starter_offer import starter_offer
from app.services.this_pc import ThisPc
from app.services.tokens import TokenStore
from app.settings.file import SettingsFile
from app.settings.folders import Folders


class ModelServices:
    """Lives on the owner's thread; the window makes it after its first picture.

    Attributes:
        offers: What this PC is offered.
        downloads: The queue.
        repositories: What is in no catalogue.
        library: What is installed.
        starter: The small model to try the app with, as it is offered.
        tokens: The person's token for the Hub.
        network_log: What went over the network.
        settings: Where limits, folders and the mirror are kept.
    """

    def __init__(
        self,
        folders: Folders,
        settings: SettingsFile,
        *,
        catalog: Callable[[], Catalog],
        starter: Starter,
        engine: EngineService,
        wishes: ModelWishes,
        read_pc: Callable[[], ThisPc],
        post: Post,
    ) -> None:
        """Wire it; nothing is read and nothing is fetched before `start`.

        Args:
            folders: The person's.
            settings: Changed and written here.
            catalog: What there is; read when it is first needed, on any thread.
            starter: The small model to try the app with.
            engine: Gets models that are opened.
            wishes: What the person decided for single models.
            read_pc: Measures this PC; takes seconds, is called on a thread of its own.
            post: Runs a function on the owner's thread.
        """
        self.settings = settings
        self.tokens = TokenStore()
        self.network_log = NetworkLog(folders.logs)
        self._folders = folders
        self._catalog = catalog
        self._starter = starter
        self.starter = starter_offer(starter)
        self._engine = engine
        files = open_library(folders, lambda: settings.value)
        worker = DownloadClient(post=post)
        self.downloads = self._make_downloads(worker, post)
        self.library = self._make_library(worker, post)
        self.offers = ModelOffers(catalog, files, engine, read_pc=read_pc, wishes=wishes, post=post)

        self.repositories = Repositories(
            self.downloads,
            catalog=catalog,
            library=files,
            read_machine=lambda: read_pc().machine,
            wishes_of=lambda build: wishes.of(file_name(build)),
            post=post,
        )

    def start(self) -> None:
        """Look at what is installed, and go on with what was being downloaded."""
        self.library.refresh()
        self.downloads.start()

    def job_of(self, model_id: str, build_id: str) -> Job:
        """What downloads a build, of the catalogue or of a repository that was looked up."""
        if model_id == self._starter.id:
            return self._starter.job
        if model_id in self.repositories.found:
            return self.repositories.job(model_id, build_id)
        model = next(model for model in self._catalog().models if model.id == model_id)
        build = next(build for build in model.builds if build.id == build_id)
        return job_for(build, name=model.name, model_id=model.id)

    def check_file(self, path: pathlib.Path, on_end: Callable[[AppError | None], None]) -> None:
        """Say whether a file is still what was installed; it counts as used from now on."""
        self.library.used(path)
        self.library.is_ready(path, on_end)

    def settings_changed(self) -> None:
        """The person changed something of the network."""
        self.settings.write_soon()
        self.downloads.settings_changed()

    def close(self) -> None:
        """End the download worker; what it was doing goes on at the next start."""
        self.offers.stop_tuning()
        self.library.close()
        self.downloads.close()

    def _make_downloads(self, worker: DownloadClient, post: Post) -> Downloads:
        folders, settings = self._folders, self.settings
        return Downloads(
            worker,
            models_folders=lambda: models_folders(folders, settings.value),
            download_folder=lambda: download_folder(folders, settings.value),
            settings=lambda: settings.value,
            tokens=self.tokens,
            network_log=self.network_log,
            reuse_folders=lambda: reuse_folders(folders, settings.value),
            post=post,
        )

    def _make_library(self, worker: DownloadClient, post: Post) -> ModelLibrary:
        return ModelLibrary(
            worker,
            LibraryIndex(self._folders.data),
            own_folder=own_folder(self._folders),
            settings=lambda: self.settings.value,
            keep_folders=self._keep_folders,
            models=lambda: self._catalog().models,
            look=self.downloads.look,
            in_use=self._in_use,
            post=post,
            checks_arrivals=True,
        )

    def _keep_folders(self, others: tuple[str, ...], downloads: str) -> None:
        self.settings.change(model_folders=others, download_folder=downloads)
        self.settings.write_soon()

    def _in_use(self) -> pathlib.Path | None:
        """The chat's model, loaded or not: its file must stay where it is."""
        model = self._engine.state.model
        return model.path if model else None
