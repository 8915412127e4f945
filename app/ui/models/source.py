"""What the Models page asks of its service; lives on the GUI thread."""

from collections.abc import Callable
from typing import Protocol

from app.domain.placement.values import Machine, MemoryPlan, Wishes
from app.services.offers import ModelOffer


class Tuning(Protocol):
    """A measured search that goes on."""

    @property
    def step(self) -> int:
        """How many settings were tried."""

    @property
    def steps(self) -> int:
        """How many there are to try."""

    @property
    def sentence(self) -> str:
        """What is being tried."""

    @property
    def best_tokens_per_s(self) -> float | None:
        """Of the best setting so far; None before the first measurement."""


class TuningResult(Protocol):
    """How a search ended."""

    @property
    def before_tokens_per_s(self) -> float:
        """With the setting before it."""

    @property
    def after_tokens_per_s(self) -> float:
        """With the setting that it found."""

    @property
    def wishes(self) -> Wishes:
        """The setting that it found."""


class ModelOffers(Protocol):
    """This PC and what it is offered.

    Attributes:
        on_change: Called when anything of it changed; the page takes it over.
    """

    on_change: Callable[[], None]

    @property
    def offers(self) -> tuple[ModelOffer, ...]:
        """Empty until priced."""

    @property
    def machine(self) -> Machine | None:
        """None until measured."""

    @property
    def note(self) -> str:
        """One sentence that the person should know; may be empty."""

    @property
    def tuning(self) -> Tuning | None:
        """The search that goes on."""

    def refresh(self) -> None:
        """Measure and price in the background; returns at once."""

    def price(self, model_id: str, build_id: str, wishes: Wishes) -> MemoryPlan | None:
        """Plan one build, fast enough for a slider; None where its size is not known."""

    def wishes(self, model_id: str, build_id: str) -> Wishes:
        """What the person decided for a build."""

    def keep_wishes(self, model_id: str, build_id: str, wishes: Wishes) -> None:
        """Use them from the next load on."""

    def open(self, model_id: str, build_id: str) -> None:
        """Make an installed build the chat's model."""

    def tune(self, model_id: str, build_id: str) -> None:
        """Search the fastest setting of an installed build by measuring."""

    def stop_tuning(self) -> None:
        """End the search."""

    def undo_tuning(self, model_id: str, build_id: str) -> None:
        """Go back to the setting before the search."""

    def result(self, model_id: str, build_id: str) -> TuningResult | None:
        """How the last search ended; None without one, or when it was undone."""
