"""The chat template inside a GGUF, rendered to segments.

The template runs in llama-cpp-python's sandbox. It may still loop for ever, so the parent's
watchdog ends a worker that stays silent here; the memory that it takes is limited. What the
template itself wrote may contain control tokens; what a person or a model wrote may not, whatever
the template does to it.
"""

import contextlib
import re
import secrets
from collections.abc import Iterator, Sequence

from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from app.domain.chat import Message
from app.domain.errors import TemplateBroken
from app.domain.prompt import Control, ControlTokens, Plain, Text, join_texts
from app.engine.worker.memory_cap import memory_cap

# Private-use characters: no template trims, splits on or escapes them.
_PRIVATE_USE = range(0x100000, 0x10FFFE)

# Ten megabytes of words can be rendered with it, which fit no context.
_MEMORY_BYTES = 256 << 20
# What a template may write beside the words, and how much longer it may make them: JSON needs
# twelve characters for one. More would only be tokenised for minutes to be refused.
_MOST_OWN_CHARACTERS = 4_000_000
_MOST_GROWTH = 12


class ChatTemplate:
    """One model's template."""

    def __init__(
        self, source: str, *, model_name: str, bos: str, eos: str, controls: ControlTokens
    ) -> None:
        """Compile the template.

        Raises:
            TemplateBroken: It is not a valid template.
        """
        self._model_name = model_name
        self._controls = controls
        with memory_cap(_MEMORY_BYTES), self._failures():
            self._formatter = Jinja2ChatFormatter(template=source, eos_token=eos, bos_token=bos)

    def segments(self, messages: Sequence[Message]) -> list[Plain]:
        """Render a conversation and the start of the model's turn.

        Raises:
            TemplateBroken: The template fails or refuses this conversation,.
        """
        texts = [message.text for message in messages]
        try:
            with memory_cap(_MEMORY_BYTES):
                return self._segments(messages, texts)
        except MemoryError as error:
            raise self._broken(error) from None

    def _segments(self, messages: Sequence[Message], texts: list[str]) -> list[Plain]:
        rendered = self._render(messages, texts)
        placed = self._placed(messages, texts, rendered)
        return join_texts(placed if placed is not None else self._marked(messages, texts, rendered))

    def _placed(
        self, messages: Sequence[Message], texts: list[str], rendered: str
    ) -> list[Plain] | None:
        """Segments where the template puts the contents in unchanged, else None.

        A second rendering with unique placeholders shows where they go; with the contents in their
        places it must equal the first one.
        """
        nonce = secrets.token_hex(8)
        placeholders = [f"{nonce}x{i}x" for i in range(len(texts))]
        try:
            outline = self._render(messages, placeholders)
        except TemplateBroken:
            return None  # it looks into the contents
        segments: list[Plain] = []
        for i, part in enumerate(re.split(f"{nonce}x(\\d+)x", outline)):
            segments += [Text(texts[int(part)])] if i % 2 else self._controls.split(part)
        return segments if _as_text(segments) == rendered else None

    def _marked(self, messages: Sequence[Message], texts: list[str], rendered: str) -> list[Plain]:
        """Segments where the template changes the contents: trims, splits, escapes.

        A third rendering has a mark after every character of the contents that could begin a
        control token, so that what it still contains is the template's own. Where no content holds
        a control token and the plain rendering has the very same ones, it is right as it is.
        Otherwise the marked one is used: safe, at the price that a template which looks for such
        text (`split('</think>')`) does not find it.
        """
        everything = "".join(texts)
        mark = next(chr(c) for c in _PRIVATE_USE if chr(c) not in everything)
        marked = self._render(messages, [self._controls.break_up(t, mark) for t in texts])
        own = self._controls.split(marked)
        plain = self._controls.split(rendered)
        is_clean = not any(_controls_of(self._controls.split(text)) for text in texts)
        if is_clean and _controls_of(plain) == _controls_of(own):
            return plain
        return [Text(s.text.replace(mark, "")) if isinstance(s, Text) else s for s in own]

    def _render(self, messages: Sequence[Message], texts: Sequence[str]) -> str:
        turns = [
            {"role": message.role.value, "content": text}
            for message, text in zip(messages, texts, strict=True)
        ]
        with self._failures():
            rendered = str(self._formatter(messages=turns).prompt)  # type: ignore[arg-type]
        if len(rendered) > _MOST_OWN_CHARACTERS + _MOST_GROWTH * sum(map(len, texts)):
            raise TemplateBroken(name=self._model_name, reason="it writes far too much")
        return rendered

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a stranger's program raises what it likes
            raise self._broken(error) from None

    def _broken(self, error: BaseException) -> TemplateBroken:
        # Not the message of the error: a template can put the conversation into it.
        return TemplateBroken(name=self._model_name, reason=type(error).__name__)


def _as_text(segments: Sequence[Plain]) -> str:
    return "".join(s.token if isinstance(s, Control) else s.text for s in segments)


def _controls_of(segments: Sequence[Plain]) -> list[str]:
    return [segment.token for segment in segments if isinstance(segment, Control)]
