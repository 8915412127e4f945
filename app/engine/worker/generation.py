"""One answer: read what is new of the prompt, then draw token after token.

The tokens in the KV cache are remembered, so that a follow-up reads only what differs. A cancel is
seen between decode calls and, on the CPU, between the nodes of one; what was finished stays cached.
"""

import time
from collections.abc import Callable

from app.domain.chat import FinishReason, Timings, Usage
from app.domain.errors import ComputeFailed, ContextFull
from app.engine.protocol import Generate, Generated, Stage
from app.engine.worker.model import BATCH_TOKENS, Model, Report
from app.engine.worker.native import llama
from app.engine.worker.sampler import Sampler
from app.engine.worker.vocabulary import TextStream

# Waking the reader costs the decoder time on a small machine; 60 updates a second look continuous.
_EMIT_INTERVAL_S = 1 / 60
_SEQUENCE = 0
_ABORTED = 2
_NO_ROOM = 1

Emit = Callable[[str, int], None]


class Generator:
    """Answers conversations with one model, one at a time."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._cached: list[int] = []
        # Lives as long as any batch that points into it.
        self._buffer = (llama.llama_token * BATCH_TOKENS)()

    def run(self, request: Generate, *, report: Report, emit: Emit) -> Generated:
        """Answer it.

        Args:
            request: What to answer.
            report: Called while the prompt is read: stage, tokens done, tokens in total.
            emit: Called with new text and the answer's token count so far.

        Raises:
            ContextFull: The prompt leaves no room for an answer.
            TemplateBroken: The model's template fails on this conversation.
            ComputeFailed: A device failed, for instance for lack of memory.
        """
        started_s = time.perf_counter()
        prompt = self._tokenise(request, report)
        reused = self._keep_common_prefix(prompt)
        sampler = Sampler(request.sampling, self._model.vocabulary.size)
        try:
            is_read = self._read(prompt, report)
            read_s = time.perf_counter()
            usage = Usage(prompt_tokens=len(prompt), reused_tokens=reused)
            if not is_read:
                return Generated(
                    request_id=request.request_id,
                    finish_reason=FinishReason.CANCELLED,
                    seed=sampler.seed,
                    usage=usage,
                    timings=Timings(prompt_s=read_s - started_s),
                )
            answer = _Answer(request.max_tokens, started_s=started_s, emit=emit)
            reason = self._write(sampler, answer)
            answer.finish()
        finally:
            sampler.close()
        return Generated(
            request_id=request.request_id,
            finish_reason=reason,
            seed=sampler.seed,
            usage=Usage(
                prompt_tokens=len(prompt),
                reused_tokens=reused,
                completion_tokens=answer.tokens,
            ),
            timings=answer.timings(prompt_s=read_s - started_s),
        )

    def _tokenise(self, request: Generate, report: Report) -> list[int]:
        model = self._model
        report(Stage.TEMPLATE, 0, 1)
        segments = model.template.segments(request.messages)
        report(Stage.TOKENS, 0, 1)
        if model.vocabulary.adds_bos:
            segments = model.vocabulary.with_bos(segments)
        # Tokenising 10 MB takes seconds; what cannot fit is refused without it.
        needed = model.vocabulary.fewest_tokens(segments)
        if needed < model.context_tokens:
            prompt = model.vocabulary.encode(segments)
            if len(prompt) < model.context_tokens:
                return prompt
            needed = len(prompt)
        raise ContextFull(context_tokens=model.context_tokens, needed_tokens=needed + 1)

    def _keep_common_prefix(self, prompt: list[int]) -> int:
        """Drop from the cache what this prompt does not begin with; return what stays.

        At least one token is evaluated again, for its logits.
        """
        common = 0
        for cached, wanted in zip(self._cached, prompt[:-1], strict=False):
            if cached != wanted:
                break
            common += 1
        memory = llama.llama_get_memory(self._model.context)
        if not llama.llama_memory_seq_rm(memory, _SEQUENCE, common, -1):
            # Recurrent models cannot forget a part.
            llama.llama_memory_clear(memory, False)
            common = 0
        del self._cached[common:]
        return common

    def _read(self, prompt: list[int], report: Report) -> bool:
        """Evaluate the rest of the prompt; False if it was cancelled."""
        while (done := len(self._cached)) < len(prompt):
            report(Stage.PROMPT, done, len(prompt))
            if not self._decode(prompt[done : done + BATCH_TOKENS]):
                return False
        report(Stage.PROMPT, len(prompt), len(prompt))
        return True

    def _write(self, sampler: Sampler, answer: "_Answer") -> FinishReason:
        model = self._model
        context = model.context
        assert context is not None
        while not model.abort.is_set:
            token = sampler.sample(context)
            if model.vocabulary.is_end(token):
                return FinishReason.STOP
            answer.add(model.vocabulary.piece(token))
            if answer.is_full:
                return FinishReason.LENGTH
            if len(self._cached) == model.context_tokens:
                return FinishReason.CONTEXT
            if not self._decode([token]):
                break
        return FinishReason.CANCELLED

    def _decode(self, tokens: list[int]) -> bool:
        """Evaluate tokens at the end of the cache; False if it was aborted."""
        self._buffer[: len(tokens)] = tokens  # type: ignore[assignment]  # ctypes takes ints
        batch = llama.llama_batch_get_one(self._buffer, len(tokens))
        status = llama.llama_decode(self._model.context, batch)
        if status == 0:
            self._cached += tokens
            return True
        if status == _ABORTED:
            # The finished part of the batch stays; ask how far it got.
            memory = llama.llama_get_memory(self._model.context)
            kept = llama.llama_memory_seq_pos_max(memory, _SEQUENCE) + 1
            self._cached = (self._cached + tokens)[:kept]
            return False
        self._cached.clear()
        llama.llama_memory_clear(llama.llama_get_memory(self._model.context), False)
        if status == _NO_ROOM:
            raise ContextFull(
                context_tokens=self._model.context_tokens,
                needed_tokens=self._model.context_tokens + 1,
            )
        raise ComputeFailed(status=status)


class _Answer:
    """The tokens of one answer on their way to the reader, and when they came."""

    def __init__(self, max_tokens: int | None, *, started_s: float, emit: Emit) -> None:
        self.tokens = 0
        self._max_tokens = max_tokens
        self._started_s = started_s
        self._emit = emit
        self._stream = TextStream()
        self._held = ""
        self._emitted_s = 0.0
        self._first_s: float | None = None
        self._last_s = 0.0

    @property
    def is_full(self) -> bool:
        """Whether the token limit is reached."""
        return self._max_tokens is not None and self.tokens >= self._max_tokens

    def add(self, piece: bytes) -> None:
        """Take one token's bytes; text goes out at most 60 times a second."""
        now = self._last_s = time.perf_counter()
        self._first_s = self._first_s or now
        self.tokens += 1
        self._held += self._stream.feed(piece)
        if self._held and now - self._emitted_s >= _EMIT_INTERVAL_S:
            self._send(now)

    def finish(self) -> None:
        """Send what is held back."""
        self._held += self._stream.finish()
        if self._held:
            self._send(time.perf_counter())

    def timings(self, *, prompt_s: float) -> Timings:
        """The measured times of a finished answer."""
        if self._first_s is None:
            return Timings(prompt_s=prompt_s)
        decode_s = self._last_s - self._first_s
        return Timings(
            prompt_s=prompt_s,
            first_token_s=self._first_s - self._started_s,
            tokens_per_s=(self.tokens - 1) / decode_s if decode_s > 0 else 0.0,
        )

    def _send(self, now: float) -> None:
        self._emit(self._held, self.tokens)
        self._held = ""
        self._emitted_s = now
