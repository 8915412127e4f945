"""How the open chat stands, shown: its work, its thought, how full it is, what is offered."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.domain.chat import Thinking
from app.services.chat_service import ChatService
from app.services.chats import Chat, Reading
from app.services.engine_service import EngineService
from app.ui.chat.drafting import Drafting
from app.ui.chat.last_answer import last_usage, other_effort, thinking_answer
from app.ui.chat.model_memory import ModelMemory
from app.ui.chat.status_words import activity_words
from app.ui.chat.transcript import Transcript


class ChatStatus(QObject):
    """Brings transcript and composer up to date with engine and chats; changes neither.

    Signals:
        work_changed: Whether the open chat is being answered.
    """

    work_changed = Signal(bool)

    def __init__(
        self,
        *,
        engine: EngineService,
        chats: ChatService,
        memory: ModelMemory,
        drafting: Drafting,
        transcript: Transcript,
        chat: Callable[[], Chat | None],
        parent: QObject,
    ) -> None:
        """Use `chat`, which tells the one that is open."""
        super().__init__(parent)
        self._engine = engine
        self._chats = chats
        self._memory = memory
        self._drafting = drafting
        self._transcript = transcript
        self._chat = chat
        self._reading: Reading | None = None
        self._hurried: int | None = None  # the answer whose thought is being ended

    def follow_reading(self, reading: Reading | None) -> None:
        """Know how far the engine has read a question; None: it reads none any more."""
        self._reading = reading
        self.show_activity()

    def hurry(self) -> bool:
        """Take back the offer to end the open chat's thought; whether it stood."""
        answer = thinking_answer(self._chat())
        if answer is None:
            return False
        self._hurried = answer.message_id
        self.show_thinking()
        return True

    def show_work(self) -> None:
        """Show whether the open chat is being answered."""
        chat = self._chat()
        is_working = chat is not None and self._chats.working_chat_id == chat.chat_id
        self._drafting.show_work()
        self.show_thinking()
        self.work_changed.emit(is_working)

    def show_thinking(self) -> None:
        """Offer to end the thought that the answer is in, once."""
        answer = thinking_answer(self._chat())
        if answer is None:
            self._hurried = None
        is_offered = answer is not None and answer.message_id != self._hurried
        self._drafting.composer.show_thinking(is_thinking=is_offered)

    def show_offer(self) -> None:
        """Offer the last answer in the other mode, where the model has one."""
        known, chat = self._memory.of(self._engine.state.model), self._chat()
        offer = None
        if known and known.thinking is Thinking.SWITCH and chat and chat.seen():
            last = chat.messages[-1]
            if self._chats.can_answer_again(chat.chat_id, last.message_id):
                offer = (last.message_id, other_effort(last))
        self._transcript.show_offer(offer)

    def show_activity(self) -> None:
        """Say what is being done before the first word of an answer."""
        self._transcript.show_activity(activity_words(self._engine.state, self._reading))

    def show_usage(self) -> None:
        """Show what the chat took as of its last answer; a count tells more, a little later."""
        loaded = self._engine.state.loaded
        usage = last_usage(self._chat()) if loaded else None
        gauge = self._drafting.composer.gauge
        if loaded and usage:
            used = usage.prompt_tokens + usage.completion_tokens
            gauge.show_usage(used, loaded.context_tokens)
        else:
            gauge.show_nothing()
