"""The window's composition root: builds and wires every object; the only one to know all layers."""

import base64
import binascii
import pathlib
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from app.catalog.on_demand import CatalogueOnDemand
from app.catalog.starter import load_starter
from app.domain.errors import AppError, ChatsInUse
from app.domain.model_file import ModelFile
from app.domain.placement.values import Wishes
from app.engine.client import engine_client
from app.engine.packs import engine_folder, use_runtimes
from app.engine.runtime_packs import RUNTIMES_FOLDER
from app.engine.snapshot_files import keep_only
from app.hardware.memory import free_memory_bytes
from app.hardware.power import is_battery_low, is_on_mains
from app.media.client import DocumentReader, PictureReader
from app.services.answer_queue import AnswerWishes
from app.services.attachments import Attachments
from app.services.chat_backups import ChatBackups
from app.services.chat_keeper import ChatKeeper
from app.services.chat_library import ChatLibrary
from app.services.chat_presets import ChatPresets
from app.services.chat_service import ChatService
from app.services.engine_service import EngineService
from app.services.idle_work import IdleWork, ReadAhead
from app.services.model_loader import LoadOptions
from app.services.model_wishes import ModelWishes
from app.services.models import first_model, known_fault, model_at, starter_model
from app.services.saved_prompts import SavedPrompts
from app.settings.file import SettingsFile
from app.settings.folders import Folders
from app.settings.model import Settings
from app.ui.bridge import Bridge
from app.ui.chat.send_key import use_send_key
from app.ui.crash import show_defects
from app.ui.languages import install
from app.ui.look.measures import measures
from app.ui.look.theme import Appearance, Theme, next_percent
from app.ui.main_window import MainWindow
from app.ui.window import build_window

if TYPE_CHECKING:
    from app.services.chat_exchange import ChatExchange
    from app.services.model_services import ModelServices
    from app.services.storage_use import StorageUse
    from app.services.update_services import UpdateServices
    from app.ui.desktop.presence import Presence
    from app.ui.exchange.dialogs import ExchangeDialogs
    from app.ui.pages import Pages
    from app.ui.shell import Shell


