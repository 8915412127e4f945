"""Conversations and answers as plain values, shared by every layer."""

from enum import StrEnum
from typing import Any

import msgspec

from app.domain.amounts import Amount


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Effort(StrEnum):
    """How a model that can do both is to answer: at once, or after thinking."""

    FAST = "fast"
    DEEP = "deep"


class Thinking(StrEnum):
    """Whether a model thinks before it answers; SWITCH leaves it to the `Effort`."""

    NEVER = "never"
    ALWAYS = "always"
    SWITCH = "switch"


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A decoded picture, scaled to the model's grid: RGB, 8 bits, row after row.

    Attributes:
        sha256: Of the pixels, in hex: what caches know the picture by.
        path: File with the pixels; empty where `data` has them.
        data: The pixels themselves, of a picture that must not touch the disk.
    """

    sha256: str
    width_px: int
    height_px: int
    path: str = ""
    data: bytes = b""


class TextPart(msgspec.Struct, frozen=True, tag="text"):
    """Words."""

    text: str


class ThoughtPart(msgspec.Struct, frozen=True, tag="thought"):
    """What the model thought; `closed` is False if it was cut off while thinking."""

    text: str
    closed: bool = True


class PicturePart(msgspec.Struct, frozen=True, tag="picture"):
    """A picture among the words."""

    picture: Picture


Part = TextPart | ThoughtPart | PicturePart


class ToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the model asked for; `arguments` is JSON text."""

    call_id: str = "null"
    name: str
    arguments: str


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A function that the model may call; `parameters` is its JSON schema."""

    name: str
    description: str = ""
    parameters: dict[str, Any]


class Message(msgspec.Struct, frozen=True):
    """One turn as the model sees it.

    Attributes:
        tool_calls: Of an assistant.
        call_id: Which call a tool's message answers.
        tool_name: Which tool it was.
        is_prefix: The last message, an assistant's, is to be continued instead of answered.
    """

    role: Role
    content: str | tuple[Part, ...]
    tool_calls: tuple[ToolCall, ...] = ()
    call_id: str | None = None
    tool_name: str | None = None
    is_prefix: bool = False

    @property
    def parts(self) -> tuple[Part, ...]:
        """The content as parts."""
        return (TextPart(self.content),) if isinstance(self.content, str) else self.content

    @property
    def text(self) -> str:
        """The words, without thoughts and pictures."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))


class Conversation(msgspec.Struct, frozen=True):
    """Everything a prompt is made of; `effort` None leaves it to the model's default."""

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    effort: Effort | None = None

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every picture, in order."""
        return tuple(
            part.picture for m in self.messages for part in m.parts if isinstance(part, PicturePart)
        )


class Sampling(msgspec.Struct, frozen=True, kw_only=True):
    """How the next token is drawn.

    Attributes:
        temperature: 0 is greedy: always the most likely token.
        top_k: Keep this many candidates; 0 keeps all.
        top_p: Keep the smallest set with this probability, 0 .. 1; 1 keeps all.
        min_p: Drop candidates below this share of the best one's probability, 0 .. 1.
        repeat_penalty: Divides the logits of recent tokens; 1 does nothing.
        seed: 0 .. 2**32 - 2; None draws one, which the result reports.
    """

    temperature: float = 0.7
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    seed: int | None = None


class FinishReason(StrEnum):
    """Why an answer ended."""

    STOP = "stop"
    LENGTH = "length"
    CONTEXT = "context"
    CANCELLED = "cancelled"


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Token counts of one request; `prompt_tokens` includes reused and image tokens."""

    prompt_tokens: Amount = 0
    reused_tokens: Amount = 0
    completion_tokens: Amount = 0
    reasoning_tokens: Amount = 0
    image_tokens: Amount = 0


class Timings(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds and rates of one request, measured in the worker.

    Attributes:
        prompt_s: Reading the part of the prompt that was not reused.
        first_token_s: From the request's start to its first token.
        tokens_per_s: Decode rate after the first token; 0 with fewer than two tokens.
    """

    prompt_s: float = 0.0
    first_token_s: float = 0.0
    tokens_per_s: float = 0.0
