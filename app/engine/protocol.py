"""What the window and the engine worker say to each other, beyond `app.pipe.messages`.

One request runs at a time; more may wait. Load -> Progress… -> Loaded, Generate -> Progress… ->
TextDelta… -> Generated, Unload -> Unloaded; any of them may end in `Failed` instead. A cancelled
Load ends in `Unloaded`, a cancelled Generate in `Generated` with what there was.
"""

from enum import StrEnum

import msgspec

from app.domain.chat import FinishReason, Message, Sampling, Timings, Usage
from app.pipe.messages import Cancel, Done, Event, Failed, Progress, Quit, Ready, Request

PROTOCOL = 1


class Stage(StrEnum):
    """What a `Progress` counts, and what its watchdog limit is named after.

    LOAD counts permille of the weights, PROMPT counts tokens, the others are single steps.
    """

    LOAD = "load"
    CONTEXT = "context"
    TEMPLATE = "template"
    TOKENS = "tokens"
    PROMPT = "prompt"


class Load(Request, frozen=True, kw_only=True):
    """Load a model, replacing the one that is loaded.

    Attributes:
        path: Absolute path of the GGUF.
        context_tokens: None takes the smaller of the model's own limit and the default.
        threads: None takes the physical cores.
        free_bytes: Memory that context and buffers may take; weights are mapped from the file.
    """

    path: str
    free_bytes: int
    context_tokens: int | None = None
    threads: int | None = None


class Generate(Request, frozen=True, kw_only=True):
    """Answer a conversation with the loaded model; `max_tokens` None means up to the context."""

    messages: tuple[Message, ...]
    sampling: Sampling
    max_tokens: int | None = None


class Unload(Request, frozen=True, kw_only=True):
    """Free the model and its memory."""


class TextDelta(Event, frozen=True, kw_only=True):
    """More of the answer; `completion_tokens` is the count so far."""

    text: str
    completion_tokens: int


class DeviceMemory(msgspec.Struct, frozen=True, kw_only=True):
    """What one model takes on one device, as llama.cpp allocated it."""

    device: str
    model_bytes: int = 0
    context_bytes: int = 0
    compute_bytes: int = 0


class Loaded(Done, frozen=True, kw_only=True):
    """The model is ready.

    Attributes:
        name: From the file's metadata; may be empty.
        context_tokens: Size of the KV cache.
        limit_tokens: The most the model was trained for.
        memory: One entry per device or buffer type.
    """

    name: str
    architecture: str
    parameters: int
    file_bytes: int
    context_tokens: int
    limit_tokens: int
    load_s: float
    memory: tuple[DeviceMemory, ...] = ()


class Generated(Done, frozen=True, kw_only=True):
    """The answer is complete, or ended for the given reason."""

    finish_reason: FinishReason
    seed: int
    usage: Usage
    timings: Timings


class Unloaded(Done, frozen=True, kw_only=True):
    """No model is loaded now."""


Command = Load | Generate | Unload | Cancel | Quit
Reply = Ready | Progress | TextDelta | Loaded | Generated | Unloaded | Failed
