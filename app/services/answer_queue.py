"""The questions that wait for the model, and the one answer that is being written.

One question is worked on at a time, the others wait in order, whichever chat they belong to.
"""

import collections
import pathlib
from collections.abc import Callable, Iterable

import msgspec

from app.domain.attachments import Attachment, PictureAttachment
from app.domain.chat import Effort, Role, Sampling
from app.domain.errors import (
    AppError,
    Cancelled,
    ChatModelGone,
    PicturesUnavailable,
    PromptError,
)
from app.domain.families import Family, recommended_sampling
from app.domain.kept_chat import ChatMessage, MessageState
from app.domain.model_file import ModelFile
from app.domain.thinking_budget import default_thinking_tokens
from app.engine.protocol import ChatKey, Generated, Loaded, Repeating, TextDelta
from app.pipe.client import End
from app.pipe.messages import Event, Progress
from app.services.answering import Answering, Job, ended_itself, numbers_after, state_after
from app.services.attachments import Attachments
from app.services.chat_edits import ChatEdits
from app.services.chat_keeper import now_ms
from app.services.chat_prompts import conversation_for, effort_for
from app.services.chats import (
    Chat,
    ChatChanged,
    MessageRemoved,
    PathChanged,
    Reading,
    Repeats,
    TextAdded,
    Trouble,
)
from app.services.engine_service import Ask, EngineService, Work


class AnswerWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What the person wants of answers; None leaves it to the catalogue or the speed."""

    temperature: float | None = None
    top_p: float | None = None
    thinking_tokens: int | None = None


class AnswerQueue:
    """Works on one job after the other.

    Attributes:
        wishes: For the next answers, where their chat has none of its own.
    """

    def __init__(
        self,
        engine: EngineService,
        edits: ChatEdits,
        *,
        attachments: Attachments | None,
        families: Iterable[Family],
        on_settled: Callable[[Chat], None],
    ) -> None:
        self.wishes = AnswerWishes()
        self._engine = engine
        self._edits = edits
        self._library = edits.library
        self._attachments = attachments
        self._families = families
        self._on_settled = on_settled
        self._jobs: collections.deque[Job] = collections.deque()
        self._answering: Answering | None = None
        self._speeds: dict[str, float] = {}
        self._told_gone: set[tuple[int, str, bool]] = set()

    @property
    def working_chat_id(self) -> int | None:
        """The chat whose question is being answered."""
        return self._answering.chat.chat_id if self._answering else None

    def add(self, job: Job) -> None:
        """Have something answered when its turn comes."""
        self._jobs.append(job)
        job.chat.is_busy = True
        self._work_on()

    def drop(self, message_id: int) -> None:
        """Forget what waits for that question or answer."""
        dropped = [j for j in self._jobs if message_id in (j.question_id, j.answer_id)]
        for job in dropped:
            self._jobs.remove(job)
            self._show_busy(job.chat)

    def work_in(self, chat_id: int) -> Work | None:
        """The answer that is being written in that chat."""
        answering = self._answering
        return answering.work if answering and answering.chat.chat_id == chat_id else None

    def is_at_work(self, chat: Chat, message_ids: Iterable[int]) -> bool:
        """Whether one of these messages is being answered or waits for it."""
        jobs = [*self._jobs, *([self._answering.job] if self._answering else [])]
        own = [job for job in jobs if job.chat is chat]
        concerned = {i for job in own for i in (job.question_id, job.answer_id)}
        return not concerned.isdisjoint(message_ids)

    def prepare(self, chat: Chat) -> None:
        """Load the model that a chat wants, or the chosen one, unless there is work."""
        if self._answering is None:
            self._choose_model(chat, None)
            self._engine.prepare()

    def _work_on(self) -> None:
        if self._answering or not self._jobs:
            return
        job = self._jobs.popleft()
        chat = job.chat
        self._choose_model(chat, job.model)
        self._place_question(chat, job.question_id)
        answer = self._place_for_answer(job)
        answering = self._answering = Answering(job, answer)
        self._library.on_event(ChatChanged(chat))
        loading = self._engine.when_loaded(
            on_loaded=lambda loaded: self._put(answering, loaded),
            on_end=lambda end: self._ended(answering, end),
        )
        answering.work = answering.work or loading  # it may have been asked already

    def _choose_model(self, chat: Chat, once: ModelFile | None) -> None:
        """Use the model that this answer is to come from, if it is on this PC."""
        model = once or self._own_model(chat)
        if model and not self._engine.uses(model.path):
            self._engine.use(model)

    def _own_model(self, chat: Chat) -> ModelFile | None:
        """The model that a chat asks for, where another one is in use and it is on this PC.

        One that is gone is told before the first question, and once more with it; the disk is not
        asked at every key.
        """
        settings = chat.settings
        gone = (chat.chat_id, settings.model_path, chat.is_busy)
        path = pathlib.Path(settings.model_path)
        is_told = gone in self._told_gone
        if not settings.model_path or self._engine.uses(path) or (is_told and not chat.is_busy):
            return None
        if path.is_file():
            return ModelFile(name=settings.model, path=path)
        if not is_told and self._engine.state.model:
            self._told_gone.add(gone)
            error = ChatModelGone(name=settings.model, used=self._engine.state.model_name)
            self._library.on_event(Trouble(chat.chat_id, error))
        return None

    def _place_question(self, chat: Chat, question_id: int) -> None:
        """A question that waited behind the path is the next on it now."""
        question = chat.message(question_id)
        if question in chat.queued:
            chat.queued.remove(question)
            parent_id = chat.path[-1].message_id if chat.path else None
            chat.add(msgspec.structs.replace(question, parent_id=parent_id))
        self._edits.change(chat, question_id, state=MessageState.WORKING)

    def _place_for_answer(self, job: Job) -> ChatMessage:
        chat = job.chat
        if job.answer_id is not None:
            self._edits.change(chat, job.answer_id, state=MessageState.WORKING)
            return chat.message(job.answer_id)
        answer = ChatMessage(
            message_id=self._library.next_message_id(),
            parent_id=job.question_id,
            role=Role.ASSISTANT,
            parts=(),
            state=MessageState.WORKING,
            created_ms=now_ms(),
            model=self._engine.state.model_name,
        )
        self._edits.add(chat, answer)
        return answer

    def _put(self, answering: Answering, loaded: Loaded) -> None:
        """Ask the model, which is there now; the pictures first that were made for another one."""
        chat, question_id = answering.chat, answering.job.question_id
        question = chat.message(question_id)
        has_pictures = any(isinstance(a, PictureAttachment) for a in question.attachments)
        if has_pictures and (loaded.grid is None or self._attachments is None):
            self._ended(answering, PicturesUnavailable(name=self._engine.state.model_name))
            return
        asked = [*chat.seen(before=question_id), question]
        stale = next(
            (
                (m, a)
                for m in asked
                for a in m.attachments
                if isinstance(a, PictureAttachment) and a.grid != loaded.grid
            ),
            None,
        )
        if stale is None or loaded.grid is None or self._attachments is None:
            self._generate(answering, question, loaded)
            return
        message, old = stale

        def opened(end: Attachment | Exception) -> None:
            if answering.work and answering.work.is_stopped:
                end = Cancelled()
            if isinstance(end, AppError) and message is not question:
                # What is lost of an old question does not stand in the way of a new one.
                end = msgspec.structs.replace(old, grid=loaded.grid, picture=None)
            if isinstance(end, Exception):
                self._ended(answering, end)
                return
            fresh = tuple(end if a is old else a for a in message.attachments)
            self._edits.change(chat, message.message_id, attachments=fresh)
            self._put(answering, loaded)

        self._attachments.open(old.source, loaded.grid, old.detail, on_end=opened)

    def _generate(self, answering: Answering, question: ChatMessage, loaded: Loaded) -> None:
        chat = answering.chat
        effort = effort_for(loaded, question.effort)
        sampling = self._sampling(chat, loaded, effort)
        thinking_tokens = None
        if effort is Effort.DEEP:
            thinking_tokens = (
                chat.settings.thinking_tokens
                or self.wishes.thinking_tokens
                or default_thinking_tokens(self._speeds.get(loaded.name), loaded.context_tokens)
            )
        self._edits.change(chat, answering.answer_id, effort=effort, sampling=sampling)
        before = chat.message(answering.answer_id) if answering.job.goes_on else None
        answering.work = self._engine.answer(
            Ask(
                conversation=conversation_for(
                    loaded,
                    chat.settings,
                    chat.seen(before=question.message_id),
                    question,
                    effort,
                    goes_on=before,
                ),
                sampling=sampling,
                thinking_tokens=thinking_tokens,
                chat=chat_key(chat),
            ),
            on_event=lambda event: self._progress(answering, event),
            on_end=lambda end: self._ended(answering, end),
        )

    def _sampling(self, chat: Chat, loaded: Loaded, effort: Effort | None) -> Sampling:
        """The chat's own wishes before those for all chats before what is recommended."""
        wished: dict[str, float] = {}
        for wishes in (self.wishes, chat.settings):
            for name in ("temperature", "top_p"):
                if (value := getattr(wishes, name)) is not None:
                    wished[name] = value
        recommended = recommended_sampling(self._families, loaded.family, effort)
        return msgspec.structs.replace(recommended, **wished)

    def _progress(self, answering: Answering, event: Event) -> None:
        chat_id = answering.chat.chat_id
        if isinstance(event, TextDelta):
            self._add(answering, event)
        elif isinstance(event, Repeating):
            self._library.on_event(Repeats(chat_id))
        elif isinstance(event, Progress) and event.stage == "prompt":
            left_s = answering.reading_time.left_s(event.done, event.total)
            self._library.on_event(Reading(chat_id, event.done, event.total, left_s))
        elif isinstance(event, Progress) and event.stage == "picture":
            self._library.on_event(Reading(chat_id, 0, 1, None, is_looking=True))

    def _add(self, answering: Answering, event: TextDelta) -> None:
        answering.add(event)
        chat, answer_id = answering.chat, answering.answer_id
        answer = msgspec.structs.replace(chat.message(answer_id), parts=answering.parts)
        chat.replace(answer)
        self._library.keep_tail(chat, answer)
        self._library.on_event(
            TextAdded(chat.chat_id, answer_id, event.text, event.is_thought, event.reasoning_tokens)
        )

    def _ended(self, answering: Answering, end: End) -> None:
        self._answering = None
        chat, job = answering.chat, answering.job
        if answering.parts or ended_itself(end):
            answering.close_thought(end)
            self._edits.change(chat, job.question_id, state=MessageState.DONE)
            self._edits.change(
                chat,
                answering.answer_id,
                parts=answering.parts,
                **numbers_after(end, answering.before),
                state=state_after(end),
            )
        else:
            self._drop_answer(answering, end)
        if isinstance(end, Generated) and end.timings.tokens_per_s and self._engine.state.loaded:
            self._speeds[self._engine.state.loaded.name] = end.timings.tokens_per_s
        if isinstance(end, Exception) and not isinstance(end, Cancelled):
            self._library.on_event(Trouble(chat.chat_id, end))
        self._edits.place_unanswered(chat)
        self._show_busy(chat)
        self._library.on_event(ChatChanged(chat))
        if not self._jobs:
            self._on_settled(chat)
        self._work_on()

    def _drop_answer(self, answering: Answering, end: End) -> None:
        """No word came: the question stands as it was before."""
        chat, question_id = answering.chat, answering.job.question_id
        index, answer = chat.index(answering.answer_id), chat.message(answering.answer_id)
        chat.remove(answering.answer_id)
        self._edits.hand_down(chat, answer)
        self._library.keep(chat)
        self._library.delete_messages(chat, [answer])
        if chat.is_answered(question_id):  # an earlier answer stays
            self._library.on_event(PathChanged(chat, index or 0))
            self._edits.change(chat, question_id, state=MessageState.DONE)
            return
        self._library.on_event(MessageRemoved(chat.chat_id, answering.answer_id))
        self._edits.change(chat, question_id, state=MessageState.UNANSWERED)
        if isinstance(end, PromptError):  # as it stands it cannot be asked
            self._edits.return_question(chat, question_id)

    def _show_busy(self, chat: Chat) -> None:
        is_answered = self._answering is not None and self._answering.chat is chat
        chat.is_busy = is_answered or any(job.chat is chat for job in self._jobs)


def chat_key(chat: Chat) -> ChatKey:
    """What the engine knows a chat by."""
    return ChatKey(chat.key, is_private=not chat.is_kept)
