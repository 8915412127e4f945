"""What the window and the engine worker say to each other, beyond `app.pipe.messages`.

One request runs at a time; more may wait. Each ends in its own `Done` or in `Failed`:

    Load      Progress…                            Loaded
    Generate  Progress… TextDelta… Repeating?      Generated
    Prepare   Progress…                            Prepared     reads a prompt ahead of its question
    Count     Progress…                            Counted
    Tokenise  Progress… SegmentTokens…             Tokenised
    Keep      Progress…                            Kept         snapshots of what was read
    Forget                                         Forgotten
    Unload                                         Unloaded

A cancelled Load ends in `Unloaded`, a cancelled Generate in `Generated` with what there was.
"""

from enum import StrEnum

import msgspec

from app.domain.amounts import Amount
from app.domain.chat import Conversation, FinishReason, Sampling, Thinking, Timings, Usage
from app.domain.families import Family
from app.domain.picture_grid import PictureGrid
from app.domain.placement.values import Change, Placement, Share, Wishes
from app.pipe.messages import Cancel, Done, Event, Failed, Nudge, Progress, Quit, Ready, Request

PROTOCOL = 3


class Stage(StrEnum):
    """What a `Progress` counts, and what its watchdog limit is named after.

    LOAD counts permille of the weights, PICTURE pictures, PROMPT tokens, the others single steps.
    """

    LOAD = "load"
    CONTEXT = "context"
    TEMPLATE = "template"
    TOKENS = "tokens"
    PICTURE = "picture"
    SNAPSHOT = "snapshot"
    PROMPT = "prompt"


class Load(Request, frozen=True, kw_only=True):
    """Load a model, replacing the one that is loaded.

    Attributes:
        path: Absolute path of the GGUF.
        projector: Of its vision projector; empty looks for one beside the model.
        wishes: What the person decided; the planner decides the rest.
        is_context_firm: The context that is wished is had or the load fails; else it may shrink.
        placements: Ways to do it, best first, in place of the planner's; the first one that fits is
            taken. If all need a GPU, the CPU alone is tried last.
        free_bytes: RAM that may be taken; weights that are mapped from the file do not count.
        snapshots: Folder for what was read of chats; empty keeps nothing on the disk.
        snapshots_bytes: What the files in it may take together.
        families: What the catalogue knows, see `app.domain.families`.
    """

    path: str
    free_bytes: int
    projector: str = ""
    wishes: Wishes = Wishes()
    is_context_firm: bool = False
    placements: tuple[Placement, ...] = ()
    snapshots: str = ""
    snapshots_bytes: int = 0
    families: tuple[Family, ...] = ()


class ChatKey(msgspec.Struct, frozen=True):
    """Whose KV cache it is; a private chat leaves nothing on the disk."""

    chat: str
    is_private: bool = False


class Generate(Request, frozen=True, kw_only=True):
    """Answer a conversation with the loaded model.

    Attributes:
        max_tokens: None means up to the context; a thought counts too.
        thinking_tokens: A thought is closed when it has so many; None lets it be.
        chat: None keeps nothing for later.
        guesses: Whether tokens may be guessed from what was said before; only speed depends on it.
    """

    conversation: Conversation
    sampling: Sampling
    max_tokens: int | None = None
    thinking_tokens: int | None = None
    chat: ChatKey | None = None
    guesses: bool = True


class Prepare(Request, frozen=True, kw_only=True):
    """Read a conversation whose question is not asked yet, so that its answer begins at once."""

    conversation: Conversation
    chat: ChatKey


class Count(Request, frozen=True, kw_only=True):
    """Count what a conversation takes; its last message is the draft.

    Attributes:
        without_documents: The same without the words of attached documents, to tell what those
            take; None where there are none.
    """

    conversation: Conversation
    without_documents: Conversation | None = None


class Tokenise(Request, frozen=True, kw_only=True):
    """Show the exact prompt of a conversation."""

    conversation: Conversation


class Keep(Request, frozen=True, kw_only=True):
    """Write what was read of every chat to the disk, where that is allowed and not done yet."""


class Forget(Request, frozen=True, kw_only=True):
    """Drop everything kept of a chat, in memory and on the disk."""

    chat: str


class Unload(Request, frozen=True, kw_only=True):
    """Free the model and its memory."""


