"""Conversations and answers as plain values, shared by every layer."""

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class Message(msgspec.Struct, frozen=True):
    """One turn as the model sees it."""

    role: Role
    text: str


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

    prompt_tokens: int = 0
    reused_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    image_tokens: int = 0


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
