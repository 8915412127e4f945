"""One engine and the model that it should hold: loads when needed, survives deaths.

Lives on the owner's thread (see `app.pipe.client`).
"""

import pathlib
from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from app.domain.chat import Conversation, Sampling
from app.domain.errors import Cancelled, NoModelYet
from app.domain.families import Family
from app.domain.model_file import ModelFile
from app.domain.well_formed import well_formed
from app.engine.protocol import (
    ChatKey,
    Count,
    Forget,
    Generate,
    Keep,
    Loaded,
    Prepare,
    Tokenise,
    Unload,
)
from app.engine.snapshot_files import forget_snapshots
from app.pipe.client import End, OnEnd, OnEvent, WorkerClient
from app.pipe.messages import Request
from app.services.model_loader import LoadOptions, ModelLoader, SetUp


class EnginePhase(StrEnum):
    """Where the engine is."""

    EMPTY = "empty"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class EngineState(msgspec.Struct, frozen=True, kw_only=True):
    """What the model chip shows.

    Attributes:
        model: None while there is none on this PC; the phase is EMPTY then.
        progress: Share of the weights that is loaded, 0 .. 1, while LOADING.
        is_checking: While LOADING: the file changed since it was installed, and is read first.
        loaded: While READY.
        error: While FAILED.
    """

    phase: EnginePhase
    model: ModelFile | None
    progress: float = 0.0
    is_checking: bool = False
    loaded: Loaded | None = None
    error: Exception | None = None

    @property
    def model_name(self) -> str:
        """What the person calls the model; "" without one."""
        return self.model.name if self.model else ""

    def is_step_after(self, before: "EngineState | None") -> bool:
        """Whether only the load went further, which a model says often."""
        if before is None or before.model is not self.model:
            return False
        return before.phase is self.phase is EnginePhase.LOADING


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A question to the model; for the meaning see `app.engine.protocol.Generate`."""

    conversation: Conversation
    sampling: Sampling
    max_tokens: int | None = None
    thinking_tokens: int | None = None
    chat: ChatKey | None = None
    guesses: bool = True


class Work:
    """One request on its way; `stop` may come at any moment."""

    def __init__(self, stop: Callable[["Work"], None], nudge: Callable[["Work"], None]) -> None:
        self._stop = stop
        self._nudge = nudge
        self.is_stopped = False
        self.request_id: int | None = None

    def stop(self) -> None:
        """End it; its end comes as usual."""
        self.is_stopped = True
        self._stop(self)

    def answer_now(self) -> None:
        """Have the thought closed and the answer begun."""
        self._nudge(self)


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
        model: ModelFile | None,
        *,
        free_memory_bytes: Callable[[], int],
        options: LoadOptions | None = None,
        families: Iterable[Family] = (),
        set_up: SetUp | None = None,
    ) -> None:
        """Use `client` for `model`.

        Args:
            client: Of the engine worker.
            model: Loaded when something needs it; None: whoever needs one is told so.
            free_memory_bytes: Tells what programs may take now.
            options: How to load.
            families: What the catalogue knows; asked at every load.
            set_up: Finds out in the background what the engine needs to start on this PC, and calls
                back on this thread; asked once, before the first load.
        """
        self.on_state: Callable[[EngineState], None] = lambda state: None
        self.on_idle_death: Callable[[Exception], None] = lambda error: None
        self.state = EngineState(phase=EnginePhase.EMPTY, model=model)
        self._client = client
        self._client.on_death = self._died
        self._options = options or LoadOptions()
        self._loader = ModelLoader(
            client,
            free_memory_bytes=free_memory_bytes,
            options=self._options,
            families=families,
            set_up=set_up,
        )
        self._waiting: list[tuple[Callable[[], None], Callable[[End], None]]] = []
        self._asked: set[Work] = set()
        self._background: Work | None = None
        self._is_keeping = False
        self._is_outdated = False

    @property
    def pid(self) -> int | None:
        """The worker's process id, None where there is none."""
        return self._client.pid

    def use(self, model: ModelFile) -> None:
        """Choose another model; it is loaded when something needs it."""
        if self.uses(model.path) and self.state.phase is not EnginePhase.FAILED:
            return
        self.stop_background()
        self._loader.forget_deaths()
        self._loader.cancel()
        self._loader.options = msgspec.structs.replace(self._options, projector=None)
        self._loader.context_tokens = None
        if self.state.phase is EnginePhase.READY:
            self._unload()
        self._set(EngineState(phase=EnginePhase.EMPTY, model=model))
        self._fail_waiting(Cancelled())

    def uses(self, path: pathlib.Path | None) -> bool:
        """Whether that file is the chosen model's, loaded or not."""
        return self.state.model is not None and self.state.model.path == path

    def prepare(self) -> None:
        """Load the chosen model now, if there is one that is not loaded and has not failed."""
        if self.state.model and self.state.phase is EnginePhase.EMPTY:
            self._when_ready(lambda: None, lambda end: None)

    def use_context(self, context_tokens: int) -> None:
        """Load the model anew with room for so many tokens per chat."""
        self._loader.context_tokens = context_tokens
        self.free_memory()
        self.retry()
        self.prepare()

    def retry(self) -> None:
        """Forget past deaths and failures: the next use starts afresh."""
        self._loader.forget_deaths()
        if self.state.phase is EnginePhase.FAILED:
            self._set(EngineState(phase=EnginePhase.EMPTY, model=self.state.model))

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits for the model."""
        return bool(self._asked)

    def answer(self, request: Ask, *, on_event: OnEvent, on_end: OnEnd) -> Work:
        """Answer a conversation, loading the model first where needed.

        The end is a `Generated`, a `Cancelled` where it was stopped before it began, or the error.
        """
        conversation = well_formed(request.conversation)
        return self._ask(
            lambda i: Generate(
                request_id=i,
                conversation=conversation,
                sampling=request.sampling,
                max_tokens=request.max_tokens,
                thinking_tokens=request.thinking_tokens,
                chat=request.chat,
                guesses=request.guesses,
            ),
            on_event,
            on_end,
        )

    def when_loaded(self, *, on_loaded: Callable[[Loaded], None], on_end: OnEnd) -> Work:
        """Load the model where needed; `on_end` gets what went wrong, or that it was stopped."""
        work = Work(self._stop, self._nudge)

        def begin() -> None:
            if work.is_stopped or self.state.loaded is None:
                on_end(Cancelled())
            else:
                on_loaded(self.state.loaded)

        self._when_ready(begin, on_end)
        return work

    def count(
        self,
        conversation: Conversation,
        *,
        without_documents: Conversation | None = None,
        on_end: OnEnd,
    ) -> Work:
        """Count what a conversation takes, as in `Count`. Ends in a `Counted`."""
        cleaned = well_formed(conversation)
        bare = well_formed(without_documents) if without_documents else None
        return self._ask(
            lambda i: Count(request_id=i, conversation=cleaned, without_documents=bare),
            lambda event: None,
            on_end,
        )

    def tokenise(self, conversation: Conversation, *, on_event: OnEvent, on_end: OnEnd) -> Work:
        """Show the exact prompt: `SegmentTokens`, then a `Tokenised`."""
        cleaned = well_formed(conversation)
        return self._ask(lambda i: Tokenise(request_id=i, conversation=cleaned), on_event, on_end)

    def read_ahead(self, conversation: Conversation, chat: ChatKey, *, on_end: OnEnd) -> None:
        """Read a conversation while nobody waits; given up as soon as somebody does.

        Does nothing unless the model is loaded and idle.
        """
        cleaned = well_formed(conversation)
        self._idle_work(lambda i: Prepare(request_id=i, conversation=cleaned, chat=chat), on_end)

    def keep_snapshots(self) -> None:
        """Write what was read of the chats to the disk while nobody waits."""
        if self._options.snapshots:
            self._idle_work(lambda i: Keep(request_id=i), lambda end: None, is_keeping=True)

    def forget(self, chat: str) -> None:
        """Drop everything that the engine keeps of a chat, also from the disk."""
        folder = self._options.snapshots

        def delete_files() -> None:
            if folder:
                forget_snapshots(folder, chat)

        if self._client.pid is None:
            delete_files()
            return
        # Once more at the end: an unloading that was asked for before may write them again.
        self._client.submit(
            lambda i: Forget(request_id=i, chat=chat),
            on_event=lambda event: None,
            on_end=lambda end: delete_files(),
        )

    def set_up_again(self) -> None:
        """Start the worker anew with what works on this PC by then, as soon as nobody waits."""
        self._is_outdated = True
        self._renew()

    def stop_background(self) -> None:
        """Give up what is done while nobody waits."""
        if self._background is None:
            return
        if self._is_keeping:
            # The state of one chat is written in one go, which may take longer than a worker that
            # is told to stop has before it is killed.
            self._background.answer_now()
        else:
            self._background.stop()

    def free_memory(self) -> None:
        """Unload the model, unless somebody waits for it; the next use loads it again."""
        if self.state.phase is EnginePhase.READY and not self.is_busy:
            self.stop_background()
            self._unload()
            self._set(EngineState(phase=EnginePhase.EMPTY, model=self.state.model))

    def close(self) -> None:
        """End the worker and wait for it, with what is to be kept of chats; at the very end."""
        if self.state.phase is EnginePhase.READY:
            self._unload()
        self._client.close()

    @property
    def held_bytes(self) -> dict[str, int]:
        """What the loaded model would give back, by device."""
        loaded = self.state.loaded
        return {memory.device: memory.held_bytes for memory in loaded.memory} if loaded else {}

    def _unload(self) -> None:
        """Free the model; until that is done its RAM counts as free for the next one."""
        self._loader.leaving_bytes = self.held_bytes.get("CPU", 0)
        self._client.submit(
            lambda i: Unload(request_id=i), on_event=lambda e: None, on_end=self._unloaded
        )

    def _unloaded(self, _end: End) -> None:
        self._loader.leaving_bytes = 0
        if self._loader.needs_set_up:
            self._client.dismiss()

    def _renew(self) -> None:
        if not self._is_outdated or self.is_busy or self.state.phase is EnginePhase.LOADING:
            return
        self._is_outdated = False
        self._loader.set_up_again()
        self.free_memory()
        self._client.dismiss()  # at once, if it held no model

    def _ask(self, request: Callable[[int], Request], on_event: OnEvent, on_end: OnEnd) -> Work:
        self.stop_background()
        work = Work(self._stop, self._nudge)
        self._asked.add(work)

        def end(end: End) -> None:
            self._asked.discard(work)
            on_end(end)
            self._renew()

        def begin() -> None:
            if work.is_stopped:
                end(Cancelled())
                return
            work.request_id = self._client.submit(request, on_event=on_event, on_end=end)

        self._when_ready(begin, end)
        return work

    def _idle_work(
        self, request: Callable[[int], Request], on_end: OnEnd, *, is_keeping: bool = False
    ) -> None:
        if self.state.phase is not EnginePhase.READY or self.is_busy or self._background:
            return
        work = self._background = Work(self._stop, self._nudge)
        self._is_keeping = is_keeping

        def end(end: End) -> None:
            self._background = None
            on_end(end)

        work.request_id = self._client.submit(request, on_event=lambda event: None, on_end=end)

    def _stop(self, work: Work) -> None:
        if work.request_id is not None:
            self._client.cancel(work.request_id)
        else:
            self._loader.stop()

    def _nudge(self, work: Work) -> None:
        if work.request_id is not None:
            self._client.nudge(work.request_id)

    def _when_ready(self, action: Callable[[], None], on_failure: Callable[[End], None]) -> None:
        if self.state.phase is EnginePhase.READY:
            action()
            return
        model = self.state.model
        if model is None:
            on_failure(NoModelYet())
            return
        self._waiting.append((action, on_failure))
        if self.state.phase is EnginePhase.LOADING:
            return
        self._loader.load(model, on_progress=self._loads, on_end=self._load_ended)

    def _loads(self, share: float, is_checking: bool) -> None:
        model = self.state.model
        self._set(
            EngineState(
                phase=EnginePhase.LOADING, model=model, progress=share, is_checking=is_checking
            )
        )

    def _load_ended(self, end: End) -> None:
        self._take_load(end)
        self._renew()

    def _take_load(self, end: End) -> None:
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
            self._loader.note_death()
        if self.state.phase is EnginePhase.READY:
            self._set(EngineState(phase=EnginePhase.EMPTY, model=self.state.model))
        if was_idle:
            self.on_idle_death(error)

    def _set(self, state: EngineState) -> None:
        self.state = state
        self.on_state(state)
