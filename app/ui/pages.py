"""The pages that are not the chat, each built when it is first gone to."""

import pathlib
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.domain.downloads.jobs import Download, Job
from app.domain.library import Installed
from app.domain.model_file import ModelFile
from app.domain.updates import Release
from app.services.hub_access import endpoint_of
from app.services.offers import ModelOffer
from app.services.starter_offer import is_starter
from app.ui.chat.page_links import Page
from app.ui.chat.welcome import Welcome
from app.ui.library.library_list import LibraryList
from app.ui.library.source import ModelLibrary
from app.ui.models.download_badge import DownloadBadge
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.download_notices import DownloadNotices
from app.ui.models.first_run import FirstRun
from app.ui.models.page import ModelsPage
from app.ui.models.source import Downloads, DownloadTerms, ModelOffers, Repositories
from app.ui.settings.settings_page import SettingsPage
from app.ui.settings.source import (
    ChatBackups,
    NetworkLog,
    SettingsSource,
    StorageUse,
    TokenStore,
)
from app.ui.settings.update_source import RuntimePacks, Updates
from app.ui.shell import Shell


class Sources(NamedTuple):
    """What the pages show, and what they ask of it."""

    offers: ModelOffers
    downloads: Downloads
    repositories: Repositories
    library: ModelLibrary
    settings: SettingsSource
    tokens: TokenStore
    network_log: NetworkLog
    storage: StorageUse
    backups: ChatBackups
    job_of: Callable[[str, str], Job]
    starter: ModelOffer
    settings_changed: Callable[[], None]
    updates: Updates | None = None
    packs: RuntimePacks | None = None


