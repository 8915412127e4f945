"""The prompts of the real engine worker against Mistral's reference, version by version."""

import functools
import itertools
import pathlib
from collections.abc import Callable, Iterator

import gguf
import msgspec
from mistral_common.tokens.tokenizers.tekken import SpecialTokenPolicy

from app.domain.chat import Conversation, Effort, ThoughtPart
from app.domain.errors import PromptError
from app.domain.families import Family
from app.domain.model_file import ModelFile
from app.engine.protocol import SegmentTokens, Tokenise
from tests.helpers import tiny_models
from tests.helpers.comparison import reference_ids
from tests.helpers.conversations import random_conversations
from tests.helpers.engine_runner import Asked, EngineRunner
from tests.helpers.reference import NAMES, load_reference

_CONTEXT_TOKENS = 1024  # nothing is evaluated
_SPM_EMBEDDING = 32


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How one version did; all are numbers of conversations.

    Attributes:
        accepted: By the reference, as are those of the three kinds.
        refused: By the reference.
    """

    version: str
    conversations: int
    accepted: int
    refused: int
    pictures: int
    tools: int
    thinking: int
    mismatches: int


class Exact(msgspec.Struct, frozen=True):
    """A prompt: its ids and what they show."""

    ids: list[int]
    text: str


class Mismatch(msgspec.Struct, frozen=True):
    """A conversation that the two see differently; None where it was refused."""

    conversation: Conversation
    ours: Exact | None
    theirs: Exact | None


class Parity:
    """One version: a tiny model with its vocabulary in a real worker, and the reference.

    Attributes:
        reference: Mistral's.
        engine: Ours.
    """

    def __init__(self, name: str, folder: pathlib.Path) -> None:
        """Write the model of one of `NAMES` to a new folder in `folder` and start the engine."""
        folder /= name  # of its own, since a projector beside a model counts as the model's
        folder.mkdir()
        self.name = name
        self.reference = load_reference(name, folder)
        path = _WRITERS[name](folder / f"{name}.gguf")
        projector = self._write_projector(folder)
        self.engine = EngineRunner(
            ModelFile(name=name, path=path),
            families=_families(name, path),
            projector=projector,
            context_tokens=_CONTEXT_TOKENS,
        )
        service = self.engine.service
        service.prepare()
        self.engine.wait(lambda: service.state.loaded or service.state.error)
        assert service.state.loaded, service.state.error

    def close(self) -> None:
        """End the engine."""
        self.engine.close()

    def run(self, *, count: int, seed: int) -> tuple[Result, list[Mismatch]]:
        """Compare that many conversations."""
        seen = dict.fromkeys(("accepted", "refused", "pictures", "tools", "thinking"), 0)
        mismatches = []
        for conversation in _sendable_conversations(self.name, count=count, seed=seed):
            ours, theirs = self.ours(conversation), self.theirs(conversation)
            if ours != theirs:
                mismatches.append(Mismatch(conversation, ours, theirs))
            for kind in _features(conversation) if theirs else ["refused"]:
                seen[kind] += 1
        result = Result(version=self.name, conversations=count, mismatches=len(mismatches), **seen)
        return result, mismatches

    def ours(self, conversation: Conversation) -> Exact | None:
        """What the worker makes of it."""
        asked = self.engine.request(lambda i: Tokenise(request_id=i, conversation=conversation))
        return tokenised(asked)

    def theirs(self, conversation: Conversation) -> Exact | None:
        """What the reference makes of it.

        The worker takes an effort that asks a model for what it does anyway; such a model's
        reference knows no effort, so it is not told.
        """
        if self.reference.version != "v15" and conversation.effort is Effort.FAST:
            conversation = msgspec.structs.replace(conversation, effort=None)
        ids = reference_ids(conversation, self.reference)
        return None if ids is None else Exact(ids, self._text(ids))

    def _text(self, ids: list[int]) -> str:
        tokenizer = self.reference.tokenizer.instruct_tokenizer.tokenizer
        return tokenizer.decode(ids, special_token_policy=SpecialTokenPolicy.KEEP)

    def _write_projector(self, folder: pathlib.Path) -> pathlib.Path | None:
        cell_px = self.reference.cell_px
        if cell_px is None:
            return None
        return tiny_models.write_pixtral_projector(
            folder / f"mmproj-{self.name}.gguf",
            embedding=_SPM_EMBEDDING if self.reference.is_spm else tiny_models.EMBEDDING,
            **({"image_px": 1024, "patch_px": 16, "merge": 1} if cell_px == 16 else {}),
        )


def tokenised(asked: Asked) -> Exact | None:
    """The prompt that came back, None where it was refused.

    Raises:
        Exception: It failed in another way.
    """
    if isinstance(asked.end, PromptError):
        return None
    if isinstance(asked.end, Exception):
        raise asked.end
    shown = [event for event in asked.events if isinstance(event, SegmentTokens)]
    return Exact([i for event in shown for i in event.ids], "".join(event.text for event in shown))


def _sendable_conversations(name: str, *, count: int, seed: int) -> Iterator[Conversation]:
    """Those that JSON can carry: not half a surrogate pair, which is no text."""
    conversations = random_conversations(name, count=2 * count, seed=seed)
    return itertools.islice(filter(_is_sendable, conversations), count)


def _is_sendable(conversation: Conversation) -> bool:
    try:
        msgspec.json.encode(conversation)
    except UnicodeEncodeError:
        return False
    return True


def _features(conversation: Conversation) -> Iterator[str]:
    yield "accepted"
    if conversation.pictures:
        yield "pictures"
    if conversation.tools or any(message.tool_calls for message in conversation.messages):
        yield "tools"
    parts = (part for message in conversation.messages for part in message.parts)
    if any(isinstance(part, ThoughtPart) for part in parts):
        yield "thinking"


def _families(name: str, path: pathlib.Path) -> tuple[Family, ...]:
    """What the catalogue says of a model whose vocabulary does not tell its version."""
    if name != "v13":
        return ()
    tensors = gguf.GGUFReader(path).tensors
    parameters = sum(int(tensor.n_elements) for tensor in tensors)
    return (
        Family(
            id="ministral",
            name="Ministral",
            architecture="mistral3",
            parameters=parameters,
            context_limit_tokens=_CONTEXT_TOKENS,
            tokenizer="v13",
        ),
    )


_spm, _tekken, _small = (
    tiny_models.write_llama_spm,
    tiny_models.write_llama_tekken,
    tiny_models.write_mistral3,
)
_WRITERS: dict[str, Callable[[pathlib.Path], pathlib.Path]] = {
    "v1": tiny_models.write_mixtral,
    "v2": functools.partial(_spm, version="v2"),
    "v3-spm": functools.partial(_spm, version="v3"),
    "v3-tekken": _tekken,
    "v3-tekken-image": _tekken,
    "v7-spm": functools.partial(_spm, version="v7"),
    "v7-spm-image": functools.partial(_spm, version="v7"),
    "v7-tekken-image": functools.partial(_small, version="v7"),
    "v11-image": functools.partial(_small, version="v11"),
    "v13": functools.partial(_small, version="v13-plain"),
    "v13-image-think": functools.partial(_small, version="v13"),
    "v15-image-think": tiny_models.write_mistral4,
}
assert tuple(sorted(_WRITERS)) == tuple(sorted(NAMES))
