"""What is done while nobody waits: reading ahead, writing snapshots, giving memory back.

Lives on the owner's thread; only the clock runs elsewhere.
"""

from collections.abc import Callable
from enum import StrEnum

from app.domain.chat import Effort, Role, Thinking
from app.pipe.client import Post
from app.pipe.timers import Timers
from app.services.chat_service import ChatService
from app.services.chats import Chat
from app.services.engine_service import EngineService

# Long enough to see the end of an answer, short enough to be done before the next question.
_SETTLED_S = 1.5
# A snapshot is the whole state, gigabytes of a long chat: not after every answer.
_KEEP_S = 60.0


class ReadAhead(StrEnum):
    """When the model may read what is not asked for yet."""

    OFF = "off"
    MAINS = "mains"
    ALWAYS = "always"


class IdleWork:
    """Uses the time between questions, and stops as soon as the person acts.

    Attributes:
        read_ahead: The person's wish.
        unload_after_s: Idle seconds after which the model is unloaded; None never does.
        on_rest: Called once after a minute in which nobody did anything and nothing was answered.
    """

    def __init__(
        self,
        engine: EngineService,
        chats: ChatService,
        *,
        post: Post,
        is_on_mains: Callable[[], bool],
        is_battery_low: Callable[[], bool],
    ) -> None:
        self.read_ahead = ReadAhead.MAINS
        self.unload_after_s: float | None = None
        self.on_rest: Callable[[], None] = lambda: None
        self._engine = engine
        self._chats = chats
        self._chats.on_settled = self._settled
        self._post = post
        self._is_on_mains = is_on_mains
        self._is_battery_low = is_battery_low
        self._timers = Timers("idle-timers")

    def person_acts(self) -> None:
        """Give way: somebody types, or opens something."""
        self._engine.stop_background()
        self._timers.clear("settled")
        self._rest()

    def may_read_ahead(self) -> bool:
        """Whether the model may read what is not asked for yet."""
        if self.read_ahead is ReadAhead.OFF or self._is_battery_low():
            return False
        return self.read_ahead is ReadAhead.ALWAYS or self._is_on_mains()

    def close(self) -> None:
        """End the clock."""
        self._timers.close()

    def _settled(self, chat: Chat) -> None:
        self._set("settled", _SETTLED_S, lambda: self._prepare_twin(chat))
        self._rest()

    def _rest(self) -> None:
        """Begin to count idle time."""
        self._set("keep", _KEEP_S, self._keep)
        if self.unload_after_s is not None:
            self._set("unload", self.unload_after_s, self._unload)

    def _keep(self) -> None:
        self._engine.keep_snapshots()
        if not self._engine.is_busy:
            self.on_rest()

    def _unload(self) -> None:
        if self._engine.is_busy:
            self._rest()
        else:
            self._engine.free_memory()

    def _prepare_twin(self, chat: Chat) -> None:
        """Read the chat for the effort it was not answered with, so that a switch costs nothing."""
        loaded = self._engine.state.loaded
        answers = [m for m in chat.seen() if m.role is Role.ASSISTANT]
        if loaded and loaded.thinking is Thinking.SWITCH and answers and self.may_read_ahead():
            twin = Effort.FAST if answers[-1].effort is Effort.DEEP else Effort.DEEP
            self._chats.read_ahead(chat.chat_id, effort=twin)

    def _set(self, name: str, after_s: float, action: Callable[[], None]) -> None:
        self._timers.set(name, after_s, lambda: self._post(action))