class Program:
    """Everything behind one window.

    Attributes:
        window: Not shown yet.
        engine: The service behind it; with `chats` for tests and benchmarks.
        chats: The other service.
        library: All chats; kept as soon as it is open.
        backups: Copies of them.
    """

    def __init__(
        self, application: QApplication, folders: Folders, model: pathlib.Path | None
    ) -> None:
        """Build it; `model` takes the place of the model of the last time.

        Raises:
            CatalogBroken: The installation is damaged.
        """
        self._settings = SettingsFile(folders.config)
        notice = self._settings.load()
        settings = self._settings.value
        install(application, settings.language)
        use_runtimes(folders.data / RUNTIMES_FOLDER)
        catalog = CatalogueOnDemand(folders.config / "models.toml")
        self._folders, self._catalog, self._starter = folders, catalog, load_starter()
        given = model_at(model) if model else None
        chosen = given or first_model(self._starter, settings.last_model, self._models_folders())
        self._snapshots = folders.cache / "snapshots"
        self._bridge = Bridge()
        self._presence: Presence | None = None
        wishes = self._make_wishes(settings)
        self.engine = self._make_engine(chosen, catalog, wishes)
        self._wishes = wishes
        self._make_chats()
        self._use_preferences(settings)
        self._theme = Theme(application, _appearance(settings))
        self._use_look(settings)
        toy = starter_model(self._starter, self._models_folders())
        self.window = self._make_window([toy] if toy else [])
        self._theme.setParent(self.window)  # and follows the system no longer than there is one
        self.backups.on_leaving = self.window.settle
        self.library.open()
        self.window.preferences_changed.connect(self._keep_preferences)
        self.window.text_size_requested.connect(self._resize_text)
        show_defects(lambda error: self._bridge.post(lambda: self.window.show_defect(error)))
        if notice:
            self.window.show_defect(notice)

    def _make_chats(self) -> None:
        post, folders = self._bridge.post, self._folders
        self._attachments = Attachments(
            PictureReader(post=post),
            folders.cache / "pictures",
            documents=DocumentReader(post=post),
        )
        keeper = ChatKeeper(folders.data, post=post)
        self.library = ChatLibrary(keeper)
        self.library.on_opened = self._chats_opened
        self.library.on_gone = self.engine.forget
        self.backups = ChatBackups(self.library, keeper, folders.data, post=post)
        self.chats = ChatService(
            self.engine,
            library=self.library,
            attachments=self._attachments,
            families=self._catalog,
        )
        self._idle = IdleWork(
            self.engine,
            self.chats,
            post=post,
            is_on_mains=is_on_mains,
            is_battery_low=is_battery_low,
        )

    def _make_window(self, models: list[ModelFile]) -> MainWindow:
        settings = self._settings.value
        return build_window(
            engine=self.engine,
            chats=self.chats,
            attachments=self._attachments,
            idle=self._idle,
            make_pages=self._make_pages,
            make_exchange=self._make_exchange,
            show_about=self._show_about,
            models=models,
            geometry=_bytes(settings.window_geometry),
            report=_report,
            presets=ChatPresets(
                self.library,
                default=settings.default_preset,
                keep_default=lambda name: self._change_settings(default_preset=name),
            ),
            prompts=SavedPrompts(self.library),
        )

    def _models_folders(self) -> Iterator[pathlib.Path]:
        """Those that models lie in; known only when somebody looks into them."""
        from app.services.model_folders import models_folders

        yield from models_folders(self._folders, self._settings.value)

    def _make_wishes(self, settings: Settings) -> ModelWishes:
        return ModelWishes(
            settings.model_wishes,
            kept_bytes=settings.kept_bytes,
            keep=lambda known: self._change_settings(model_wishes=known),
        )

    def _make_engine(
        self, model: ModelFile | None, catalog: CatalogueOnDemand, wishes: ModelWishes
    ) -> EngineService:
        def before_load(model: ModelFile) -> Wishes:
            if fault := known_fault(model.path, catalog().models):
                self._bridge.post(lambda: self.window.show_defect(fault))
            return wishes.of(model.path.name)

        def check_file(path: pathlib.Path, on_end: Callable[[AppError | None], None]) -> None:
            self.models.check_file(path, on_end)

        return EngineService(
            engine_client(post=self._bridge.post),
            model,
            free_memory_bytes=free_memory_bytes,
            options=LoadOptions(
                wishes_of=before_load,
                snapshots=self._snapshots,
                snapshots_bytes=lambda: self._settings.value.snapshots_bytes,
                check_file=check_file,
            ),
            families=catalog,
            set_up=self._set_up_engine if engine_folder() else None,
        )

    @cached_property
    def models(self) -> "ModelServices":
        """Everything about models beside the one that answers."""
        from app.services.model_services import ModelServices
        from app.services.this_pc import read_this_pc

        return ModelServices(
            self._folders,
            self._settings,
            catalog=self._catalog,
            starter=self._starter,
            engine=self.engine,
            wishes=self._wishes,
            read_pc=lambda: read_this_pc(self._folders.cache),
            post=self._bridge.post,
        )

    @cached_property
    def exchange(self) -> "ChatExchange":
        """Chats to files, and of files."""
        from app.services.chat_exchange import ChatExchange

        return ChatExchange(self.library, self._folders.cache, post=self._bridge.post)

    def settle_in(self, *, is_quick: bool) -> None:
        """Hear of further starts, and be where the person wants it beside the window."""

        def work() -> None:
            import app.ui.desktop.presence  # noqa: F401

            self._bridge.post(lambda: self._be_present(is_quick=is_quick))

        threading.Thread(target=work, name="settle-in", daemon=True).start()

    def _be_present(self, *, is_quick: bool) -> None:
        from app.ui.desktop.presence import Presence

        self._presence = Presence(
            self.window,
            data=self._folders.data,
            settings=self._settings,
            engine=self.engine,
            chats=self.chats,
            person_acts=self._idle.person_acts,
        )
        if is_quick:
            self._presence.ask()

    def at_rest(self, act: Callable[[], None]) -> None:
        """Have that done once whenever a minute has passed in which nothing was done."""
        self._idle.on_rest = act

    def warm_pages(self) -> None:
        """Have unfinished downloads go on, and the other pages be there at once when gone to."""

        def work() -> None:
            # Imports take a third of a second, which the window would stand still.
            import app.services.model_services
            import app.services.storage_use
            import app.services.update_services
            import app.ui.exchange.dialogs
            import app.ui.pages  # noqa: F401

            self._bridge.post(self.window.make_pages_ahead)
            self._bridge.post(self._clear_leftovers)

        threading.Thread(target=work, name="warm-pages", daemon=True).start()

    def _clear_leftovers(self) -> None:
        self.exchange.imports.clear_leftovers()

    @cached_property
    def storage(self) -> "StorageUse":
        """What all of it takes on the disk."""
        from app.services.storage_use import StorageUse

        return StorageUse(
            self._folders, chats=self.library, models=self.models.library, post=self._bridge.post
        )

    @cached_property
    def news(self) -> "UpdateServices":
        """What the publisher has that is newer, and for other cards."""
        from app.domain.distribution import read_distribution
        from app.services.update_services import UpdateServices

        made = UpdateServices(
            self._folders,
            read_distribution(),
            self.models.downloads.urls,
            settings=lambda: self._settings.value,
            post=self._bridge.post,
        )
        made.updates.on_quit = self.window.quit
        made.packs.on_engine_change = self._engine_changed
        return made

    def _make_pages(self, frame: "Shell") -> "Pages":
        from app.ui.pages import Pages, Sources

        models, news = self.models, self.news
        pages = Pages(
            Sources(
                offers=models.offers,
                downloads=models.downloads,
                repositories=models.repositories,
                library=models.library,
                settings=self._settings,
                tokens=models.tokens,
                network_log=models.network_log,
                storage=self.storage,
                backups=self.backups,
                updates=news.updates if news.updates.is_offered else None,
                packs=news.packs if news.packs.is_offered else None,
                job_of=models.job_of,
                starter=models.starter,
                settings_changed=self._settings_changed,
            ),
            frame,
        )
        models.start()
        news.start()
        return pages

    def _engine_changed(self) -> None:
        """Other backends are there: the engine starts anew, and models may be faster."""
        self.engine.set_up_again()
        self.models.offers.refresh()

    def _make_exchange(self, window: QWidget) -> "ExchangeDialogs":
        from app.ui.exchange.dialogs import ExchangeDialogs

        return ExchangeDialogs(self.exchange, self.library, window)

    def _show_about(self, window: QWidget) -> None:
        from app.ui.about.dialog import AboutDialog
        from app.ui.about.source import about_source

        AboutDialog(about_source(self._folders, self._settings.value), window).open()

    def _set_up_engine(self, on_ready: Callable[[Mapping[str, str]], None]) -> None:
        """Try the backends, which may crash and hang, while the window lives on."""

        def work() -> None:
            from app.engine.probing import set_up_engine

            environment = set_up_engine().environment
            self._bridge.post(lambda: on_ready(environment))

        threading.Thread(target=work, name="set-up", daemon=True).start()

    def _chats_opened(self) -> None:
        """Look after the chats, and leave nothing that was read of others."""
        self.backups.chats_opened()
        self._attachments.clear_leftovers()
        keys = [chat.key for chat in (*self.library.chats, *self.library.trash)]
        threading.Thread(
            target=keep_only, args=(self._snapshots, keys), name="snapshots", daemon=True
        ).start()

    def close(self) -> None:
        """End the engine and keep what is kept between runs; waits for the engine to go."""
        if self._presence:
            self._presence.close()
        self._idle.close()
        self.window.settle()
        self._attachments.close(is_alone=not isinstance(self.library.problem, ChatsInUse))
        for made_late in ("exchange", "news", "models", "storage"):
            if made_late in self.__dict__:
                getattr(self, made_late).close()
        self.backups.close()
        self.engine.close()
        self.library.close()
        model = self.engine.state.model
        self._settings.change(
            last_model="" if model is None or model.is_toy else str(model.path.absolute()),
            window_geometry=base64.b64encode(self.window.geometry_bytes()).decode(),
        )
        self._settings.write_if_possible()
        self._bridge.close()

    def _settings_changed(self) -> None:
        """Let everything on the settings page take effect at once."""
        settings = self._settings.value
        self.models.settings_changed()
        self.news.updates.settings_changed()
        self._theme.wear(_appearance(settings))
        self._use_look(settings)
        self._use_preferences(settings)
        self._wishes.use(kept_bytes=settings.kept_bytes)
        if self._presence:
            self._presence.follow_settings()

    def _use_look(self, settings: Settings) -> None:
        measures().take(
            column=settings.reading_column,
            density=settings.density,
            is_still=settings.is_still,
            text_percent=settings.text_percent,
        )
        use_send_key(needs_ctrl=settings.sends_with_ctrl)

    def _resize_text(self, step: int) -> None:
        percent = next_percent(self._settings.value.text_percent, step)
        self._change_settings(text_percent=percent)
        self._theme.wear(_appearance(self._settings.value))
        self._use_look(self._settings.value)

    def _use_preferences(self, settings: Settings) -> None:
        self._idle.read_ahead = ReadAhead(settings.read_ahead)
        self._idle.unload_after_s = settings.unload_after_min * 60 or None
        self.chats.wishes = AnswerWishes(
            temperature=settings.temperature,
            top_p=settings.top_p,
            thinking_tokens=settings.thinking_tokens,
        )

    def _keep_preferences(self) -> None:
        wishes, idle_s = self.chats.wishes, self._idle.unload_after_s
        self._change_settings(
            temperature=wishes.temperature,
            top_p=wishes.top_p,
            thinking_tokens=wishes.thinking_tokens,
            read_ahead=self._idle.read_ahead.value,
            unload_after_min=round(idle_s / 60) if idle_s else 0,
        )

    def _change_settings(self, **changes: str | float | dict[str, Wishes] | None) -> None:
        self._settings.change(**changes)
        self._settings.write_soon()


def _appearance(settings: Settings) -> Appearance:
    return Appearance(
        scheme=settings.theme,
        is_strong=settings.is_high_contrast,
        text_percent=settings.text_percent,
    )


def _report(error: Exception) -> str:
    from app.services.diagnostics import describe

    return describe(error)


def _bytes(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True) or None
    except binascii.Error:
        return None
