"""A measured search for the setting with which a model is fastest on this PC.

One setting after another is loaded and timed at a typical exchange; a knob keeps its best value
while the next one is turned. The search goes on from the plan, so it can only get better.
"""

import time
from collections.abc import Callable, Iterator, Mapping

import msgspec

from app.domain.placement.planner import plan
from app.domain.placement.values import Fit, KvType, Machine, PlannedModel, Wishes

# A typical exchange: a page to read, an answer of a few paragraphs.
QUESTION_TOKENS = 600
ANSWER_TOKENS = 300
# What is not clearly better is noise.
_GAIN = 1.03
_BATCHES = (512, 2048)
_KV_TYPES: tuple[KvType, ...] = ("f16", "q8_0")
_EXPERT_STEPS = (-4, -2, 2, 4)


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What one setting achieved; both numbers are above 0."""

    tokens_per_s: float
    prompt_tokens_per_s: float

    @property
    def exchange_s(self) -> float:
        """How long a typical question and its answer take."""
        return QUESTION_TOKENS / self.prompt_tokens_per_s + ANSWER_TOKENS / self.tokens_per_s


class TuningProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a search is.

    Attributes:
        changes: What is being tried, by the name of the wish; nothing is the setting as it was.
        is_confirming: Both are measured again.
        best_tokens_per_s: Of the best setting so far; None before the first measurement.
    """

    step: int
    steps: int
    changes: Mapping[str, object] = {}
    is_confirming: bool = False
    best_tokens_per_s: float | None


class TuningResult(msgspec.Struct, frozen=True, kw_only=True):
    """How a search ended.

    Attributes:
        earlier: The setting before it, for undoing.
        wishes: The setting that it found.
    """

    before_tokens_per_s: float
    after_tokens_per_s: float
    earlier: Wishes
    wishes: Wishes


class Search:
    """One search."""

    def __init__(
        self,
        model: PlannedModel,
        machine: Machine,
        wishes: Wishes,
        *,
        measure: Callable[[Wishes], Trial | None],
        budget_s: float = 120.0,
    ) -> None:
        """Prepare it.

        Args:
            model: What is to be fast.
            machine: This PC, with the memory that is free now.
            wishes: Where to begin.
            measure: Loads the model so and times it; None where that setting cannot be loaded.
            budget_s: After so long the knobs that are left stay as they are.
        """
        self._model = model
        self._machine = machine
        self._earlier = wishes
        self._measure = measure
        self._ends_s = time.monotonic() + budget_s
        self._best_wishes = wishes
        self._best: Trial | None = None

    def run(self, on_progress: Callable[[TuningProgress], None]) -> TuningResult | None:
        """Measure until nothing is left to try; None where not even the beginning can be loaded."""
        self._tell(on_progress, 0, self._count())
        first = self._measure(self._earlier)
        if first is None:
            return None
        self._best = best = first
        for step, (changes, wishes) in enumerate(self._candidates(), start=1):
            if time.monotonic() > self._ends_s:
                break
            self._tell(on_progress, step, max(step, self._count()), changes)
            trial = self._measure(wishes)
            if trial and trial.exchange_s * _GAIN < best.exchange_s:
                self._best = best = trial
                self._best_wishes = wishes
        if self._best_wishes != self._earlier:
            self._tell(on_progress, self._count(), self._count(), is_confirming=True)
            first, best = self._confirm(first)
        return TuningResult(
            before_tokens_per_s=first.tokens_per_s,
            after_tokens_per_s=best.tokens_per_s,
            earlier=self._earlier,
            wishes=self._best_wishes,
        )

    def _confirm(self, first: Trial) -> tuple[Trial, Trial]:
        """Measure both again: what else the PC did may have made one of them look good."""
        before, after = self._measure(self._earlier), self._measure(self._best_wishes)
        if before and after and after.exchange_s * _GAIN < before.exchange_s:
            return before, after
        self._best_wishes = self._earlier
        return first, first

    def _candidates(self) -> Iterator[tuple[dict[str, object], Wishes]]:
        """Every setting to try; each knob begins from the best of those before it."""
        for knob in (self._experts, self._threads, self._batches, self._kv_types):
            yield from [(changes, self._fixed(changes)) for changes in knob()]

    def _count(self) -> int:
        knobs = (self._experts, self._threads, self._batches, self._kv_types)
        return sum(len(list(knob())) for knob in knobs)

    def _fixed(self, changes: dict[str, object]) -> Wishes:
        return msgspec.structs.replace(self._best_wishes, **changes)

    def _experts(self) -> Iterator[dict[str, object]]:
        chosen = plan(self._model, self._machine, self._best_wishes)
        if chosen.fit is not Fit.GPU_AND_RAM or not self._model.shape.experts:
            return
        here = chosen.placement.cpu_expert_layers
        for step in _EXPERT_STEPS:
            if 0 <= here + step <= self._model.shape.layers:
                yield {"cpu_expert_layers": here + step}

    def _threads(self) -> Iterator[dict[str, object]]:
        here = self._best_wishes.threads or self._machine.threads
        for threads in sorted({max(1, here // 2), max(1, here - 1), here * 2} - {here}):
            if threads <= self._machine.logical_threads:
                yield {"threads": threads}

    def _batches(self) -> Iterator[dict[str, object]]:
        here = plan(self._model, self._machine, self._best_wishes).placement.batch_tokens
        for batch in _BATCHES:
            if batch != here:
                yield {"batch_tokens": batch}

    def _kv_types(self) -> Iterator[dict[str, object]]:
        here = plan(self._model, self._machine, self._best_wishes).placement.kv_type
        for kv_type in _KV_TYPES:
            if kv_type != here:
                yield {"kv_type": kv_type}

    def _tell(
        self,
        on_progress: Callable[[TuningProgress], None],
        step: int,
        steps: int,
        changes: Mapping[str, object] | None = None,
        *,
        is_confirming: bool = False,
    ) -> None:
        on_progress(
            TuningProgress(
                step=step,
                steps=steps,
                changes=changes or {},
                is_confirming=is_confirming,
                best_tokens_per_s=self._best.tokens_per_s if self._best else None,
            )
        )