class Pages(QObject):
    """Takes over every `on_change` of its sources.

    Attributes:
        badge: What the way to the Models page says of downloads.

    Signals:
        back_requested, sidebar_requested, open_file_requested: Buttons of all pages.
        model_used: Another model is the chat's now.
        file_used: Path of a model file that is to be the chat's.
        installed_changed: A list of the `ModelFile` that can be used.
        news_came: A sentence about a newer version.
    """

    back_requested = Signal()
    sidebar_requested = Signal()
    open_file_requested = Signal()
    model_used = Signal()
    file_used = Signal(str)
    installed_changed = Signal(object)
    news_came = Signal(str)

    def __init__(self, sources: Sources, frame: Shell) -> None:
        """Make pages that are shown in `frame`; it is part of the window."""
        super().__init__(frame)
        self._frame = frame
        self._sources = sources
        self._made: dict[Page, ModelsPage | SettingsPage] = {}
        self._begun: SettingsPage | None = None  # with some of its sections
        self._maker = QTimer(self, interval=0)
        self._maker.timeout.connect(self._make_more)
        self._list: LibraryList | None = None
        self._first_run: FirstRun | None = None
        self._installed: tuple[Installed, ...] = ()
        self._feed = DownloadFeed(sources.downloads, job_of=sources.job_of, terms=self._terms)
        self.badge = DownloadBadge(self._feed)
        self._notices = DownloadNotices(self._feed, frame.window())
        self._feed.installed.connect(self._came)
        sources.library.on_change = self._show_library
        if sources.updates:
            sources.updates.on_found = self._found_release

    def page(self, which: Page) -> QWidget:
        """The page, as it is to be shown."""
        if which not in self._made:
            self._made[which] = made = self._make(which)
            made.back_requested.connect(self.back_requested)
            made.sidebar_requested.connect(self.sidebar_requested)
        return self._made[which]

    def make_ahead(self) -> None:
        """Make the pages part by part, while nobody waits for one."""
        self._maker.start()

    def arrive(self, which: Page) -> None:
        """It is on the screen."""
        self._made[which].arrive()
        if which is Page.MODELS:
            self._sources.library.refresh()
            self.badge.acknowledge()

    def show_updates(self) -> None:
        """On the settings page, which is on the screen."""
        settings = self._made.get(Page.SETTINGS)
        if isinstance(settings, SettingsPage):
            settings.show_updates()

    def begin_first_run(self, welcome: Welcome, show_all: Callable[[], None]) -> None:
        """Recommend a model in the empty chat, unless there is one."""
        self._first_run = first_run = FirstRun(
            self._sources.offers,
            self._feed,
            welcome,
            starter=self._sources.starter,
            has_models=lambda: any(
                m.is_there and not is_starter(m, self._sources.starter)
                for m in self._sources.library.installed
            ),
            parent=self,
        )
        first_run.all_requested.connect(show_all)
        self._sources.offers.on_change = first_run.show_offers

    def _make(self, which: Page) -> ModelsPage | SettingsPage:
        sources = self._sources
        if which is Page.SETTINGS:
            settings = self._begin_settings()
            settings.make_all()
            return settings
        self._list = LibraryList(sources.library)
        self._list.use_requested.connect(self.file_used)
        self._list.download_requested.connect(sources.downloads.add)
        models = ModelsPage(
            sources.offers,
            feed=self._feed,
            repositories=sources.repositories,
            installed_path=self._installed_path,
            installed_view=self._list,
        )
        self._put_behind(models)
        if self._first_run:
            sources.offers.on_change = _both(sources.offers.on_change, self._first_run.show_offers)
        models.searched.connect(self._list.search)
        models.model_used.connect(self.model_used)
        models.file_used.connect(self.file_used)
        models.open_file_requested.connect(self.open_file_requested)
        return models

    def _begin_settings(self) -> SettingsPage:
        if self._begun is None:
            sources = self._sources
            self._begun = SettingsPage(
                settings=sources.settings,
                tokens=sources.tokens,
                network_log=sources.network_log,
                library=sources.library,
                storage=sources.storage,
                backups=sources.backups,
                updates=sources.updates,
                packs=sources.packs,
            )
            self._put_behind(self._begun)
            self._begun.changed.connect(self._settings_changed)
        return self._begun

    def _put_behind(self, page: QWidget) -> None:
        """Give it its place before it is full: a full one takes 30 ms to go there."""
        page.hide()
        page.setParent(self._frame)

    @Slot()
    def _make_more(self) -> None:
        settings = self._begin_settings()
        if settings.make_next():
            return
        self._maker.stop()
        self.page(Page.MODELS)
        # Drawn once for nobody, it has its styles and its layout: half of what a first visit takes.
        settings.setGeometry(self._frame.page.geometry())
        settings.grab()

    @Slot()
    def _settings_changed(self) -> None:
        self._sources.settings_changed()
        self._feed.changed.emit()

    def _found_release(self, release: Release) -> None:
        words = self.tr("Cierzo {version} is there.").format(version=release.version)
        self.news_came.emit(words)

    @Slot(object)
    def _came(self, download: Download) -> None:
        self._sources.library.came(download.job)
        models = self._made.get(Page.MODELS)
        if models and models.isVisible():
            self.badge.acknowledge()  # the page says it

    def _show_library(self) -> None:
        if self._list:
            self._list.show_library()
        settings = self._made.get(Page.SETTINGS)
        if isinstance(settings, SettingsPage):
            settings.show_library()
        self._feed.changed.emit()  # room on the disk
        installed = self._sources.library.installed
        if _offered(installed) != _offered(self._installed):
            is_shown = self._first_run is not None and self._first_run.needs_prices
            models = self._made.get(Page.MODELS)
            if (models and models.isVisible()) or is_shown:  # else when somebody goes there
                self._sources.offers.refresh()
            self.installed_changed.emit(_model_files(installed, self._sources.starter))
        self._installed = installed
        if self._first_run:
            self._first_run.look()

    def _installed_path(self, repository: str, build_id: str) -> pathlib.Path | None:
        """Where a build lies, as far as it is known without looking at the disk."""
        for model in self._sources.library.installed:
            if (model.repository, model.build) == (repository, build_id) and model.is_there:
                return model.path
        return None

    def _terms(self) -> DownloadTerms:
        settings = self._sources.settings.value
        folders = self._sources.library.folders
        return DownloadTerms(
            is_offline=settings.is_offline,
            bytes_per_s=settings.download_bytes_per_s,
            free_bytes=next((f.free_bytes for f in folders if f.is_download_folder), None),
            endpoint=endpoint_of(settings),
        )


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def act() -> None:
        first()
        second()

    return act


def _offered(installed: tuple[Installed, ...]) -> list[tuple[object, ...]]:
    """What menu and cards show of the library."""
    return [
        (m.path, m.name, m.build, m.is_there, [file.check for file in m.all_files])
        for m in installed
    ]


def _model_files(installed: tuple[Installed, ...], starter: ModelOffer) -> list[ModelFile]:
    """What the model menu offers; builds of the same model are told apart."""
    there = [model for model in installed if model.is_there]
    names = [model.name for model in there]

    def name(model: Installed) -> str:
        is_one_of_several = names.count(model.name) > 1
        return f"{model.name} {model.build}".strip() if is_one_of_several else model.name

    return [
        ModelFile(name=name(model), path=model.path, is_toy=is_starter(model, starter))
        for model in there
    ]
