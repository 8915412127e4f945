"""Carries what the settings panel says of all chats to the services."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.domain.chat import Effort
from app.services.answer_queue import AnswerWishes
from app.services.chat_service import ChatService
from app.services.engine_service import EnginePhase, EngineService
from app.services.idle_work import IdleWork, ReadAhead
from app.ui.chat.composer import Composer

if TYPE_CHECKING:
    from app.ui.chat.answer_settings import AnswerSettings


class Preferences(QObject):
    """Joins the panel with `ChatService.wishes` and `IdleWork`.

    Signals:
        changed: One of them has another value now.
    """

    changed = Signal()

    def __init__(
        self,
        composer: Composer,
        engine: EngineService,
        chats: ChatService,
        idle: IdleWork,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._chats = chats
        self._idle = idle
        self._panel: AnswerSettings | None = None
        composer.settings_made.connect(self._serve)

    def show(self, effort: Effort) -> None:
        """Bring the panel up to date for a chat of that effort."""
        if self._panel is None:
            return
        self._panel.show_idle(
            read_ahead=self._idle.read_ahead, unload_after_s=self._idle.unload_after_s
        )
        self._panel.chat.show_wishes(self._chats.wishes)
        self._panel.chat.show_recommended(self._chats.recommended(effort))
        self._show_memory(self._panel)

    @Slot(object)
    def _serve(self, panel: "AnswerSettings") -> None:
        self._panel = panel
        panel.chat.wishes_dropped.connect(lambda: self._drop_wishes(panel))
        panel.read_ahead_changed.connect(self._read_ahead)
        panel.unload_after_changed.connect(self._unload_after)
        panel.free_memory_requested.connect(lambda: self._free_memory(panel))

    def _drop_wishes(self, panel: "AnswerSettings") -> None:
        self._chats.wishes = AnswerWishes()
        panel.chat.show_wishes(self._chats.wishes)
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

    def _free_memory(self, panel: "AnswerSettings") -> None:
        self._engine.free_memory()
        self._show_memory(panel)

    def _show_memory(self, panel: "AnswerSettings") -> None:
        is_loaded = self._engine.state.phase is EnginePhase.READY
        panel.show_memory(can_free=is_loaded and not self._engine.is_busy)
