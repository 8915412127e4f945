"""One answer: read what is new of the prompt, then draw token after token.

What is in the KV cache is reused, so that a follow-up reads only what differs. A cancel is seen
between steps and, on the CPU, between the nodes of one; what was finished stays cached.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from app.domain.chat import Conversation, FinishReason, Thinking, Usage
from app.domain.errors import Cancelled, ContextFull, ThinkingUnavailable
from app.domain.prompt import Image, Segment
from app.engine.protocol import ChatKey, Generate, Generated, Prepare, Prepared, Stage
from app.engine.worker.answer import Answer, Emit
from app.engine.worker.evaluator import Evaluator
from app.engine.worker.lookup import Lookup
from app.engine.worker.model import Model, Report
from app.engine.worker.prompts import Prompt
from app.engine.worker.repetition import Repetition
from app.engine.worker.sampler import Sampler
from app.engine.worker.sequences import Owner, Sequence, Sequences, picture_entry


class Generator:
    """Answers conversations with one model, one at a time.

    Attributes:
        sequences: What it has read.
    """

    def __init__(self, model: Model) -> None:
        assert model.context is not None
        self._model = model
        self.sequences = Sequences(
            model.context, count=model.sequence_count, snapshots=model.snapshots
        )
        self._evaluator = Evaluator(
            model.context,
            self.sequences,
            context_tokens=model.context_tokens,
            step_tokens=model.step_tokens,
            most_outputs=model.most_outputs,
        )

    def run(
        self,
        request: Generate,
        *,
        report: Report,
        emit: Emit,
        on_repetition: Callable[[], None],
        is_nudged: Callable[[], bool],
    ) -> Generated:
        """Answer it.

        Args:
            request: What to answer.
            report: Called while the prompt is read: stage, done, total.
            emit: Called with new text.
            on_repetition: Called once if the answer says the same over and over.
            is_nudged: Whether the person wants the answer now, without more thought.

        Raises:
            ContextFull: The prompt leaves no room for an answer.
            PromptError: This model cannot be asked that.
            TemplateBroken: The model's template fails on this conversation.
            ComputeFailed: A device failed, for instance for lack of memory.
        """
        started_s = time.perf_counter()
        if request.thinking_tokens is not None and self._model.thinking is Thinking.NEVER:
            raise ThinkingUnavailable(name=self._model.name)
        prompt = self._prompt(request.conversation, report)
        sampler = Sampler(request.sampling, self._model.vocabulary.size)
        answer = Answer(
            self._model.vocabulary,
            started_s=started_s,
            emit=emit,
            is_thinking=prompt.is_thought_open,
        )
        reason, reused = FinishReason.CANCELLED, 0
        with contextlib.closing(sampler):
            sequence = self._claim(request.conversation, request.chat, prompt)
            reused = len(sequence.entries)
            is_read = self._read(sequence, prompt, report)
            read_s = time.perf_counter()
            if is_read:
                writer = _Writer(
                    self._model, self._evaluator, self.sequences, sequence, request, is_nudged
                )
                reason = writer.run(sampler, answer, on_repetition=on_repetition)
            answer.finish()
        return Generated(
            request_id=request.request_id,
            finish_reason=reason,
            seed=sampler.seed,
            usage=_usage(prompt, reused, answer),
            timings=answer.timings(prompt_s=read_s - started_s),
            is_thought_open=answer.is_thinking,
            thought_s=answer.thought_s,
        )

    def prepare(self, request: Prepare, report: Report) -> Prepared:
        """Read a prompt, so that an answer to it, or to one that begins alike, begins at once."""
        prompt = self._prompt(request.conversation, report)
        sequence = self._claim(request.conversation, request.chat, prompt)
        reused = len(sequence.entries)
        self._read(sequence, prompt, report)
        return Prepared(request_id=request.request_id, usage=_usage(prompt, reused, None))

    def segments(self, conversation: Conversation, report: Report) -> list[Segment]:
        """Render a conversation.

        Raises:
            PromptError: This model cannot be asked that.
            TemplateBroken: The model's template fails on it.
        """
        report(Stage.TEMPLATE, 0, 1)
        segments = self._model.prompts.segments(conversation)
        report(Stage.TOKENS, 0, 1)
        return segments

    def _prompt(self, conversation: Conversation, report: Report) -> Prompt:
        prompts, most = self._model.prompts, self._model.context_tokens
        segments = self.segments(conversation, report)
        # Tokenising 10 MB takes seconds; what cannot fit is refused without it.
        needed = prompts.fewest_tokens(segments)
        if needed < most:
            prompt = prompts.encode(segments)
            if len(prompt.entries) < most:
                return prompt
            needed = len(prompt.entries)
        raise ContextFull(context_tokens=most, needed_tokens=needed + 1)

    def _claim(self, conversation: Conversation, chat: ChatKey | None, prompt: Prompt) -> Sequence:
        owner = None
        if chat:
            has_switch = self._model.thinking is Thinking.SWITCH
            effort = conversation.effort if has_switch else None
            owner = Owner(chat.chat, effort, chat.is_private)
        return self.sequences.claim(owner, prompt.entries)

    def _read(self, sequence: Sequence, prompt: Prompt, report: Report) -> bool:
        """Evaluate the rest of the prompt; False if it was cancelled."""
        total = len(prompt.entries)
        for piece in _pieces(prompt, len(sequence.entries), self._evaluator.step_tokens):
            report(Stage.PROMPT, len(sequence.entries), total)
            if self._model.abort.is_set:
                return False
            if isinstance(piece, _ImagePiece):
                is_done = self._look(sequence, piece, report)
            else:
                is_done = self._evaluator.tokens(sequence, piece)
            if not is_done:
                return False
        report(Stage.PROMPT, total, total)
        return not self._model.abort.is_set

    def _look(self, sequence: Sequence, piece: "_ImagePiece", report: Report) -> bool:
        assert self._model.vision, "only a model that sees gets a prompt with pictures"
        try:
            rows = self._model.vision.embeddings(
                piece.image, piece.first, piece.length, lambda: report(Stage.PICTURE, 0, 1)
            )
        except Cancelled:
            return False
        entry = picture_entry(piece.image.picture)
        return self._evaluator.embeddings(sequence, entry, rows, piece.length)


def _usage(prompt: Prompt, reused_tokens: int, answer: Answer | None) -> Usage:
    return Usage(
        prompt_tokens=len(prompt.entries),
        reused_tokens=reused_tokens,
        completion_tokens=len(answer.tokens) if answer else 0,
        reasoning_tokens=answer.reasoning_tokens if answer else 0,
        image_tokens=prompt.image_tokens,
    )


class _ImagePiece(NamedTuple):
    """`length` positions of a picture, from its position `first` on."""

    image: Image
    first: int
    length: int


def _pieces(prompt: Prompt, start: int, most_tokens: int) -> Iterator[list[int] | _ImagePiece]:
    """Cut the prompt from position `start` on into steps."""
    for first, image in prompt.images:
        end = first + image.tokens - 1  # the mark after it is a token like any other
        if start < end:
            yield from _batches(prompt.entries[start:first], most_tokens)
            for begin in range(max(start, first), end, most_tokens):
                yield _ImagePiece(image, begin - first, min(most_tokens, end - begin))
            start = end
    yield from _batches(prompt.entries[start:], most_tokens)


def _batches(entries: list[int], most_tokens: int) -> Iterator[list[int]]:
    for begin in range(0, len(entries), most_tokens):
        yield entries[begin : begin + most_tokens]


class _Writer:
    """Draws the tokens of one answer.

    A step evaluates the last token and what the lookup guesses to follow; a guess is right if the
    same token is drawn there, so that the answer is the one it would have been. The mark that ends
    a thought early takes the place of a drawn token.
    """

    def __init__(
        self,
        model: Model,
        evaluator: Evaluator,
        sequences: Sequences,
        sequence: Sequence,
        request: Generate,
        is_nudged: Callable[[], bool],
    ) -> None:
        self._model = model
        self._evaluator = evaluator
        self._sequences = sequences
        self._sequence = sequence
        self._lookup = Lookup(sequence.entries)
        self._most_tokens = model.context_tokens - len(sequence.entries)
        self._max_tokens = request.max_tokens
        self._thinking_tokens = request.thinking_tokens
        self._most_guesses = evaluator.most_outputs - 1 if request.guesses else 0
        self._is_nudged = is_nudged

    def run(
        self, sampler: Sampler, answer: Answer, *, on_repetition: Callable[[], None]
    ) -> FinishReason:
        """Write until there is a reason to end."""
        repetition = Repetition()
        token = self._draw(-1, sampler, answer)
        while not self._model.abort.is_set:
            if reason := self._take(token, answer):
                return reason
            if repetition.is_news(answer.tokens):
                on_repetition()
            guesses = self._lookup.guesses(token, self._room(answer))
            step = [token, *guesses]
            if not self._evaluator.tokens(self._sequence, step, outputs=len(step)):
                break
            token, reason = self._check(guesses, sampler, answer)
            if reason:
                return reason
        return FinishReason.CANCELLED

    def _draw(self, place: int, sampler: Sampler, answer: Answer) -> int:
        """The token after that place of the last step; where a thought has to end, its mark."""
        if answer.is_thinking and (self._is_nudged() or self._has_thought_enough(answer)):
            marks = self._model.vocabulary.thought_marks
            assert marks, "without the marks there is no thought"
            sampler.accept(marks[1])
            return marks[1]
        return sampler.sample(self._evaluator.context, place)

    def _check(
        self, guesses: list[int], sampler: Sampler, answer: Answer
    ) -> tuple[int, FinishReason | None]:
        """Take the guesses that are right; return the token that comes after them."""
        begin = len(self._sequence.entries) - len(guesses)
        token = self._draw(0, sampler, answer)
        reason, right = None, 0
        while right < len(guesses) and token == guesses[right] and not reason:
            reason = self._take(token, answer)
            right += 1
            token = self._draw(right, sampler, answer)
        self._lookup.learn_outcome(len(guesses), right)
        self._sequences.trim(self._sequence, begin + right)
        return token, reason

    def _take(self, token: int, answer: Answer) -> FinishReason | None:
        if self._model.vocabulary.is_end(token):
            return FinishReason.STOP
        answer.add(token)
        if self._max_tokens is not None and len(answer.tokens) >= self._max_tokens:
            return FinishReason.LENGTH
        return FinishReason.CONTEXT if len(answer.tokens) > self._most_tokens else None

    def _has_thought_enough(self, answer: Answer) -> bool:
        return (
            self._thinking_tokens is not None and answer.reasoning_tokens >= self._thinking_tokens
        )

    def _room(self, answer: Answer) -> int:
        """How many tokens may be guessed: the last one must still have its place."""
        left = self._most_tokens - len(answer.tokens)
        if self._max_tokens is not None:
            left = min(left, self._max_tokens - len(answer.tokens))
        return max(0, min(left, self._most_guesses))
