"""One answer at a time for front ends without an event loop."""

import contextlib
import queue
from collections.abc import Callable

import msgspec

from app.domain.chat import FinishReason, Message, Sampling, Timings, Usage
from app.domain.errors import Cancelled
from app.engine.client import engine_client
from app.engine.protocol import Generated, TextDelta
from app.hardware.memory import read_memory
from app.pipe.client import End
from app.pipe.messages import Event
from app.services.engine_service import EngineService, LoadOptions, ModelFile


class AskTimings(Timings, frozen=True, kw_only=True):
    """The request's timings and, where it loaded the model, how long that took."""

    load_s: float = 0.0


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What `cierzo ask --json` prints."""

    text: str
    reasoning: str
    model: str
    effort: str | None
    finish_reason: FinishReason
    seed: int
    usage: Usage
    timings: AskTimings


class Asker:
    """Owns an engine and waits for it on the calling thread."""

    def __init__(self, model: ModelFile, options: LoadOptions) -> None:
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._engine = EngineService(
            engine_client(post=self._posted.put),
            model,
            free_memory_bytes=lambda: read_memory().available_bytes,
            options=options,
        )

    def ask(
        self,
        messages: tuple[Message, ...],
        sampling: Sampling,
        *,
        max_tokens: int | None,
        effort: str | None,
        on_text: Callable[[str], None],
    ) -> Answer:
        """Answer a conversation; `on_text` gets the text as it comes.

        Raises:
            AppError: It could not be answered.
            WorkerBug: A defect of ours in the worker.
            KeyboardInterrupt: Ctrl-C; the engine was told to stop.
        """
        parts: list[str] = []
        ends: list[End] = []

        def on_event(event: Event) -> None:
            if isinstance(event, TextDelta):
                parts.append(event.text)
                on_text(event.text)

        was_loaded = self._engine.state.loaded
        answering = self._engine.answer(
            messages, sampling, max_tokens, on_event=on_event, on_end=ends.append
        )
        try:
            while not ends:
                # With a timeout, since Windows would not let Ctrl-C interrupt it otherwise.
                with contextlib.suppress(queue.Empty):
                    self._posted.get(timeout=0.5)()
        except KeyboardInterrupt:
            answering.stop()
            raise
        end = ends[0]
        if isinstance(end, Cancelled):
            raise KeyboardInterrupt
        if isinstance(end, Exception):
            raise end
        assert isinstance(end, Generated)
        loaded = self._engine.state.loaded
        return Answer(
            text="".join(parts),
            reasoning="",
            model=self._engine.state.model.name,
            effort=effort,
            finish_reason=end.finish_reason,
            seed=end.seed,
            usage=end.usage,
            timings=AskTimings(
                **msgspec.structs.asdict(end.timings),
                load_s=loaded.load_s if loaded and not was_loaded else 0.0,
            ),
        )

    def close(self) -> None:
        """End the engine."""
        self._engine.close()
