"""One engine and the model that it should hold: loads when needed, survives deaths.

Lives on the owner's thread (see `app.pipe.client`).
"""

import collections
import pathlib
import time
from collections.abc import Callable
from enum import StrEnum

import msgspec

from app.domain.chat import Message, Sampling
from app.domain.errors import Cancelled, EngineKeepsCrashing, ModelUnreadable
from app.engine.protocol import Generate, Load, Loaded, Unload
from app.pipe.client import End, WorkerClient
from app.pipe.messages import Event, Progress

_DEATHS_ALLOWED = 2
_DEATHS_WINDOW_S = 600.0


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A model that can be loaded.

    Attributes:
        name: What the person calls it.
        is_toy: The starter model: to try the app with, not to trust.
    """

    name: str
    path: pathlib.Path
    is_toy: bool = False


class EnginePhase(StrEnum):
    """Where the engine is."""

    EMPTY = "empty"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class EngineState(msgspec.Struct, frozen=True, kw_only=True):
    """What the model chip shows.

    Attributes:
        progress: Share of the weights that is loaded, 0 .. 1, while LOADING.
        loaded: While READY.
        error: While FAILED.
    """

    phase: EnginePhase
    model: ModelFile
    progress: float = 0.0
    loaded: Loaded | None = None
    error: Exception | None = None


class LoadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to load; None leaves the choice to the worker."""

    context_tokens: int | None = None
    threads: int | None = None


class Answering:
    """One running request for an answer; `stop` may come at any moment."""

    def __init__(self, stop: Callable[["Answering"], None]) -> None:
        self._stop = stop
        self.is_stopped = False
        self.request_id: int | None = None

    def stop(self) -> None:
        """End it; its end comes through `on_end` as usual."""
        self.is_stopped = True
        self._stop(self)


