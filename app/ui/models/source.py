"""What the Models page asks of its services; they live on the GUI thread."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from app.domain.downloads.jobs import Download, Job
from app.domain.errors import AppError
from app.domain.placement.values import Machine, MemoryPlan, Wishes
from app.domain.repository_name import RepositoryName
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
    def changes(self) -> Mapping[str, object]:
        """What is being tried, by the name of the wish; nothing is the setting as it was."""

    @property
    def is_confirming(self) -> bool:
        """Both are measured again."""

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
    def problems(self) -> Sequence[AppError]:
        """What the person should know of this PC and the catalogue."""

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


class DownloadTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Under which conditions something would be downloaded now.

    Attributes:
        bytes_per_s: The limit for all downloads together; 0 is none.
        free_bytes: In the folder for downloads; None where it cannot be told.
        endpoint: Of the mirror that is used; empty is the Hub.
    """

    is_offline: bool = False
    bytes_per_s: int = 0
    free_bytes: int | None = None
    endpoint: str = ""


class Downloads(Protocol):
    """The queue of downloads.

    Attributes:
        on_change: Called when anything of it changed, at most five times a second.
        on_installed: Called with each download that ended well.
    """

    on_change: Callable[[], None]
    on_installed: Callable[[Download], None]

    @property
    def downloads(self) -> tuple[Download, ...]:
        """In the order of the queue, the installed ones until they are cleared."""

    def add(self, job: Job) -> Download:
        """Put it at the end, or go on with what is there of it."""

    def pause(self, job_id: str) -> None:
        """Stop it; what is there stays."""

    def resume(self, job_id: str) -> None:
        """Go on, also after a failure."""

    def cancel(self, job_id: str, *, keeps_part: bool = False) -> None:
        """Take it from the queue."""

    def move(self, job_id: str, position: int) -> None:
        """Give it that place among all of `downloads`."""

    def pause_all(self) -> None:
        """Stop everything."""

    def resume_all(self) -> None:
        """Go on with everything that is paused."""

    def clear_installed(self) -> None:
        """Forget those that are done."""


class AskedRepository(Protocol):
    """A repository that was looked up."""

    @property
    def asked_build(self) -> str:
        """The build that was named with it; "" is none."""


class Repositories(Protocol):
    """Repositories of the Hub that are in no catalogue; the id of their offers is OWNER/NAME."""

    @property
    def found(self) -> Mapping[str, AskedRepository]:
        """What was looked up, by OWNER/NAME."""

    def look(
        self, name: RepositoryName, on_offer: Callable[[ModelOffer | Exception], None]
    ) -> None:
        """Ask the Hub; answers once with an error, or again where the fit comes later."""
