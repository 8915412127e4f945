"""One answer that is being written: what came of it so far, and how it ends."""

import msgspec

from app.domain.chat import FinishReason, Part, PicturePart, TextPart, ThoughtPart
from app.domain.errors import Cancelled
from app.domain.kept_chat import ChatMessage, MessageState
from app.domain.model_file import ModelFile
from app.engine.protocol import Generated, TextDelta
from app.pipe.client import End
from app.services.chats import Chat
from app.services.engine_service import Work
from app.services.reading_time import ReadingTime


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits for the model.

    Attributes:
        question_id: What is to be answered.
        answer_id: Where the answer goes; None for a question that was never answered.
        goes_on: The answer is there and is to be continued.
        model: Answers this once and from then on; None is whatever is chosen by then.
    """

    chat: Chat
    question_id: int
    answer_id: int | None = None
    goes_on: bool = False
    model: ModelFile | None = None


class Answering:
    """The job that is being worked on.

    Attributes:
        work: At the engine; None before it is asked.
        answer_id: Where the words go.
        has_words: Something came.
    """

    def __init__(self, job: Job, answer: ChatMessage) -> None:
        self.job = job
        self.chat = job.chat
        self.answer_id = answer.message_id
        self.before = answer
        self.work: Work | None = None
        self.has_words = False
        self.reading_time = ReadingTime()
        self._parts: list[Part] = list(answer.parts)
        self._begun = len(self._parts)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The whole answer so far."""
        return tuple(self._parts)

    def add(self, event: TextDelta) -> None:
        """Take more words; an answer that goes on grows where it ended, if that is of one kind."""
        if not self.has_words:
            self.has_words = True
            self._begun = self._place_of_first(event)
        place = self._begun + event.part
        if place >= len(self._parts):
            self._parts.append(ThoughtPart("") if event.is_thought else TextPart(""))
        last = self._parts[-1]
        assert not isinstance(last, PicturePart)
        text = last.text + event.text
        # Whether it was closed is known at the end.
        self._parts[-1] = ThoughtPart(text) if isinstance(last, ThoughtPart) else TextPart(text)

    def close_thought(self, end: End) -> None:
        """Say of the last thought that it was cut off, if it was."""
        last = self._parts[-1] if self._parts else None
        was_cut = end.is_thought_open if isinstance(end, Generated) else True
        if isinstance(last, ThoughtPart):
            self._parts[-1] = msgspec.structs.replace(last, closed=not was_cut)

    def _place_of_first(self, event: TextDelta) -> int:
        last = self._parts[-1] if self._parts else None
        is_same = isinstance(last, ThoughtPart if event.is_thought else TextPart)
        return len(self._parts) - 1 if is_same and self.job.goes_on else len(self._parts)


def ended_itself(end: End) -> bool:
    """Whether the model was done, with or without a word."""
    return isinstance(end, Generated) and end.finish_reason is not FinishReason.CANCELLED


def state_after(end: End) -> MessageState:
    """What an answer is that ended so."""
    if not isinstance(end, Generated):
        return MessageState.STOPPED if isinstance(end, Cancelled) else MessageState.INTERRUPTED
    return {
        FinishReason.STOP: MessageState.DONE,
        FinishReason.CANCELLED: MessageState.STOPPED,
        FinishReason.LENGTH: MessageState.CUT,
        FinishReason.CONTEXT: MessageState.CUT,
    }[end.finish_reason]


def numbers_after(end: End, before: ChatMessage) -> dict[str, object]:
    """The numbers of an answer that ended so; those of one that went on are added up."""
    if not isinstance(end, Generated):
        return {}
    usage = end.usage
    if before.usage:
        usage = msgspec.structs.replace(
            usage,
            completion_tokens=before.usage.completion_tokens + usage.completion_tokens,
            reasoning_tokens=before.usage.reasoning_tokens + usage.reasoning_tokens,
        )
    return {
        "seed": end.seed,
        "usage": usage,
        "timings": end.timings,
        "thought_s": before.thought_s + end.thought_s,
    }