class EngineService:
    """Keeps the chosen model loaded in a living worker.

    Attributes:
        state: The current `EngineState`.
        on_state: Called after every change of it.
        on_idle_death: Called when the engine died while nobody was waiting for it.
    """

    def __init__(
        self,
        client: WorkerClient,
        model: ModelFile,
        *,
        free_memory_bytes: Callable[[], int],
        options: LoadOptions | None = None,
    ) -> None:
        """Use `client` for `model`; `free_memory_bytes` tells what programs may take now."""
        self.on_state: Callable[[EngineState], None] = lambda state: None
        self.on_idle_death: Callable[[Exception], None] = lambda error: None
        self.state = EngineState(phase=EnginePhase.EMPTY, model=model)
        self._client = client
        self._client.on_death = self._died
        self._options = options or LoadOptions()
        self._free_memory_bytes = free_memory_bytes
        self._leaving_bytes = 0
        self._load_id: int | None = None
        self._waiting: list[tuple[Callable[[], None], Callable[[End], None]]] = []
        self._deaths: collections.deque[float] = collections.deque(maxlen=_DEATHS_ALLOWED + 1)

    @property
    def pid(self) -> int | None:
        """The worker's process id, None where there is none."""
        return self._client.pid

    def use(self, model: ModelFile) -> None:
        """Choose another model; it is loaded when something needs it."""
        if model.path == self.state.model.path and self.state.phase is not EnginePhase.FAILED:
            return
        self._deaths.clear()
        if self._load_id is not None:
            self._client.cancel(self._load_id)
            self._load_id = None
        elif self.state.phase is EnginePhase.READY:
            self._unload()
        self._set(EngineState(phase=EnginePhase.EMPTY, model=model))
        self._fail_waiting(Cancelled())

    def prepare(self) -> None:
        """Load the chosen model now, if it is not loaded and has not failed."""
        if self.state.phase is EnginePhase.EMPTY:
            self._when_ready(lambda: None, lambda end: None)

    def retry(self) -> None:
        """Forget past deaths and failures: the next use starts afresh."""
        self._deaths.clear()
        if self.state.phase is EnginePhase.FAILED:
            self._set(EngineState(phase=EnginePhase.EMPTY, model=self.state.model))

    def answer(
        self,
        messages: tuple[Message, ...],
        sampling: Sampling,
        max_tokens: int | None,
        *,
        on_event: Callable[[Event], None],
        on_end: Callable[[End], None],
    ) -> Answering:
        """Answer a conversation, loading the model first where needed.

        The end is a `Generated`, a `Cancelled` where it was stopped before it began, or the error.
        """
        answering = Answering(self._stop)
        # Half an emoji, a broken byte: what is not text cannot be sent.
        messages = tuple(Message(m.role, _as_text(m.text)) for m in messages)

        def begin() -> None:
            if answering.is_stopped:
                on_end(Cancelled())
                return
            answering.request_id = self._client.submit(
                lambda i: Generate(
                    request_id=i, messages=messages, sampling=sampling, max_tokens=max_tokens
                ),
                on_event=on_event,
                on_end=on_end,
            )

        self._when_ready(begin, on_end)
        return answering

    def close(self) -> None:
        """End the worker and wait for it; at the end of the program."""
        self._client.close()

    def _unload(self) -> None:
        """Free the model; until that is done its memory counts as free for the next one."""
        assert self.state.loaded is not None
        self._leaving_bytes = sum(
            m.context_bytes + m.compute_bytes for m in self.state.loaded.memory
        )

        self._client.submit(
            lambda i: Unload(request_id=i), on_event=lambda e: None, on_end=self._unloaded
        )

    def _unloaded(self, _end: End) -> None:
        self._leaving_bytes = 0

    def _stop(self, answering: Answering) -> None:
        if answering.request_id is not None:
            self._client.cancel(answering.request_id)
        elif self._load_id is not None:
            self._client.cancel(self._load_id)

    def _when_ready(self, action: Callable[[], None], on_failure: Callable[[End], None]) -> None:
        if self.state.phase is EnginePhase.READY:
            action()
            return
        self._waiting.append((action, on_failure))
        if self.state.phase is EnginePhase.LOADING:
            return
        if self._is_crash_loop():
            self._load_failed(
                EngineKeepsCrashing(deaths=len(self._deaths), model=self.state.model.name)
            )
            return
        model, options = self.state.model, self._options
        if _as_text(str(model.path)) != str(model.path):
            name = _as_text(model.path.name)
            self._load_failed(ModelUnreadable(name=name, reason="its name is not valid text"))
            return
        free_bytes = self._free_memory_bytes() + self._leaving_bytes
        self._set(EngineState(phase=EnginePhase.LOADING, model=model))
        load_id = self._client.submit(
            lambda i: Load(
                request_id=i,
                path=str(model.path.absolute()),
                free_bytes=free_bytes,
                context_tokens=options.context_tokens,
                threads=options.threads,
            ),
            on_event=self._load_event,
            on_end=lambda end: self._load_ended(load_id, end),
        )
        self._load_id = load_id

    def _load_event(self, event: Event) -> None:
        if isinstance(event, Progress) and event.request_id == self._load_id:
            share = event.done / event.total if event.stage == "load" and event.total else 1.0
            self._set(
                EngineState(phase=EnginePhase.LOADING, model=self.state.model, progress=share)
            )

    def _load_ended(self, load_id: int, end: End) -> None:
        if load_id != self._load_id:
            return  # another model was chosen meanwhile
        self._load_id = None
        if isinstance(end, Loaded):
            self._set(EngineState(phase=EnginePhase.READY, model=self.state.model, loaded=end))
            waiting, self._waiting = self._waiting, []
            for action, _ in waiting:
                action()
        elif isinstance(end, Exception) and not isinstance(end, Cancelled):
            self._load_failed(end)
        else:
            self._set(EngineState(phase=EnginePhase.EMPTY, model=self.state.model))
            self._fail_waiting(Cancelled())

    def _load_failed(self, error: Exception) -> None:
        self._set(EngineState(phase=EnginePhase.FAILED, model=self.state.model, error=error))
        self._fail_waiting(error)

    def _fail_waiting(self, error: Exception) -> None:
        waiting, self._waiting = self._waiting, []
        for _, on_failure in waiting:
            on_failure(error)

    def _died(self, error: Exception, was_idle: bool) -> None:
        if not isinstance(error, Cancelled):
            self._deaths.append(time.monotonic())
        if self.state.phase is EnginePhase.READY:
            self._set(EngineState(phase=EnginePhase.EMPTY, model=self.state.model))
        if was_idle:
            self.on_idle_death(error)

    def _is_crash_loop(self) -> bool:
        recent = [at for at in self._deaths if time.monotonic() - at < _DEATHS_WINDOW_S]
        return len(recent) > _DEATHS_ALLOWED

    def _set(self, state: EngineState) -> None:
        self.state = state
        self.on_state(state)


def _as_text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
