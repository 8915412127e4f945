"""Downloads and library for one command line: the window's services without Qt's event loop."""

import contextlib
import pathlib
import queue
import time
from collections.abc import Callable
from functools import cached_property
from types import TracebackType
from typing import Self

from app.catalog.catalog import Catalog, load_catalog
from app.cli.output import print_warning
from app.domain.downloads.jobs import Download
from app.domain.placement.values import Machine, Wishes
from app.domain.repository_name import RepositoryName
from app.downloads.client import DownloadClient
from app.downloads.protocol import Looked
from app.library.index import LibraryIndex
from app.services.download_entry import entry_of
from app.services.download_jobs import read_jobs
from app.services.downloads import Downloads
from app.services.found_repository import FoundRepository
from app.services.library import Library
from app.services.model_folders import (
    download_folder,
    models_folders,
    open_library,
    own_folder,
    reuse_folders,
)
from app.services.model_library import ModelLibrary
from app.services.network_log import NetworkLog
from app.services.repositories import Repositories
from app.services.this_pc import read_this_pc
from app.services.tokens import TokenStore
from app.settings.file import SettingsFile
from app.settings.folders import Folders
from app.settings.model import Settings

# Windows would not let Ctrl-C interrupt a wait without an end.
_TURN_S = 0.25


class Desk:
    """Makes what a command needs when it needs it, and ends it afterwards.

    Attributes:
        folders: The person's.
        catalog: What is wrong with it was said on stderr.
        tokens: The person's token for the Hub.
    """

    def __init__(self, folders: Folders) -> None:
        self.folders = folders
        self.catalog: Catalog = load_catalog(own=folders.config / "models.toml")
        for problem in self.catalog.problems:
            print_warning(str(problem))
        self.tokens = TokenStore()
        self._settings = SettingsFile(folders.config)
        self._settings.load()
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._closing = contextlib.ExitStack()
        self._folder: pathlib.Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.close()

    @property
    def settings(self) -> Settings:
        """As they are now."""
        return self._settings.value

    @cached_property
    def library(self) -> Library:
        """What is installed."""
        return open_library(self.folders, lambda: self.settings)

    @cached_property
    def worker(self) -> DownloadClient:
        """What fetches, reads and copies whole files, in a process of its own."""
        worker = DownloadClient(post=self._posted.put)
        self._closing.callback(worker.close)
        return worker

    @cached_property
    def downloads(self) -> Downloads:
        """The queue; nothing is fetched before it is told to start."""
        downloads = Downloads(
            self.worker,
            models_folders=self.models_folders,
            download_folder=self._download_folder,
            settings=lambda: self.settings,
            tokens=self.tokens,
            network_log=NetworkLog(self.folders.logs),
            reuse_folders=lambda: reuse_folders(self.folders, self.settings),
            post=self._posted.put,
        )
        self._closing.callback(downloads.close)
        return downloads

    @cached_property
    def models(self) -> ModelLibrary:
        """What is installed, for commands that change it; looked at already.

        It is never closed, since that would delete for good what was only removed. Commands wait
        until it is settled.
        """
        models = ModelLibrary(
            self.worker,
            LibraryIndex(self.folders.data),
            own_folder=own_folder(self.folders),
            settings=lambda: self.settings,
            keep_folders=self._keep_folders,
            models=lambda: self.catalog.models,
            look=self._look,
            in_use=lambda: None,
            post=self._posted.put,
        )
        models.refresh()
        self._settle(models, lambda: None)
        return models

    def settle(self, on_turn: Callable[[], None] = lambda: None) -> None:
        """Wait until the library has done what it was asked.

        Args:
            on_turn: Called again and again meanwhile.

        Raises:
            AppError: Something of it failed.
        """
        self._settle(self.models, on_turn)
        if self.models.problem:
            raise self.models.problem

    def download_into(self, folder: pathlib.Path) -> None:
        """Put what this command downloads there; it becomes a models folder.

        Raises:
            AppError: It cannot be one.
        """
        self._folder = folder.absolute()
        if self._folder not in self.models_folders():
            self.models.add_folder(self._folder)
            self.settle()

    def models_folders(self) -> tuple[pathlib.Path, ...]:
        """All that models lie in."""
        return models_folders(self.folders, self.settings)

    def kept_downloads(self) -> tuple[Download, ...]:
        """The queue as it lies on the disk; nothing goes on."""
        kept = read_jobs(self.models_folders(), only_looks=True)
        is_offline = self.settings.is_offline
        return tuple(
            entry_of(one, is_offline=is_offline).shown for one in kept if not one.job.is_dismissed
        )

    def machine(self) -> Machine:
        """This PC; it is measured where that was not done yet."""
        return read_this_pc(self.folders.cache).machine

    def look(
        self, name: RepositoryName, *, needs_prices: Callable[[FoundRepository], bool]
    ) -> FoundRepository:
        """Ask the Hub what a repository holds, and perhaps how its builds fit this PC.

        Args:
            name: Which one.
            needs_prices: Whether it is worth waiting for them, which takes seconds.

        Raises:
            AppError: It cannot be asked, or holds no model.
        """
        repositories = Repositories(
            self.downloads,
            catalog=lambda: self.catalog,
            library=self.library,
            read_machine=self.machine,
            wishes_of=lambda build: Wishes(),
            post=self._posted.put,
        )
        errors: list[Exception] = []

        def is_done() -> bool:
            found = repositories.found.get(name.repository)
            return bool(errors) or (
                found is not None and (found.is_priced or not needs_prices(found))
            )

        repositories.look(
            name,
            lambda end: errors.append(end) if isinstance(end, Exception) else None,
            needs_prices=needs_prices,
        )
        self.wait_for(is_done)
        if errors:
            raise errors[0]
        return repositories.found[name.repository]

    def wait_for(self, condition: Callable[[], bool], *, limit_s: float | None = None) -> bool:
        """Do what the services posted until the condition holds, or the time is over.

        Returns:
            Whether it holds.
        """
        end_s = None if limit_s is None else time.monotonic() + limit_s
        while not condition():
            if end_s is not None and time.monotonic() >= end_s:
                return False
            self.handle_next()
        return True

    def handle_next(self) -> None:
        """Do the next thing that a service posted; waits a moment for it."""
        with contextlib.suppress(queue.Empty):
            self._posted.get(timeout=_TURN_S)()

    def _settle(self, models: ModelLibrary, on_turn: Callable[[], None]) -> None:
        while True:
            done: list[bool] = []
            models.when_settled(lambda: done.append(True))  # noqa: B023 - called in this turn only
            self.wait_for(lambda: bool(done))  # noqa: B023
            if not models.works:
                return
            while models.works:
                self.handle_next()
                on_turn()

    def _look(self, repository: str, on_end: Callable[[Looked | Exception], None]) -> None:
        """Most commands never ask the Hub, so the queue is made by the first that does."""
        self.downloads.look(repository, on_end)

    def _keep_folders(self, others: tuple[str, ...], downloads: str) -> None:
        self._settings.change(model_folders=others, download_folder=downloads)
        self._settings.write()

    def _download_folder(self) -> pathlib.Path:
        return self._folder or download_folder(self.folders, self.settings)
