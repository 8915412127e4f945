"""Chats, the queue of questions and the one answer that is being written.

Lives on one thread, the owner's. One question is worked on at a time, the others wait in order,
whichever chat they belong to. Every change is told through `on_event`, so that a front end never
has to ask what is new.
"""

import collections
import itertools
from collections.abc import Callable, Iterable

import msgspec

from app.domain.chat import (
    Effort,
    FinishReason,
    Part,
    PicturePart,
    Role,
    Sampling,
    TextPart,
    ThoughtPart,
)
from app.domain.errors import Cancelled, PicturesUnavailable, PromptError
from app.domain.families import Family, recommended_sampling
from app.domain.thinking_budget import default_thinking_tokens
from app.engine.protocol import ChatKey, Counted, Generated, Loaded, Repeating, TextDelta
from app.pipe.client import End
from app.pipe.messages import Event, Progress
from app.services.attachments import Attachment, Attachments
from app.services.chat_prompts import conversation_for, effort_for, unasked
from app.services.chats import (
    Chat,
    ChatAdded,
    ChatChanged,
    ChatEvent,
    ChatMessage,
    LeftOut,
    MessageAdded,
    MessageChanged,
    MessageRemoved,
    MessageState,
    QuestionReturned,
    Reading,
    Repeats,
    TextAdded,
    Trouble,
)
from app.services.engine_service import Ask, EngineService, Work
from app.services.reading_time import ReadingTime

_TITLE_CHARACTERS = 60
_UNASKED = (MessageState.QUEUED, MessageState.UNANSWERED)
_ANSWERED = (MessageState.DONE, MessageState.STOPPED, MessageState.CUT, MessageState.INTERRUPTED)


class AnswerWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What the person wants of answers; None leaves it to the catalogue or the speed."""

    temperature: float | None = None
    top_p: float | None = None
    thinking_tokens: int | None = None


class _Answering:
    """The question that is being answered."""

    def __init__(self, chat: Chat, question_id: int, answer_id: int) -> None:
        self.chat = chat
        self.question_id = question_id
        self.answer_id = answer_id
        self.work: Work | None = None
        self.parts: list[Part] = []
        self.reading_time = ReadingTime()


class ChatService:
    """All chats of this run.

    Attributes:
        on_event: Called after every change.
        on_settled: Called when the last question of the queue has its answer.
        wishes: For the next questions.
    """

    def __init__(
        self,
        engine: EngineService,
        *,
        attachments: Attachments | None = None,
        families: Iterable[Family] = (),
    ) -> None:
        self.on_event: Callable[[ChatEvent], None] = lambda event: None
        self.on_settled: Callable[[Chat], None] = lambda chat: None
        self.wishes = AnswerWishes()
        self.chats: list[Chat] = []
        self._engine = engine
        self._engine.on_idle_death = lambda error: self.on_event(Trouble(None, error))
        self._attachments = attachments
        self._families = families
        self._ids = itertools.count(1)
        self._queue: collections.deque[tuple[Chat, int]] = collections.deque()
        self._answering: _Answering | None = None
        self._speeds: dict[str, float] = {}

    @property
    def working_chat_id(self) -> int | None:
        """The chat whose question is being answered."""
        return self._answering.chat.chat_id if self._answering else None

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

    def ask(
        self,
        chat_id: int,
        text: str,
        *,
        attachments: tuple[Attachment, ...] = (),
        effort: Effort | None = None,
    ) -> None:
        """Put a question at the end of the chat; it is worked on when its turn comes."""
        chat = self.chat(chat_id)
        if not chat.title:
            chat.title = _title_of(text or attachments[0].name)
            self.on_event(ChatChanged(chat))
        question = ChatMessage(
            message_id=next(self._ids),
            role=Role.USER,
            parts=(TextPart(text),) if text else (),
            attachments=attachments,
            effort=effort,
            state=MessageState.QUEUED,
        )
        chat.messages.append(question)
        self.on_event(MessageAdded(chat_id, len(chat.messages) - 1, question))
        self._queue.append((chat, question.message_id))
        self._work_on()

    def ask_again(self, chat_id: int, message_id: int) -> None:
        """Queue a question that got no answer once more."""
        chat = self.chat(chat_id)
        if self._message(chat, message_id).state is MessageState.UNANSWERED:
            self._enqueue(chat, message_id)

    def answer_again(self, chat_id: int, answer_id: int, effort: Effort) -> None:
        """Have the last question answered once more, thinking or not.

        The first answer stays to be read; the model goes on from the new one.
        """
        chat = self.chat(chat_id)
        question = self._question_of(chat, answer_id)
        if not self.can_answer_again(chat_id, answer_id):
            return
        self._change(chat, question.message_id, effort=effort)
        self._enqueue(chat, question.message_id)

    def can_answer_again(self, chat_id: int, answer_id: int) -> bool:
        """Whether it is the answer that the chat goes on from."""
        chat = self.chat(chat_id)
        return chat.messages[-1].message_id == answer_id and chat.messages[-1].state in _ANSWERED

    def take_back(self, chat_id: int, message_id: int) -> None:
        """Remove a waiting or unanswered question and return its text to the composer."""
        chat = self.chat(chat_id)
        if self._message(chat, message_id).state not in _UNASKED:
            return  # its turn came first
        self._queue = collections.deque((c, i) for c, i in self._queue if i != message_id)
        self._return_question(chat, message_id)

    def stop(self, chat_id: int) -> None:
        """End the answer that is being written in that chat."""
        if (work := self._work_in(chat_id)) is not None:
            work.stop()

    def answer_now(self, chat_id: int) -> None:
        """Close the thought in that chat; the answer follows."""
        if (work := self._work_in(chat_id)) is not None:
            work.answer_now()

    def leave_out_oldest(self, chat_id: int) -> bool:
        """Keep the oldest question and its answer from the model; False if there is none left."""
        chat = self.chat(chat_id)
        if not chat.seen() or self._work_in(chat_id):
            return False
        later = range(chat.left_out + 1, len(chat.messages))
        questions = (i for i in later if chat.messages[i].role is Role.USER)
        chat.left_out = next(questions, len(chat.messages))
        self.on_event(LeftOut(chat))
        return True

    def count(
        self,
        chat_id: int,
        draft: str,
        *,
        attachments: tuple[Attachment, ...] = (),
        effort: Effort | None = None,
        on_counted: Callable[[Counted], None],
    ) -> None:
        """Count what the chat takes with that draft, unless the model is busy or not loaded."""
        loaded = self._engine.state.loaded
        if loaded is None or self._engine.is_busy:
            return
        seen = self.chat(chat_id).seen()
        conversation = conversation_for(loaded, seen, unasked(draft, attachments), effort)

        def end(end: End) -> None:
            if isinstance(end, Counted):
                on_counted(end)

        self._engine.count(conversation, on_end=end)

    def read_ahead(
        self,
        chat_id: int,
        *,
        draft: str = "",
        attachments: tuple[Attachment, ...] = (),
        effort: Effort | None = None,
    ) -> None:
        """Have the model read the chat so far while nobody waits for it."""
        loaded, chat = self._engine.state.loaded, self.chat(chat_id)
        if loaded is None or not (chat.messages or attachments):
            return
        conversation = conversation_for(loaded, chat.seen(), unasked(draft, attachments), effort)
        self._engine.read_ahead(conversation, ChatKey(chat.key), on_end=lambda end: None)

    def recommended(self, effort: Effort | None) -> Sampling:
        """What the next answer uses where the person wishes nothing."""
        loaded = self._engine.state.loaded
        return recommended_sampling(self._families, loaded.family if loaded else "", effort)

    def _work_in(self, chat_id: int) -> Work | None:
        answering = self._answering
        return answering.work if answering and answering.chat.chat_id == chat_id else None

    def _enqueue(self, chat: Chat, question_id: int) -> None:
        self._change(chat, question_id, state=MessageState.QUEUED)
        self._queue.append((chat, question_id))
        self._work_on()

    def _question_of(self, chat: Chat, answer_id: int) -> ChatMessage:
        before = chat.messages[: chat.index(answer_id)]
        return next(m for m in reversed(before) if m.role is Role.USER)

    def _work_on(self) -> None:
        if self._answering or not self._queue:
            return
        chat, question_id = self._queue.popleft()
        self._change(chat, question_id, state=MessageState.WORKING)
        position = chat.index(question_id) + 1
        while chat.messages[position:] and chat.messages[position].role is Role.ASSISTANT:
            position += 1  # after what it was answered before
        answer = ChatMessage(
            message_id=next(self._ids),
            role=Role.ASSISTANT,
            parts=(),
            state=MessageState.WORKING,
            model=self._engine.state.model.name,
        )
        chat.messages.insert(position, answer)
        answering = self._answering = _Answering(chat, question_id, answer.message_id)
        self.on_event(MessageAdded(chat.chat_id, position, answer))
        self.on_event(ChatChanged(chat))
        loading = self._engine.when_loaded(
            on_loaded=lambda loaded: self._put(answering, loaded),
            on_end=lambda end: self._ended(answering, end),
        )
        answering.work = answering.work or loading  # it may have been asked already

    def _put(self, answering: _Answering, loaded: Loaded) -> None:
        """Ask the model, which is there now; the pictures first that were made for another one."""
        chat = answering.chat
        question = self._message(chat, answering.question_id)
        if question.attachments and (loaded.grid is None or self._attachments is None):
            self._ended(answering, PicturesUnavailable(name=self._engine.state.model.name))
            return
        asked = [*chat.seen(before=question.message_id), question]
        stale = next(((m, a) for m in asked for a in m.attachments if a.grid != loaded.grid), None)
        if stale is None or loaded.grid is None or self._attachments is None:
            self._generate(answering, question, loaded)
            return
        message, old = stale

        def opened(end: Attachment | Exception) -> None:
            if answering.work and answering.work.is_stopped:
                end = Cancelled()
            if isinstance(end, Exception):
                self._ended(answering, end)
                return
            fresh = tuple(end if a is old else a for a in message.attachments)
            self._change(chat, message.message_id, attachments=fresh)
            self._put(answering, loaded)

        self._attachments.open(old.source, loaded.grid, old.detail, on_end=opened)

    def _generate(self, answering: _Answering, question: ChatMessage, loaded: Loaded) -> None:
        chat, wishes = answering.chat, self.wishes
        effort = effort_for(loaded, question.effort)
        recommended = recommended_sampling(self._families, loaded.family, effort)
        wished = {"temperature": wishes.temperature, "top_p": wishes.top_p}
        sampling = msgspec.structs.replace(
            recommended, **{name: value for name, value in wished.items() if value is not None}
        )
        thinking_tokens = None
        if effort is Effort.DEEP:
            thinking_tokens = wishes.thinking_tokens or default_thinking_tokens(
                self._speeds.get(loaded.name), loaded.context_tokens
            )
        self._change(chat, answering.answer_id, effort=effort, sampling=sampling)
        answering.work = self._engine.answer(
            Ask(
                conversation=conversation_for(
                    loaded, chat.seen(before=question.message_id), question, effort
                ),
                sampling=sampling,
                thinking_tokens=thinking_tokens,
                chat=ChatKey(chat.key),
            ),
            on_event=lambda event: self._progress(answering, event),
            on_end=lambda end: self._ended(answering, end),
        )

    def _progress(self, answering: _Answering, event: Event) -> None:
        chat = answering.chat
        if isinstance(event, TextDelta):
            self._add(answering, event)
        elif isinstance(event, Repeating):
            self.on_event(Repeats(chat.chat_id))
        elif isinstance(event, Progress) and event.stage == "prompt":
            left_s = answering.reading_time.left_s(event.done, event.total)
            self.on_event(Reading(chat.chat_id, event.done, event.total, left_s))
        elif isinstance(event, Progress) and event.stage == "picture":
            self.on_event(Reading(chat.chat_id, 0, 1, None, is_looking=True))

    def _add(self, answering: _Answering, event: TextDelta) -> None:
        parts = answering.parts
        if not parts:
            self._replace_earlier(answering)
        if event.part == len(parts):
            parts.append(ThoughtPart("") if event.is_thought else TextPart(""))
        last = parts[-1]
        assert not isinstance(last, PicturePart)
        parts[-1] = msgspec.structs.replace(last, text=last.text + event.text)
        chat, answer_id = answering.chat, answering.answer_id
        position = chat.index(answer_id)
        chat.messages[position] = msgspec.structs.replace(
            chat.messages[position], parts=tuple(parts)
        )
        self.on_event(
            TextAdded(chat.chat_id, answer_id, event.text, event.is_thought, event.reasoning_tokens)
        )

    def _ended(self, answering: _Answering, end: End) -> None:
        self._answering = None
        chat = answering.chat
        has_ended_itself = (
            isinstance(end, Generated) and end.finish_reason is not FinishReason.CANCELLED
        )
        if answering.parts or has_ended_itself:
            self._close_thought(answering, end)
            self._replace_earlier(answering)
            self._change(chat, answering.question_id, state=MessageState.DONE)
            self._change(chat, answering.answer_id, **_numbers(end), state=_answer_state(end))
        else:
            self._drop_answer(answering, end)
        if isinstance(end, Generated) and end.timings.tokens_per_s and self._engine.state.loaded:
            self._speeds[self._engine.state.loaded.name] = end.timings.tokens_per_s
        if isinstance(end, Exception) and not isinstance(end, Cancelled):
            self.on_event(Trouble(chat.chat_id, end))
        self.on_event(ChatChanged(chat))
        if not self._queue:
            self.on_settled(chat)
        self._work_on()

    def _close_thought(self, answering: _Answering, end: End) -> None:
        """Say of the last thought that it was cut off, if it was."""
        last = answering.parts[-1] if answering.parts else None
        was_cut = end.is_thought_open if isinstance(end, Generated) else True
        if isinstance(last, ThoughtPart) and was_cut:
            answering.parts[-1] = msgspec.structs.replace(last, closed=False)
            self._change(answering.chat, answering.answer_id, parts=tuple(answering.parts))

    def _replace_earlier(self, answering: _Answering) -> None:
        """The question has a new answer: the model goes on from that one."""
        chat = answering.chat
        between = slice(chat.index(answering.question_id) + 1, chat.index(answering.answer_id))
        for message in chat.messages[between]:
            self._change(chat, message.message_id, state=MessageState.REPLACED)

    def _drop_answer(self, answering: _Answering, end: End) -> None:
        """No word came: the question stands as it was before."""
        chat, question_id = answering.chat, answering.question_id
        position = chat.index(answering.answer_id)
        chat.messages.pop(position)
        self.on_event(MessageRemoved(chat.chat_id, answering.answer_id))
        if chat.messages[position - 1].message_id != question_id:  # an earlier answer stays
            self._change(chat, question_id, state=MessageState.DONE)
            return
        self._change(chat, question_id, state=MessageState.UNANSWERED)
        if isinstance(end, PromptError):  # as it stands it cannot be asked
            self._return_question(chat, question_id)

    def _return_question(self, chat: Chat, message_id: int) -> None:
        question = chat.messages.pop(chat.index(message_id))
        self.on_event(MessageRemoved(chat.chat_id, message_id))
        self.on_event(QuestionReturned(chat.chat_id, question.text, question.attachments))

    @staticmethod
    def _message(chat: Chat, message_id: int) -> ChatMessage:
        return chat.messages[chat.index(message_id)]

    def _change(self, chat: Chat, message_id: int, **changes: object) -> None:
        position = chat.index(message_id)
        changed = msgspec.structs.replace(chat.messages[position], **changes)
        chat.messages[position] = changed
        self.on_event(MessageChanged(chat.chat_id, changed))


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
    return {
        "seed": end.seed,
        "usage": end.usage,
        "timings": end.timings,
        "thought_s": end.thought_s,
    }


def _title_of(question: str) -> str:
    line = question.strip().partition("\n")[0]
    return line if len(line) <= _TITLE_CHARACTERS else line[:_TITLE_CHARACTERS].rstrip() + "…"
