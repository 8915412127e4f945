"""The tokens of one answer on their way to the reader: thoughts apart, and when they came."""

import time
from collections.abc import Callable

import msgspec

from app.domain.chat import Timings
from app.engine.worker.vocabulary import TextStream, Vocabulary

# Waking the reader costs the decoder time on a small machine; 60 updates a second look continuous.
_EMIT_INTERVAL_S = 1 / 60


class Delta(msgspec.Struct, frozen=True):
    """New text of one part of the answer; the counts are those of the answer so far."""

    text: str
    part: int
    is_thought: bool
    completion_tokens: int
    reasoning_tokens: int


Emit = Callable[[Delta], None]


class Answer:
    """One answer as it grows.

    A thought stands between two special tokens of the vocabulary. One that is opened again while it
    is open stays one thought; a mark that closes nothing is left out.

    Attributes:
        tokens: Every one, marks too.
        reasoning_tokens: Those inside thoughts, marks not counted.
        is_thinking: The last token is inside a thought.
        thought_s: Seconds spent inside thoughts.
    """

    def __init__(
        self, vocabulary: Vocabulary, *, started_s: float, emit: Emit, is_thinking: bool
    ) -> None:
        self.tokens: list[int] = []
        self.reasoning_tokens = 0
        self.is_thinking = is_thinking
        self.thought_s = 0.0
        self._vocabulary = vocabulary
        self._opening = vocabulary.thought_marks[0] if vocabulary.thought_marks else None
        self._closing = vocabulary.thought_marks[1] if vocabulary.thought_marks else None
        self._started_s = started_s
        self._emit = emit
        self._stream = TextStream()
        self._held = ""
        self._part = 0
        self._is_part_begun = False
        self._emitted_s = 0.0
        self._first_s: float | None = None
        self._last_s = 0.0
        self._thought_since_s = 0.0

    def add(self, token: int) -> None:
        """Take the next token; text goes out at most 60 times a second."""
        now = self._last_s = time.perf_counter()
        if self._first_s is None:
            self._first_s = self._thought_since_s = now
        self.tokens.append(token)
        if token == self._opening:
            self._open_thought(now)
            return
        if token == self._closing:
            self._close_thought(now)
            return
        self.reasoning_tokens += self.is_thinking
        self._held += self._stream.feed(self._vocabulary.piece(token))
        if self._held and now - self._emitted_s >= _EMIT_INTERVAL_S:
            self._send(now)

    def finish(self) -> None:
        """Send what is held back."""
        self._end_part()
        if self.is_thinking:
            self.thought_s += self._last_s - self._thought_since_s

    def timings(self, *, prompt_s: float) -> Timings:
        """The measured times of a finished answer."""
        if self._first_s is None:
            return Timings(prompt_s=prompt_s)
        decode_s = self._last_s - self._first_s
        return Timings(
            prompt_s=prompt_s,
            first_token_s=self._first_s - self._started_s,
            tokens_per_s=(len(self.tokens) - 1) / decode_s if decode_s > 0 else 0.0,
        )

    def _open_thought(self, now: float) -> None:
        if self.is_thinking:
            return
        self._end_part()
        if self._is_part_begun:
            self._begin_part()
        self.is_thinking = True
        self._thought_since_s = now
        self._send(now)  # also an empty thought is one

    def _close_thought(self, now: float) -> None:
        if not self.is_thinking:
            return
        self._end_part()
        self._begin_part()
        self.is_thinking = False
        self.thought_s += now - self._thought_since_s

    def _begin_part(self) -> None:
        self._part += 1
        self._is_part_begun = False

    def _end_part(self) -> None:
        self._held += self._stream.finish()
        self._stream = TextStream()
        if self._held:
            self._send(time.perf_counter())

    def _send(self, now: float) -> None:
        self._emit(
            Delta(self._held, self._part, self.is_thinking, len(self.tokens), self.reasoning_tokens)
        )
        self._held = ""
        self._is_part_begun = True
        self._emitted_s = now
