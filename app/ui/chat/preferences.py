"""Carries what the settings panel says of all chats to the services."""

from PySide6.QtCore import QObject, Signal, Slot

from app.domain.chat import Effort
from app.services.answer_queue import AnswerWishes
from app.services.chat_service import ChatService
from app.services.engine_service import EnginePhase, EngineService
from app.services.idle_work import IdleWork, ReadAhead
from app.ui.chat.answer_settings import AnswerSettings


class Preferences(QObject):
    """Joins the panel with `ChatService.wishes` and `IdleWork`.

    Signals:
        changed: One of them has another value now.
    """

    changed = Signal()

    def __init__(
        self,
        panel: AnswerSettings,
        engine: EngineService,
        chats: ChatService,
        idle: IdleWork,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._engine = engine
        self._chats = chats
        self._idle = idle
        panel.chat.wishes_dropped.connect(self._drop_wishes)
        panel.read_ahead_changed.connect(self._read_ahead)
        panel.unload_after_changed.connect(self._unload_after)
        panel.free_memory_requested.connect(self._free_memory)

    def show(self, effort: Effort) -> None:
        """Bring the panel up to date for a chat of that effort."""
        self._panel.show_idle(
            read_ahead=self._idle.read_ahead, unload_after_s=self._idle.unload_after_s
        )
        self._panel.chat.show_wishes(self._chats.wishes)
        self._panel.chat.show_recommended(self._chats.recommended(effort))
        self._show_memory()

    @Slot()
    def _drop_wishes(self) -> None:
        self._chats.wishes = AnswerWishes()
        self._panel.chat.show_wishes(self._chats.wishes)
        self.changed.emit()

    @Slot(object)
    def _read_ahead(self, when: ReadAhead) -> None:
        self._idle.read_ahead = when
        self._idle.person_acts()
        self.changed.emit()

    @Slot(object)
    def _unload_after(self, seconds: float | None) -> None:
        self._idle.unload_after_s = seconds
        self._idle.person_acts()
        self.changed.emit()

    @Slot()
    def _free_memory(self) -> None:
        self._engine.free_memory()
        self._show_memory()

    def _show_memory(self) -> None:
        is_loaded = self._engine.state.phase is EnginePhase.READY
        self._panel.show_memory(can_free=is_loaded and not self._engine.is_busy)
