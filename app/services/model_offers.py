"""The Models page's service: this PC, its prices, and the search for the best setting.

Lives on one thread, the owner's; measuring, pricing and searching happen on others, and what they
need is imported there: the window starts without it.
"""

import functools
import pathlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.domain.errors import AppError, Cancelled
from app.domain.model_file import ModelFile
from app.domain.placement.values import Machine, MemoryPlan, Wishes
from app.pipe.client import Post
from app.services.engine_service import EngineService
from app.services.model_wishes import ModelWishes
from app.services.offers import ModelOffer

if TYPE_CHECKING:
    from app.catalog.catalog import Catalog
    from app.domain.builds import Build
    from app.services.library import Library
    from app.services.pricing import BuildKey, Pricing
    from app.services.this_pc import ThisPc
    from app.services.tuning import TuningProgress, TuningResult


class ModelOffers:
    """This PC and what it is offered.

    Attributes:
        on_change: Called when anything of it changed.
        offers: Empty until priced.
        machine: None until measured.
        problems: What the person should know of this PC and the catalogue.
        is_reading: It measures and prices.
        read_pc: Measures this PC.
        tuning: How far the search is that goes on.
    """

    def __init__(
        self,
        catalog: "Callable[[], Catalog]",
        library: "Library",
        engine: EngineService,
        *,
        read_pc: Callable[[], "ThisPc"],
        wishes: ModelWishes,
        post: Post,
    ) -> None:
        """Wire it; nothing is measured before `refresh`.

        Args:
            catalog: What there is; read when it is first needed.
            library: What is installed.
            engine: Gets the model that the person opens, and gives its memory up for a search.
            read_pc: Measures this PC; takes seconds, is called on a thread of its own.
            wishes: What the person decided for single models.
            post: Runs a function on the owner's thread.
        """
        self.on_change: Callable[[], None] = lambda: None
        self.offers: tuple[ModelOffer, ...] = ()
        self.machine: Machine | None = None
        self.problems: tuple[AppError, ...] = ()
        self.tuning: TuningProgress | None = None
        self._catalog = catalog
        self._library = library
        self._engine = engine
        self.read_pc = read_pc
        self._wishes = wishes
        self._post = post
        self._pricing: Pricing | None = None
        self.is_reading = False
        self._is_stale = False
        self._results: dict[BuildKey, TuningResult] = {}
        self._stop = threading.Event()

    def refresh(self) -> None:
        """Measure and price in the background; returns at once."""
        self._is_stale = self.is_reading
        if self.is_reading:
            return
        self.is_reading = True
        held_bytes = self._engine.held_bytes
        self._in_background(lambda: self._price_all(held_bytes))

    def price(self, model_id: str, build_id: str, wishes: Wishes) -> MemoryPlan | None:
        """Plan one build; None where its size is not known."""
        return self._pricing.price(model_id, build_id, wishes) if self._pricing else None

    def wishes(self, model_id: str, build_id: str) -> Wishes:
        """What the person decided for a build."""
        return self._wishes.of(file_name(self._build(model_id, build_id)))

    def keep_wishes(self, model_id: str, build_id: str, wishes: Wishes) -> None:
        """Use them from the next load on; a loaded model is loaded anew when it is needed."""
        build = self._build(model_id, build_id)
        self._wishes.decide(file_name(build), wishes)
        if self._engine.uses(self._library.path_of(build)):
            self._engine.free_memory()
        self.refresh()

    def open(self, model_id: str, build_id: str) -> None:
        """Make an installed build the chat's model."""
        build = self._build(model_id, build_id)
        if path := self._library.path_of(build):
            self._engine.use(ModelFile(name=self._name(model_id), path=path))

    def tune(self, model_id: str, build_id: str) -> None:
        """Search the fastest setting of an installed build by measuring; takes a minute or two."""
        from app.services.speed_trial import SpeedTrial
        from app.services.tuning import Search, TuningProgress

        build = self._build(model_id, build_id)
        path, pricing = self._library.path_of(build), self._pricing
        if self.tuning or not path or not pricing:
            return
        self._engine.free_memory()
        self._stop.clear()
        planned, earlier = pricing.planned[model_id, build_id], self.wishes(model_id, build_id)
        self.tuning = TuningProgress(step=0, steps=1, best_tokens_per_s=None)
        self.on_change()

        def work() -> None:
            trial = SpeedTrial(
                ModelFile(name=self._name(model_id), path=path),
                self._catalog().families,
                is_stopped=self._stop.is_set,
            )
            search = Search(planned, pricing.machine, earlier, measure=trial.measure)
            try:
                result = search.run(lambda progress: self._post(lambda: self._progress(progress)))
            except (AppError, Cancelled) as error:
                problem = error if isinstance(error, AppError) else None
                self._post(lambda: self._tuned(model_id, build_id, None, problem))
            else:
                self._post(lambda: self._tuned(model_id, build_id, result, None))

        self._in_background(work)

    def stop_tuning(self) -> None:
        """End the search; what it found so far is thrown away."""
        self._stop.set()

    def undo_tuning(self, model_id: str, build_id: str) -> None:
        """Go back to the setting before the search."""
        result = self._results.pop((model_id, build_id), None)
        if result:
            self.keep_wishes(model_id, build_id, result.earlier)

    def result(self, model_id: str, build_id: str) -> "TuningResult | None":
        """How the last search ended; None without one, or when it was undone."""
        return self._results.get((model_id, build_id))

    def _price_all(self, held_bytes: dict[str, int]) -> None:
        """Measure and price; the model that would be replaced gives its memory back."""
        from app.services.pricing import Pricing

        pc = self.read_pc()
        pricing = Pricing(
            self._catalog().models,
            self._library,
            pc.machine.freed(held_bytes),
            wishes_of=lambda build: self._wishes.of(file_name(build)),
        )
        self._post(lambda: self._priced(pc, pricing))

    def _priced(self, pc: "ThisPc", pricing: "Pricing") -> None:
        self.is_reading = False
        self._pricing = pricing
        self.machine, self.offers = pricing.machine, pricing.offers
        self.problems = (*((pc.problem,) if pc.problem else ()), *self._catalog().problems)
        self.on_change()
        if self._is_stale:  # something was decided meanwhile
            self.refresh()

    def _progress(self, progress: "TuningProgress") -> None:
        if self.tuning:
            self.tuning = progress
            self.on_change()

    def _tuned(
        self, model_id: str, build_id: str, result: "TuningResult | None", problem: AppError | None
    ) -> None:
        self.tuning = None
        self.problems = (problem,) if problem else ()
        if result:
            self._results[model_id, build_id] = result
            if result.wishes != result.earlier:
                self.keep_wishes(model_id, build_id, result.wishes)
        self.on_change()

    def _in_background(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a defect belongs on the owner's thread
                self._post(functools.partial(self._failed, error))

        threading.Thread(target=run, name="models", daemon=True).start()

    def _failed(self, defect: Exception) -> None:
        self.is_reading = False
        self.tuning = None
        self.on_change()
        raise defect

    def _build(self, model_id: str, build_id: str) -> "Build":
        model = next(model for model in self._catalog().models if model.id == model_id)
        return next(build for build in model.builds if build.id == build_id)

    def _name(self, model_id: str) -> str:
        return next(model.name for model in self._catalog().models if model.id == model_id)


def file_name(build: "Build") -> str:
    """The name that a build's wishes are kept under, installed or not."""
    first = build.files[0].path if build.files else f"{build.repository}/{build.label}"
    return pathlib.PurePosixPath(first).name
