"""Everything of Cierzo on the desktop beside its window, wired to it."""

import pathlib
from collections.abc import Callable
from functools import cached_property
from typing import Protocol

from PySide6.QtCore import QObject, Slot

from app.domain.errors import OtherVersionStarted
from app.domain.version import VERSION
from app.services.chat_service import ChatService
from app.services.chats import ChatEvent
from app.services.engine_service import EngineService, EngineState
from app.settings.model import Settings
from app.ui.desktop.answer_notices import AnswerNotices
from app.ui.desktop.hot_key import HotKey
from app.ui.desktop.quick_question import QuickQuestion
from app.ui.desktop.tray import Tray
from app.ui.instance.door import Door
from app.ui.instance.summons import Summons, address
from app.ui.main_window import MainWindow
from app.ui.raising import bring_to_front
from app.ui.tray_icon import TrayIcon


class SettingsStore(Protocol):
    """The settings, and a way to have one of them kept."""

    @property
    def value(self) -> Settings:
        """What holds now."""

    def change(self, **changes: bool) -> None:
        """Let other values hold."""

    def write_soon(self) -> None:
        """Make them last."""


class Presence(QObject):
    """Belongs to a window; joins the listeners that the window has at its services."""

    def __init__(
        self,
        window: MainWindow,
        *,
        data: pathlib.Path,
        settings: SettingsStore,
        engine: EngineService,
        chats: ChatService,
        person_acts: Callable[[], None],
    ) -> None:
        """Begin.

        Args:
            window: The one window.
            data: The folder whose window it is.
            settings: What the person wants of it.
            engine: Its `on_state` is listened to.
            chats: The same with its `on_event`.
            person_acts: Called when the person does something.
        """
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._chats = chats
        self._tray: Tray | None = None
        self._door = Door(address(data), self)
        self._door.called.connect(self._come)
        self._engine, self._person_acts = engine, person_acts
        self._notices = AnswerNotices(
            window,
            open_chat=self._open_chat,
            is_wanted=lambda: settings.value.notifications,
            is_watched=self._is_watched,
        )
        self._key = HotKey(self)
        self._key.pressed.connect(self.ask)
        self._window_hears, self._window_sees = chats.on_event, engine.on_state
        chats.on_event, engine.on_state = self._hear, self._see
        window.stays_when_closed = self._stays
        window.hidden_away.connect(self._explain)
        self.follow_settings()

    @cached_property
    def quick(self) -> QuickQuestion:
        """The small window for one question; most runs need none."""
        quick = QuickQuestion(self._engine, self._chats, person_acts=self._person_acts)
        quick.opened.connect(self._open_chat)
        return quick

    @Slot()
    def ask(self) -> None:
        """Have the person ask something in passing."""
        self.quick.ask_here()

    @Slot()
    def follow_settings(self) -> None:
        """Be as the person wants it now."""
        wanted = self._settings.value
        has_tray = wanted.tray and TrayIcon.isSystemTrayAvailable()
        if has_tray and self._tray is None:
            self._tray = self._make_tray()
        elif self._tray and not has_tray:
            self._tray.leave()
            self._tray = None
        if problem := self._key.use(wanted.quick_question_key):
            self._window.show_defect(problem)

    def close(self) -> None:
        """Take all of it off the desktop."""
        self._door.close()
        self._key.release()
        if self._has_quick:
            self.quick.close()
        if self._tray:
            self._tray.leave()
            self._tray = None

    def _make_tray(self) -> Tray:
        tray = Tray(self._window)
        tray.open_requested.connect(self._open)
        tray.quick_question_requested.connect(self.ask)
        tray.new_chat_requested.connect(self._new_chat)
        tray.quit_requested.connect(self._window.quit)
        return tray

    def _hear(self, event: ChatEvent) -> None:
        self._window_hears(event)
        if self._has_quick:
            self.quick.follow(event)
        self._notices.follow(event)

    def _see(self, state: EngineState) -> None:
        self._window_sees(state)
        if self._has_quick:
            self.quick.follow_engine()

    def _is_watched(self, chat_id: int) -> bool:
        if self._window.isActiveWindow():
            return True
        return self._has_quick and self.quick.isActiveWindow() and self.quick.chat_id == chat_id

    @property
    def _has_quick(self) -> bool:
        return "quick" in self.__dict__

    def _stays(self) -> bool:
        return self._tray is not None and self._settings.value.close_to_tray

    @Slot(object)
    def _come(self, summons: Summons) -> None:
        if summons.is_quick:
            self.quick.ask_here(summons.activation_token)
        else:
            bring_to_front(self._window, summons.activation_token)
        if path := summons.model_path:
            self._window.open_model(path)
        if summons.version != VERSION:
            self._window.show_defect(OtherVersionStarted(version=summons.version, running=VERSION))

    @Slot()
    def _open(self) -> None:
        bring_to_front(self._window)

    @Slot()
    def _new_chat(self) -> None:
        bring_to_front(self._window)
        self._window.new_chat()

    @Slot(int)
    def _open_chat(self, chat_id: int) -> None:
        bring_to_front(self._window)
        if any(chat.chat_id == chat_id for chat in self._chats.chats):
            self._window.open_chat(chat_id)

    @Slot()
    def _explain(self) -> None:
        """Say once where a closed window goes."""
        if self._tray and not self._settings.value.tray_explained and self._tray.explain():
            self._settings.change(tray_explained=True)
            self._settings.write_soon()
