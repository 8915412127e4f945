"""Loads a model into the worker: what has to be ready first, what is asked of it, how it ends."""

import collections
import pathlib
import time
from collections.abc import Callable, Iterable, Mapping

import msgspec

from app.domain.errors import AppError, Cancelled, EngineKeepsCrashing, ModelUnreadable
from app.domain.families import Family
from app.domain.model_file import ModelFile
from app.domain.placement.values import Wishes
from app.domain.well_formed import as_text
from app.engine.protocol import Load, Loaded
from app.pipe.client import End, OnEnd, WorkerClient
from app.pipe.messages import Event, Progress

SetUp = Callable[[Callable[[Mapping[str, str]], None]], None]
CheckFile = Callable[[pathlib.Path, Callable[[AppError | None], None]], None]

# Of an older PC; modern ones carry five times as much.
_SLOW_BUS_BYTES_PER_S = 5e9
_DEATHS_ALLOWED = 2
_DEATHS_WINDOW_S = 600.0


class LoadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to load.

    Attributes:
        wishes_of: What the person decided for a model; the planner decides the rest.
        is_context_firm: A context that was wished is had or the load fails; else it may shrink.
        projector: Vision projector; None looks for one beside the model.
        snapshots: Folder for what was read of chats; None keeps nothing on the disk.
        snapshots_bytes: Says what the files in it may take together.
        check_file: Says whether a file is still what was installed, by its callback on this thread;
            at once where nothing changed. None loads whatever is there.
    """

    wishes_of: Callable[[ModelFile], Wishes] = lambda model: Wishes()
    is_context_firm: bool = False
    projector: pathlib.Path | None = None
    snapshots: pathlib.Path | None = None
    snapshots_bytes: Callable[[], int] = lambda: 0
    check_file: CheckFile | None = None


class ModelLoader:
    """One load at a time; lives on the owner's thread.

    Attributes:
        options: For the next load.
        context_tokens: Asked for in this run, for the next load; None leaves it to the planner.
        leaving_bytes: RAM that an unloading model is about to give back.
    """

    def __init__(
        self,
        client: WorkerClient,
        *,
        free_memory_bytes: Callable[[], int],
        options: LoadOptions,
        families: Iterable[Family],
        set_up: SetUp | None,
    ) -> None:
        self.options = options
        self.context_tokens: int | None = None
        self.leaving_bytes = 0
        self._client = client
        self._free_memory_bytes = free_memory_bytes
        self._families = families
        self._set_up = set_up
        self._needs_set_up = set_up is not None
        self._is_setting_up = False
        self._deaths: collections.deque[float] = collections.deque(maxlen=_DEATHS_ALLOWED + 1)
        self._load_id: int | None = None
        self._attempt: _Attempt | None = None

    def load(
        self, model: ModelFile, *, on_progress: Callable[[float, bool], None], on_end: OnEnd
    ) -> None:
        """Load it; what is being loaded is given up.

        Args:
            model: To load.
            on_progress: Gets the share that is done, 0 .. 1, and whether the file is being checked.
            on_end: Called once, with `Loaded` or the error; never for what was given up.
        """
        self.cancel()
        attempt = self._attempt = _Attempt(model, on_progress, on_end)
        on_progress(0.0, False)
        if self._set_up and self._needs_set_up:
            self._needs_set_up, self._is_setting_up = False, True
            self._set_up(self._is_set_up)
        if not self._is_setting_up:
            self._check(attempt)

    @property
    def needs_set_up(self) -> bool:
        """The next load finds out first what the engine needs to start here."""
        return self._needs_set_up

    def set_up_again(self) -> None:
        """Find it out anew: something is there that was not there before."""
        self._needs_set_up = self._set_up is not None

    def cancel(self) -> None:
        """Give up what is being loaded; its end is not reported."""
        self._attempt = None
        if self._load_id is not None:
            self._client.cancel(self._load_id)
            self._load_id = None

    def stop(self) -> None:
        """End the load as a person does; its end is reported."""
        if self._load_id is not None:
            self._client.cancel(self._load_id)
        elif attempt := self._attempt:
            self._end(attempt, Cancelled())

    def note_death(self) -> None:
        """The worker died of something that nobody asked for."""
        self._deaths.append(time.monotonic())

    def forget_deaths(self) -> None:
        """The next load starts afresh."""
        self._deaths.clear()

    def _is_set_up(self, environment: Mapping[str, str]) -> None:
        self._is_setting_up = False
        self._client.add_environment(environment)
        if attempt := self._attempt:
            self._check(attempt)

    def _check(self, attempt: "_Attempt") -> None:
        model = attempt.model
        if len(self._recent_deaths()) > _DEATHS_ALLOWED:
            keeps_crashing = EngineKeepsCrashing(deaths=len(self._deaths), model=model.name)
            self._end(attempt, keeps_crashing)
        elif as_text(str(model.path)) != str(model.path):
            name = as_text(model.path.name)
            self._end(attempt, ModelUnreadable(name=name, reason="its name is not valid text"))
        elif self.options.check_file:
            attempt.on_progress(0.0, True)
            self.options.check_file(model.path, lambda error: self._checked(attempt, error))
        else:
            self._submit(attempt)

    def _checked(self, attempt: "_Attempt", error: AppError | None) -> None:
        if attempt is not self._attempt:
            return
        if error:
            self._end(attempt, error)
        else:
            attempt.on_progress(0.0, False)
            self._submit(attempt)

    def _submit(self, attempt: "_Attempt") -> None:
        model, options = attempt.model, self.options
        wishes = options.wishes_of(model)
        if self.context_tokens:
            wishes = msgspec.structs.replace(wishes, context_tokens=self.context_tokens)
        self._load_id = self._client.submit(
            lambda i: Load(
                request_id=i,
                path=str(model.path.absolute()),
                free_bytes=self._free_memory_bytes() + self.leaving_bytes,
                projector=str(options.projector.absolute()) if options.projector else "",
                wishes=wishes,
                is_context_firm=options.is_context_firm or self.context_tokens is not None,
                snapshots=str(options.snapshots) if options.snapshots else "",
                snapshots_bytes=options.snapshots_bytes(),
                families=tuple(self._families),
            ),
            on_event=lambda event: self._progressed(attempt, event),
            on_end=lambda end: self._end(attempt, end),
        )

    def _progressed(self, attempt: "_Attempt", event: Event) -> None:
        if isinstance(event, Progress) and attempt is self._attempt:
            is_load = event.stage == "load" and event.total
            share = min(event.done / event.total, 1.0) if is_load else 1.0
            attempt.on_progress(share, False)

    def _end(self, attempt: "_Attempt", end: End) -> None:
        if attempt is not self._attempt:
            return  # another model was chosen meanwhile
        self._load_id = self._attempt = None
        if isinstance(end, Loaded):
            self._client.patience_s = _step_s(end)
        attempt.on_end(end)

    def _recent_deaths(self) -> list[float]:
        return [at for at in self._deaths if time.monotonic() - at < _DEATHS_WINDOW_S]


class _Attempt:
    """One call of `load`, from its beginning to its end."""

    def __init__(
        self, model: ModelFile, on_progress: Callable[[float, bool], None], on_end: OnEnd
    ) -> None:
        self.model = model
        self.on_progress = on_progress
        self.on_end = on_end


def _step_s(loaded: Loaded) -> float:
    """How long reading a batch may take that no stop can end, beyond what a worker is given anyway.

    A GPU that reads a batch has the experts in RAM carried over its bus, and is not interrupted.
    """
    if not loaded.placement.gpu_layers:
        return 0.0
    in_ram = (share.expert_bytes for share in loaded.planned if share.kind == "cpu")
    return sum(in_ram) / _SLOW_BUS_BYTES_PER_S