class TextDelta(Event, frozen=True, kw_only=True):
    """More of the answer, or of a thought.

    Attributes:
        part: Counts the parts of the answer from 0; a new thought is a new part.
        completion_tokens: So far, thoughts included.
        reasoning_tokens: So far, in thoughts.
    """

    text: str
    part: Amount = 0
    is_thought: bool = False
    completion_tokens: Amount
    reasoning_tokens: Amount = 0


class Repeating(Event, frozen=True, kw_only=True):
    """The answer says the same over and over; told once."""


class SegmentTokens(Event, frozen=True, kw_only=True):
    """One segment of a prompt, or a part of a long one.

    Attributes:
        kind: "control", "text" or "image".
        is_more: It continues the segment before it.
    """

    kind: str
    text: str
    ids: tuple[int, ...]
    is_more: bool = False


class DeviceMemory(msgspec.Struct, frozen=True, kw_only=True):
    """What one model takes on one device, as llama.cpp allocated it.

    Attributes:
        device: As the registry names it; "CPU" for all that lies in RAM.
        model_bytes: Weights.
        mapped_bytes: How many of them are mapped from the file rather than copied.
    """

    device: str
    model_bytes: Amount = 0
    mapped_bytes: Amount = 0
    context_bytes: Amount = 0
    compute_bytes: Amount = 0

    @property
    def held_bytes(self) -> int:
        """What comes back when the model is unloaded; mapped pages were never taken."""
        return self.model_bytes - self.mapped_bytes + self.context_bytes + self.compute_bytes


class Loaded(Done, frozen=True, kw_only=True):
    """The model is ready.

    Attributes:
        name: From the file's metadata; may be empty.
        family: Id of the catalogue's family, empty if it knows none.
        tokenizer: "v1" to "v15" for a Mistral prompt, "template" for the file's own.
        context_tokens: What one chat may hold.
        limit_tokens: The most the model was made for.
        kept_tokens: What chats that are not being worked on may hold beside it.
        grid: How it sees pictures; None if it does not.
        placement: The one that was taken.
        rejected: How many better ones were given up.
        changes: What of the wishes was given up for it.
        planned: What the planner thought that it takes; empty where it did not know.
        memory: One entry per device; without the projector.
    """

    name: str
    architecture: str
    family: str = ""
    tokenizer: str = "template"
    thinking: Thinking = Thinking.NEVER
    grid: PictureGrid | None = None
    parameters: Amount
    file_bytes: Amount
    context_tokens: Amount
    limit_tokens: Amount
    kept_tokens: Amount = 0
    load_s: float
    placement: Placement
    rejected: int = 0
    changes: tuple[Change, ...] = ()
    planned: tuple[Share, ...] = ()
    memory: tuple[DeviceMemory, ...] = ()


class Generated(Done, frozen=True, kw_only=True):
    """The answer is complete, or ended for the given reason.

    Attributes:
        is_thought_open: It ended inside a thought.
        thought_s: Seconds spent on thoughts.
    """

    finish_reason: FinishReason
    seed: int
    usage: Usage
    timings: Timings
    is_thought_open: bool = False
    thought_s: float = 0.0


class Prepared(Done, frozen=True, kw_only=True):
    """The prompt was read, or as much of it as there was time for."""

    usage: Usage


class Counted(Done, frozen=True, kw_only=True):
    """Exact token counts; the parts add up to `total_tokens`.

    Attributes:
        history_tokens: Everything that is nothing else: words of past turns and all the marks.
        document_tokens: Attached documents, as far as the request told them from words.
        draft_tokens: The words of the last message.
    """

    total_tokens: Amount = 0
    system_tokens: Amount = 0
    history_tokens: Amount = 0
    thought_tokens: Amount = 0
    image_tokens: Amount = 0
    document_tokens: Amount = 0
    draft_tokens: Amount = 0


class Tokenised(Done, frozen=True, kw_only=True):
    """The whole prompt was shown."""

    tokenizer: str


class Kept(Done, frozen=True, kw_only=True):
    """Nothing is left to write."""


class Forgotten(Done, frozen=True, kw_only=True):
    """Nothing is left of it."""


class Unloaded(Done, frozen=True, kw_only=True):
    """No model is loaded now."""


Command = (
    Load | Generate | Prepare | Count | Tokenise | Keep | Forget | Unload | Cancel | Nudge | Quit
)
Reply = (
    Ready
    | Progress
    | TextDelta
    | Repeating
    | SegmentTokens
    | Loaded
    | Generated
    | Prepared
    | Counted
    | Tokenised
    | Kept
    | Forgotten
    | Unloaded
    | Failed
)
