"""Chats as values, and what is told about their changes."""

import secrets
from enum import StrEnum

import msgspec

from app.domain.chat import (
    Effort,
    Part,
    Role,
    Sampling,
    TextPart,
    ThoughtPart,
    Timings,
    Usage,
)
from app.services.attachments import Attachment


class MessageState(StrEnum):
    """What became of a message.

    A question is QUEUED, then WORKING until its answer ends, then DONE, or UNANSWERED when no
    word of an answer came. An answer is WORKING, then DONE, STOPPED (by the person), CUT (length
    or context reached), INTERRUPTED (by a failure), or REPLACED when the question was asked again.
    """

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    UNANSWERED = "unanswered"
    STOPPED = "stopped"
    CUT = "cut"
    INTERRUPTED = "interrupted"
    REPLACED = "replaced"


# Messages that the model knows nothing of.
_NOT_SEEN = (MessageState.QUEUED, MessageState.UNANSWERED, MessageState.REPLACED)


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One question or answer on the screen; the numbers belong to answers.

    Attributes:
        parts: Words and thoughts in order; a question's pictures are its `attachments`.
        effort: As asked for in a question, as it was in an answer; None where there is no choice.
        thought_s: Seconds spent on thoughts.
    """

    message_id: int
    role: Role
    parts: tuple[Part, ...]
    state: MessageState
    attachments: tuple[Attachment, ...] = ()
    effort: Effort | None = None
    model: str = ""
    seed: int | None = None
    sampling: Sampling | None = None
    usage: Usage | None = None
    timings: Timings | None = None
    thought_s: float = 0.0

    @property
    def text(self) -> str:
        """The words, without thoughts."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def thought(self) -> str:
        """The thoughts, one after the other."""
        thoughts = (part.text for part in self.parts if isinstance(part, ThoughtPart))
        return "\n\n".join(thought for thought in thoughts if thought)


class Chat:
    """A conversation: its title and its messages in order.

    Attributes:
        key: Names it to the engine, for good.
        left_out: So many messages at the beginning are kept from the model, to save room.
    """

    def __init__(self, chat_id: int) -> None:
        self.chat_id = chat_id
        self.key = secrets.token_hex(16)
        self.title = ""
        self.messages: list[ChatMessage] = []
        self.left_out = 0

    def index(self, message_id: int) -> int:
        """Where that message is; it is known to exist."""
        return next(i for i, m in enumerate(self.messages) if m.message_id == message_id)

    def seen(self, before: int | None = None) -> list[ChatMessage]:
        """What the model knows of, up to the message of that id (not included) or the end."""
        end = self.index(before) if before is not None else len(self.messages)
        return [m for m in self.messages[self.left_out : end] if m.state not in _NOT_SEEN]


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
    """Same message, new state or numbers; its words grow by `TextAdded` alone."""

    chat_id: int
    message: ChatMessage


class MessageRemoved(msgspec.Struct, frozen=True):
    """It is no longer part of the chat."""

    chat_id: int
    message_id: int


class TextAdded(msgspec.Struct, frozen=True):
    """More words of the answer that is being written, or of its thought.

    Attributes:
        reasoning_tokens: Of the thought so far.
    """

    chat_id: int
    message_id: int
    text: str
    is_thought: bool = False
    reasoning_tokens: int = 0


class Reading(msgspec.Struct, frozen=True):
    """The model reads the prompt; `left_s` is None until there is something to estimate from.

    `is_looking`: it works on a picture, which has no count.
    """

    chat_id: int
    done_tokens: int
    total_tokens: int
    left_s: float | None
    is_looking: bool = False


class Repeats(msgspec.Struct, frozen=True):
    """The answer says the same over and over."""

    chat_id: int


class LeftOut(msgspec.Struct, frozen=True):
    """More of the chat is kept from the model, see `Chat.left_out`."""

    chat: Chat


class QuestionReturned(msgspec.Struct, frozen=True):
    """A question left the chat and belongs in the composer again."""

    chat_id: int
    text: str
    attachments: tuple[Attachment, ...] = ()


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
    | Repeats
    | LeftOut
    | QuestionReturned
    | Trouble
)
