"""From a conversation to the entries that are evaluated: Mistral's own prompt, or a template."""

from collections.abc import Iterable, Sequence

import msgspec

from app.domain.chat import Conversation, Effort, Thinking
from app.domain.errors import (
    AlwaysThinks,
    EffortUnavailable,
    MessagesUnsupported,
    PicturesUnavailable,
    TemplateBroken,
)
from app.domain.families import Family
from app.domain.mistral.prompt import build_prompt
from app.domain.mistral.version import TokenizerVersion, recognise
from app.domain.picture_grid import PictureGrid
from app.domain.prompt import Control, Image, Segment, Text, join_texts
from app.engine.worker.sequences import picture_entry
from app.engine.worker.template import ChatTemplate
from app.engine.worker.vocabulary import Vocabulary

_IMAGE, _IMAGE_BREAK, _IMAGE_END = "[IMG]", "[IMG_BREAK]", "[IMG_END]"


class Prompt(msgspec.Struct, frozen=True):
    """What to evaluate.

    Attributes:
        entries: As `app.engine.worker.sequences` understands them.
        images: The pictures and the position of each one's first entry, in order.
        is_thought_open: The answer goes on with a thought that was cut off.
    """

    entries: list[int]
    images: tuple[tuple[int, Image], ...]
    is_thought_open: bool

    @property
    def image_tokens(self) -> int:
        """How many of the entries belong to pictures."""
        return sum(image.tokens for _, image in self.images)


class Prompts:
    """Makes the prompts of one model.

    Attributes:
        thinking: Whether it thinks.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        model_name: str,
        template_source: str,
        family: Family | None,
        grid: PictureGrid | None,
    ) -> None:
        """Use Mistral's own prompt where the model is known to be made for it, else its template.

        Raises:
            TemplateBroken: It has neither.
        """
        self._vocabulary = vocabulary
        self._model_name = model_name
        self._cell_px = grid.cell_px if grid else None
        self._version = _version(vocabulary, template_source, family)
        self._template = None if self._version else self._compile(template_source)
        if self._version:
            vocabulary.use_reference()
        self.thinking = family.thinking if family else _thinking(self._version, template_source)

    @property
    def tokenizer(self) -> str:
        """The version, or "template"."""
        return self._version.value if self._version else "template"

    def segments(self, conversation: Conversation) -> list[Segment]:
        """Render it, with the start of the model's turn.

        Raises:
            PromptError: This model cannot be asked that.
            TemplateBroken: The model's template fails on it.
        """
        self._check(conversation)
        if self._version:
            # A model without the switch answers as it always does.
            has_switch = self.thinking is Thinking.SWITCH
            effort = conversation.effort if has_switch else None
            return build_prompt(
                msgspec.structs.replace(conversation, effort=effort),
                self._version,
                cell_px=self._cell_px,
                special_tokens=self._vocabulary.special_tokens,
            )
        assert self._template, "a model has one of the two"
        *before, last = conversation.messages
        if last.is_prefix:  # the beginning of the model's own turn
            segments = join_texts([*self._template.segments(before), Text(last.text)])
        else:
            segments = self._template.segments(conversation.messages)
        return [*(self._vocabulary.with_bos(segments) if self._vocabulary.adds_bos else segments)]

    def fewest_tokens(self, segments: Iterable[Segment]) -> int:
        """A lower bound of the count without tokenising; 0 where tokenising is cheap anyway."""
        return self._vocabulary.fewest_tokens(segments)

    def encode(self, segments: Iterable[Segment]) -> Prompt:
        """Tokenise.

        Raises:
            TemplateBroken: There is nothing in it, which llama.cpp would abort at.
        """
        entries: list[int] = []
        images = []
        last_control = ""
        for segment in segments:
            if isinstance(segment, Image):
                images.append((len(entries), segment))
                entries += [picture_entry(segment.picture)] * (segment.tokens - 1)
                entries.append(self._vocabulary.special_id(_IMAGE_END))
            else:
                entries += self.ids(segment)
                if isinstance(segment, Control):
                    last_control = segment.token
        if not entries:
            raise TemplateBroken(name=self._model_name, reason="it leaves nothing of the chat")
        return Prompt(entries, tuple(images), last_control == "[THINK]")

    def ids(self, segment: Segment) -> Sequence[int]:
        """The token ids of one segment, those of a picture as in Mistral's reference."""
        if isinstance(segment, Text):
            return self._vocabulary.encode_text(segment.text)
        if isinstance(segment, Control):
            return [self._vocabulary.special_id(segment.token)]
        row = [_IMAGE] * segment.columns + [_IMAGE_BREAK]
        ids = [self._vocabulary.special_id(token) for token in row] * segment.rows
        ids[-1] = self._vocabulary.special_id(_IMAGE_END)
        return ids

    def _compile(self, source: str) -> ChatTemplate:
        if not source:
            raise TemplateBroken(name=self._model_name, reason="there is none")
        return ChatTemplate(
            source,
            model_name=self._model_name,
            bos=self._vocabulary.bos,
            eos=self._vocabulary.eos,
            controls=self._vocabulary.controls,
        )

    def _check(self, conversation: Conversation) -> None:
        if conversation.effort is Effort.DEEP and self.thinking is Thinking.NEVER:
            raise EffortUnavailable(name=self._model_name, effort=Effort.DEEP.value)
        if conversation.effort is Effort.FAST and self.thinking is Thinking.ALWAYS:
            raise AlwaysThinks(name=self._model_name, effort=Effort.FAST.value)
        if conversation.pictures and (self._cell_px is None or not self._version):
            raise PicturesUnavailable(name=self._model_name)
        if self._version:
            return
        if conversation.tools or any(m.tool_calls for m in conversation.messages):
            raise MessagesUnsupported(reason="tools are known to Mistral's own models only")


def _version(
    vocabulary: Vocabulary, template_source: str, family: Family | None
) -> TokenizerVersion | None:
    """Which of Mistral's prompts the model was made for, None if it is not Mistral's."""
    if family and family.tokenizer:
        return TokenizerVersion(family.tokenizer)
    if template_source and "[INST]" not in template_source:
        return None  # trained further by somebody else, with other marks
    version = recognise(vocabulary.special_tokens, is_spm=vocabulary.is_spm)
    if version is None and vocabulary.is_spm and template_source:
        # v1 has no marks of its own; Llama 2 writes its system prompts differently.
        return None if "<<SYS>>" in template_source else TokenizerVersion.V1
    return version


def _thinking(version: TokenizerVersion | None, template_source: str) -> Thinking:
    """What a model does that the catalogue does not know."""
    if version is TokenizerVersion.V15:
        return Thinking.SWITCH
    return Thinking.ALWAYS if version and "[THINK]" in template_source else Thinking.NEVER
