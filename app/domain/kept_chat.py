"""A chat with everything in it, as it is kept, exported and imported.

Messages are linked to the one they follow. Two with the same parent are variants of each other;
the chat goes on from its leaf, and what leads there from the beginning is its path.
"""

from enum import StrEnum

import msgspec

from app.domain.attachments import Attachment
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


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One question or answer; the numbers belong to answers.

    Attributes:
        message_id: Unique among all chats of the person; in a file, within its chat.
        parent_id: The message it follows; None at the beginning of a chat.
        parts: Words and thoughts in order; a question's pictures are its `attachments`.
        created_ms: Unix time in milliseconds, UTC; 0 where it is not known.
        effort: As asked for in a question, as it was in an answer; None where there is no choice.
        model: Name of the model that answered.
        is_edited: The person changed what the model had written.
        thought_s: Seconds spent on thoughts.
    """

    message_id: int
    parent_id: int | None = None
    role: Role
    parts: tuple[Part, ...]
    state: MessageState
    created_ms: int = 0
    attachments: tuple[Attachment, ...] = ()
    effort: Effort | None = None
    model: str = ""
    is_edited: bool = False
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


class ChatSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a chat is answered; None and empty leave it to what holds for all chats.

    Attributes:
        preset: Name of the preset that it was taken from.
        system: The system prompt.
        model: Name of the model, for people.
        model_path: Its file on this PC; never exported.
        thinking_tokens: Most tokens of a thought.
    """

    preset: str = ""
    system: str = ""
    effort: Effort | None = None
    model: str = ""
    model_path: str = ""
    temperature: float | None = None
    top_p: float | None = None
    thinking_tokens: int | None = None


class ChatInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a chat without its messages.

    Attributes:
        chat_id: On this PC.
        key: Names it everywhere and for good: to the engine, in backups and exports.
        is_named: The person wrote the title.
        folder: Name of the folder that it is in; empty is none.
        created_ms: Unix time in milliseconds, UTC; 0 where it is not known.
        used_ms: When something was last asked in it.
        used_order: Grows with every question in any chat, whatever the clock does.
        trashed_ms: When it was put into the trash; None where it was not.
        leaf_id: The message that it goes on from; None while it is empty.
        reads_after: The last message on its path that the model does not read any more.
    """

    chat_id: int
    key: str
    title: str = ""
    is_named: bool = False
    folder: str = ""
    is_pinned: bool = False
    created_ms: int = 0
    used_ms: int = 0
    used_order: int = 0
    trashed_ms: int | None = None
    leaf_id: int | None = None
    reads_after: int | None = None
    settings: ChatSettings = ChatSettings()


class KeptChat(msgspec.Struct, frozen=True, kw_only=True):
    """A whole chat: all variants of all messages, parents before their children."""

    info: ChatInfo
    messages: tuple[ChatMessage, ...]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A question that is not sent yet; `effort` None where nothing was chosen."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    effort: Effort | None = None

    def __bool__(self) -> bool:
        return bool(self.text.strip() or self.attachments)


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of chats under a name."""

    name: str
    settings: ChatSettings


class SavedPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """Words that a person uses again and again."""

    name: str
    text: str


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A message that has what was searched for.

    Attributes:
        excerpt: Some of its words around the first place.
        spans: Begin and end in `excerpt` of what was searched for.
    """

    chat_id: int
    message_id: int
    role: Role
    title: str
    created_ms: int
    excerpt: str
    spans: tuple[tuple[int, int], ...] = ()
