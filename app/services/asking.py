"""One answer at a time for front ends without an event loop."""

import contextlib
import queue
from collections.abc import Callable

import msgspec

from app.domain.chat import (
    Conversation,
    Effort,
    FinishReason,
    Sampling,
    Thinking,
    Timings,
    Usage,
)
from app.domain.errors import Cancelled
from app.domain.families import Family, recommended_sampling
from app.domain.model_file import ModelFile
from app.engine.client import engine_client
from app.engine.packs import engine_folder
from app.engine.probing import set_up_engine
from app.engine.protocol import Generated, Loaded, SegmentTokens, TextDelta, Tokenised
from app.hardware.memory import read_memory
from app.pipe.client import End
from app.pipe.messages import Done, Event
from app.services.engine_service import Ask, EnginePhase, EngineService, Work
from app.services.model_loader import LoadOptions


class AskTimings(Timings, frozen=True, kw_only=True):
    """The request's timings and, where it loaded the model, how long that took."""

    load_s: float = 0.0


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What `cierzo ask --json` prints."""

    text: str
    reasoning: str
    model: str
    effort: Effort | None
    finish_reason: FinishReason
    seed: int
    usage: Usage
    timings: AskTimings


class PromptSegment(msgspec.Struct, frozen=True):
    """One segment of a prompt; `count` is in tokens."""

    kind: str
    text: str
    count: int


class TokenisedPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """What `cierzo tokens` prints."""

    version: str
    ids: list[int]
    text: str
    segments: list[PromptSegment]


class Asker:
    """Owns an engine and waits for it on the calling thread.

    Attributes:
        model: What it uses.
    """

    def __init__(
        self,
        model: ModelFile,
        options: LoadOptions,
        families: tuple[Family, ...] = (),
        *,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """Use `model`; what waits for it raises `KeyboardInterrupt` when `is_stopped` says so."""
        self.model = model
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        client = engine_client(post=self._posted.put)
        if engine_folder():
            client.add_environment(set_up_engine().environment)
        self._engine = EngineService(
            client,
            model,
            free_memory_bytes=lambda: read_memory().available_bytes,
            options=options,
            families=families,
        )
        self._families = families
        self._is_stopped = is_stopped
        self._load_s = 0.0  # not reported yet

    def load(self) -> Loaded:
        """Load the model, if it is not loaded yet.

        Raises:
            AppError: It cannot be used.
            KeyboardInterrupt: Ctrl-C.
        """
        is_new = self._engine.state.loaded is None
        self._engine.prepare()
        while (state := self._engine.state).phase is EnginePhase.LOADING:
            self._handle_next()
        if state.error:
            raise state.error
        if state.loaded is None:
            raise KeyboardInterrupt
        if is_new:
            self._load_s = state.loaded.load_s
        return state.loaded

    def sampling(self, effort: Effort | None) -> Sampling:
        """What the catalogue recommends for the model, which is loaded."""
        return recommended_sampling(self._families, self.load().family, effort)

    def ask(self, request: Ask, *, on_text: Callable[[str, bool], None]) -> Answer:
        """Answer a conversation; `on_text` gets the text as it comes and whether it is a thought.

        Raises:
            AppError: It could not be answered.
            WorkerBug: A defect of ours in the worker.
            KeyboardInterrupt: Ctrl-C; the engine was told to stop.
        """
        words: list[str] = []
        thoughts: list[str] = []

        def on_event(event: Event) -> None:
            if isinstance(event, TextDelta):
                (thoughts if event.is_thought else words).append(event.text)
                on_text(event.text, event.is_thought)

        self.load()
        load_s, self._load_s = self._load_s, 0.0
        ends: list[End] = []
        work = self._engine.answer(request, on_event=on_event, on_end=ends.append)
        end = self._wait(work, ends)
        assert isinstance(end, Generated)
        loaded = self.load()
        effort = request.conversation.effort or _fixed_effort(loaded.thinking)
        return Answer(
            text="".join(words),
            reasoning="".join(thoughts),
            model=self._engine.state.model_name,
            effort=effort,
            finish_reason=end.finish_reason,
            seed=end.seed,
            usage=end.usage,
            timings=AskTimings(**msgspec.structs.asdict(end.timings), load_s=load_s),
        )

    def tokens(self, conversation: Conversation) -> TokenisedPrompt:
        """The exact prompt of a conversation.

        Raises:
            AppError: This model cannot be asked that.
            WorkerBug: A defect of ours in the worker.
            KeyboardInterrupt: Ctrl-C.
        """
        ids: list[int] = []
        segments: list[PromptSegment] = []

        def on_event(event: Event) -> None:
            if not isinstance(event, SegmentTokens):
                return
            ids.extend(event.ids)
            if event.is_more:
                last = segments.pop()
                whole = PromptSegment(
                    last.kind, last.text + event.text, last.count + len(event.ids)
                )
                segments.append(whole)
            else:
                segments.append(PromptSegment(event.kind, event.text, len(event.ids)))

        ends: list[End] = []
        work = self._engine.tokenise(conversation, on_event=on_event, on_end=ends.append)
        end = self._wait(work, ends)
        assert isinstance(end, Tokenised)
        text = "".join(segment.text for segment in segments)
        return TokenisedPrompt(version=end.tokenizer, ids=ids, text=text, segments=segments)

    def _wait(self, work: Work, ends: list[End]) -> Done:
        try:
            while not ends:
                self._handle_next()
        except KeyboardInterrupt:
            work.stop()
            raise
        if isinstance(ends[0], Cancelled):
            raise KeyboardInterrupt
        if isinstance(ends[0], Exception):
            raise ends[0]
        return ends[0]

    def _handle_next(self) -> None:
        if self._is_stopped():
            raise KeyboardInterrupt
        # With a timeout, since Windows would not let Ctrl-C interrupt it otherwise.
        with contextlib.suppress(queue.Empty):
            self._posted.get(timeout=0.5)()

    def close(self) -> None:
        """End the engine."""
        self._engine.close()


def _fixed_effort(thinking: Thinking) -> Effort | None:
    """What a model does that was not told; without thinking there is no effort to speak of."""
    return {Thinking.ALWAYS: Effort.DEEP, Thinking.SWITCH: Effort.FAST}.get(thinking)
