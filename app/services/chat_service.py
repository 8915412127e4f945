"""Chats, the queue of questions and the one answer that is being written.

Lives on one thread, the owner's. One question is worked on at a time, the others wait in order,
whichever chat they belong to. Every change is told through `on_event`, so that a front end never
has to ask what is new.
"""

import collections
import itertools
import time
from collections.abc import Callable
from enum import StrEnum

import msgspec

from app.domain.chat import FinishReason, Message, Role, Sampling, Timings, Usage
from app.domain.errors import Cancelled, PromptError
from app.engine.protocol import Generated, TextDelta
from app.pipe.client import End
from app.pipe.messages import Event, Progress
from app.services.engine_service import Answering, EngineService

_TITLE_CHARACTERS = 60
_SECONDS_BEFORE_ESTIMATE = 1.0


class MessageState(StrEnum):
    """What became of a message.

    A question is QUEUED, then WORKING until its answer ends, then DONE, or UNANSWERED when no
    word of an answer came. An answer is WORKING, then DONE, STOPPED (by the person), CUT (length
    or context reached) or INTERRUPTED (by a failure).
    """

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    UNANSWERED = "unanswered"
    STOPPED = "stopped"
    CUT = "cut"
    INTERRUPTED = "interrupted"


# Questions that the model knows nothing of.
_NOT_SEEN = (MessageState.QUEUED, MessageState.UNANSWERED)


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One question or answer on the screen; the numbers belong to answers."""

    message_id: int
    role: Role
    text: str
    state: MessageState
    model: str = ""
    seed: int | None = None
    usage: Usage | None = None
    timings: Timings | None = None


class Chat:
    """A conversation: its title and its messages in order."""

    def __init__(self, chat_id: int) -> None:
        self.chat_id = chat_id
        self.title = ""
        self.messages: list[ChatMessage] = []

    def index(self, message_id: int) -> int:
        """Where that message is; it is known to exist."""
        return next(i for i, m in enumerate(self.messages) if m.message_id == message_id)


class ChatAdded(msgspec.Struct, frozen=True):
    """A new chat, newest first."""

    chat: Chat


class ChatChanged(msgspec.Struct, frozen=True):
    """Its title changed, or work in it began or ended (`ChatService.working_chat_id`)."""

    chat: Chat


class MessageAdded(msgspec.Struct, frozen=True):
    """At that place in the chat: an answer stands before the questions that wait behind it."""

    chat_id: int
    index: int
    message: ChatMessage


class MessageChanged(msgspec.Struct, frozen=True):
    """Same message, new state or numbers; its text grows by `TextAdded` alone."""

    chat_id: int
    message: ChatMessage


class MessageRemoved(msgspec.Struct, frozen=True):
    """It is no longer part of the chat."""

    chat_id: int
    message_id: int


class TextAdded(msgspec.Struct, frozen=True):
    """More words of the answer that is being written."""

    chat_id: int
    message_id: int
    text: str


class Reading(msgspec.Struct, frozen=True):
    """The model reads the prompt; `left_s` is None until there is something to estimate from."""

    chat_id: int
    done_tokens: int
    total_tokens: int
    left_s: float | None


class QuestionReturned(msgspec.Struct, frozen=True):
    """A question left the chat and belongs in the composer again."""

    chat_id: int
    text: str


class Trouble(msgspec.Struct, frozen=True):
    """Something failed; `chat_id` None concerns no chat in particular."""

    chat_id: int | None
    error: Exception


ChatEvent = (
    ChatAdded
    | ChatChanged
    | MessageAdded
    | MessageChanged
    | MessageRemoved
    | TextAdded
    | Reading
    | QuestionReturned
    | Trouble
)


class _Work:
    """The question that is being answered."""

    def __init__(self, chat: Chat, question_id: int, answer_id: int) -> None:
        self.chat = chat
        self.question_id = question_id
        self.answer_id = answer_id
        self.answering: Answering | None = None
        self.reading_since_s: float | None = None
        self.reading_from_tokens = 0


class ChatService:
    """All chats of this run.

    Attributes:
        on_event: Called after every change.
        sampling: Used for the next question.
    """

    def __init__(self, engine: EngineService) -> None:
        self.on_event: Callable[[ChatEvent], None] = lambda event: None
        self.sampling = Sampling()
        self.chats: list[Chat] = []
        self._engine = engine
        self._engine.on_idle_death = lambda error: self.on_event(Trouble(None, error))
        self._ids = itertools.count(1)
        self._queue: collections.deque[tuple[Chat, int]] = collections.deque()
        self._work: _Work | None = None

    @property
    def working_chat_id(self) -> int | None:
        """The chat whose question is being answered."""
        return self._work.chat.chat_id if self._work else None

    def chat(self, chat_id: int) -> Chat:
        """Find a chat; it is known to exist."""
        return next(chat for chat in self.chats if chat.chat_id == chat_id)

    def new_chat(self) -> Chat:
        """Begin a chat, or return the newest one if nothing was said in it yet."""
        if self.chats and not self.chats[0].messages:
            return self.chats[0]
        chat = Chat(next(self._ids))
        self.chats.insert(0, chat)
        self.on_event(ChatAdded(chat))
        return chat

    def ask(self, chat_id: int, text: str) -> None:
        """Put a question at the end of the chat; it is worked on when its turn comes."""
        chat = self.chat(chat_id)
        if not chat.title:
            chat.title = _title_of(text)
            self.on_event(ChatChanged(chat))
        question = ChatMessage(
            message_id=next(self._ids), role=Role.USER, text=text, state=MessageState.QUEUED
        )
        chat.messages.append(question)
        self.on_event(MessageAdded(chat_id, len(chat.messages) - 1, question))
        self._queue.append((chat, question.message_id))
        self._work_on()

    def ask_again(self, chat_id: int, message_id: int) -> None:
        """Queue a question that got no answer once more."""
        chat = self.chat(chat_id)
        if self._message(chat, message_id).state is MessageState.UNANSWERED:
            self._change(chat, message_id, state=MessageState.QUEUED)
            self._queue.append((chat, message_id))
            self._work_on()

    def take_back(self, chat_id: int, message_id: int) -> None:
        """Remove a waiting or unanswered question and return its text to the composer."""
        chat = self.chat(chat_id)
        if self._message(chat, message_id).state not in _NOT_SEEN:
            return  # its turn came first
        self._queue = collections.deque((c, i) for c, i in self._queue if i != message_id)
        self._return_question(chat, message_id)

    def stop(self, chat_id: int) -> None:
        """End the answer that is being written in that chat."""
        if self._work and self._work.chat.chat_id == chat_id and self._work.answering:
            self._work.answering.stop()

    def _work_on(self) -> None:
        if self._work or not self._queue:
            return
        chat, question_id = self._queue.popleft()
        self._change(chat, question_id, state=MessageState.WORKING)
        position = chat.index(question_id)
        answer = ChatMessage(
            message_id=next(self._ids),
            role=Role.ASSISTANT,
            text="",
            state=MessageState.WORKING,
            model=self._engine.state.model.name,
        )
        chat.messages.insert(position + 1, answer)
        work = self._work = _Work(chat, question_id, answer.message_id)
        self.on_event(MessageAdded(chat.chat_id, position + 1, answer))
        self.on_event(ChatChanged(chat))
        work.answering = self._engine.answer(
            _history(chat.messages[: position + 1]),
            self.sampling,
            None,
            on_event=lambda event: self._progress(work, event),
            on_end=lambda end: self._ended(work, end),
        )

    def _progress(self, work: _Work, event: Event) -> None:
        if isinstance(event, TextDelta):
            answer = self._message(work.chat, work.answer_id)
            grown = msgspec.structs.replace(answer, text=answer.text + event.text)
            work.chat.messages[work.chat.index(work.answer_id)] = grown
            self.on_event(TextAdded(work.chat.chat_id, work.answer_id, event.text))
        elif isinstance(event, Progress) and event.stage == "prompt":
            self.on_event(self._reading(work, event))

    def _reading(self, work: _Work, event: Progress) -> Reading:
        now = time.monotonic()
        if work.reading_since_s is None:
            work.reading_since_s, work.reading_from_tokens = now, event.done
        elapsed_s = now - work.reading_since_s
        read = event.done - work.reading_from_tokens
        left_s = None
        if read and elapsed_s >= _SECONDS_BEFORE_ESTIMATE:
            left_s = elapsed_s / read * (event.total - event.done)
        return Reading(work.chat.chat_id, event.done, event.total, left_s)

    def _ended(self, work: _Work, end: End) -> None:
        self._work = None
        chat = work.chat
        has_ended_itself = (
            isinstance(end, Generated) and end.finish_reason is not FinishReason.CANCELLED
        )
        if self._message(chat, work.answer_id).text or has_ended_itself:
            self._change(chat, work.question_id, state=MessageState.DONE)
            self._change(chat, work.answer_id, **_numbers(end), state=_answer_state(end))
        else:
            chat.messages.pop(chat.index(work.answer_id))
            self.on_event(MessageRemoved(chat.chat_id, work.answer_id))
            self._change(chat, work.question_id, state=MessageState.UNANSWERED)
            if isinstance(end, PromptError):  # as it stands it cannot be asked
                self._return_question(chat, work.question_id)
        if isinstance(end, Exception) and not isinstance(end, Cancelled):
            self.on_event(Trouble(chat.chat_id, end))
        self.on_event(ChatChanged(chat))
        self._work_on()

    def _return_question(self, chat: Chat, message_id: int) -> None:
        question = chat.messages.pop(chat.index(message_id))
        self.on_event(MessageRemoved(chat.chat_id, message_id))
        self.on_event(QuestionReturned(chat.chat_id, question.text))

    @staticmethod
    def _message(chat: Chat, message_id: int) -> ChatMessage:
        return chat.messages[chat.index(message_id)]

    def _change(self, chat: Chat, message_id: int, **changes: object) -> None:
        position = chat.index(message_id)
        changed = msgspec.structs.replace(chat.messages[position], **changes)
        chat.messages[position] = changed
        self.on_event(MessageChanged(chat.chat_id, changed))


def _history(messages: list[ChatMessage]) -> tuple[Message, ...]:
    """What the model sees: answered questions with their answers, then the last question."""
    seen = [message for message in messages[:-1] if message.state not in _NOT_SEEN]
    return tuple(Message(m.role, m.text) for m in [*seen, messages[-1]])


def _answer_state(end: End) -> MessageState:
    if not isinstance(end, Generated):
        return MessageState.STOPPED if isinstance(end, Cancelled) else MessageState.INTERRUPTED
    return {
        FinishReason.STOP: MessageState.DONE,
        FinishReason.CANCELLED: MessageState.STOPPED,
        FinishReason.LENGTH: MessageState.CUT,
        FinishReason.CONTEXT: MessageState.CUT,
    }[end.finish_reason]


def _numbers(end: End) -> dict[str, object]:
    if not isinstance(end, Generated):
        return {}
    return {"seed": end.seed, "usage": end.usage, "timings": end.timings}


def _title_of(question: str) -> str:
    line = question.strip().partition("\n")[0]
    return line if len(line) <= _TITLE_CHARACTERS else line[:_TITLE_CHARACTERS].rstrip() + "…"
