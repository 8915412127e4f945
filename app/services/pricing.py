"""What this PC is offered: every build of the catalogue placed here, the best ones marked."""

import contextlib
import pathlib
from collections.abc import Callable, Iterable

import msgspec

from app.domain.builds import Build
from app.domain.catalogue import CatalogModel, build_warning
from app.domain.chat import Thinking
from app.domain.errors import ModelError
from app.domain.families import Family
from app.domain.placement.planner import plan
from app.domain.placement.recommend import (
    BuildCandidate,
    ModelCandidate,
    recommend_build,
    recommend_model,
)
from app.domain.placement.values import Machine, MemoryPlan, PlannedModel, Wishes
from app.services.library import Library
from app.services.offers import BuildOffer, ModelOffer
from app.services.planned_models import planned_build, planned_file

# A first model should be of the generation that the app is made for.
_FIRST_RELEASED = "2025"

BuildKey = tuple[str, str]


class Pricing:
    """The prices of all builds on one machine.

    Attributes:
        machine: This PC, as it was when this was made.
        planned: What the planner knows of each build, by model and build id.
    """

    def __init__(
        self,
        models: Iterable[CatalogModel],
        library: Library,
        machine: Machine,
        *,
        wishes_of: Callable[[Build], Wishes],
    ) -> None:
        """Price everything; a second or less, and a process for every installed build.

        Args:
            models: The catalogue.
            library: What is installed.
            machine: This PC.
            wishes_of: What the person decided for a build.
        """
        self.machine = machine
        self.planned: dict[BuildKey, PlannedModel] = {}
        models = tuple(models)
        families = [model.family for model in models]
        offers = []
        for model in models:
            builds = []
            for build in model.builds:
                path = library.path_of(build)
                planned = _planned(model, build, path, library.projector_of(build), families)
                if planned:
                    self.planned[model.id, build.id] = planned
                placed = plan(planned, machine, wishes_of(build)) if planned else None
                builds.append(_build_offer(model, build, path, placed))
            offers.append(_offer(model, tuple(builds)))
        self.offers = _mark_best(models, offers)

    def price(self, model_id: str, build_id: str, wishes: Wishes) -> MemoryPlan | None:
        """Place one build otherwise; None where its size is not known."""
        planned = self.planned.get((model_id, build_id))
        return plan(planned, self.machine, wishes) if planned else None


def sizes_of(model: CatalogModel, library: Library) -> ModelOffer:
    """What can be said of a model at once: nothing is opened, measured or recommended."""
    return _offer(
        model,
        tuple(_build_offer(model, build, library.path_of(build), None) for build in model.builds),
    )


def _planned(
    model: CatalogModel,
    build: Build,
    path: pathlib.Path | None,
    projector: pathlib.Path | None,
    families: Iterable[Family],
) -> PlannedModel | None:
    """What the planner needs: exactly, where the file is there and says it."""
    if path:
        # What is wrong with it is said when it is opened.
        with contextlib.suppress(ModelError):
            return planned_file(path, families=families, projector=projector)
    return planned_build(model, build)


def _build_offer(
    model: CatalogModel, build: Build, path: pathlib.Path | None, placed: MemoryPlan | None
) -> BuildOffer:
    return BuildOffer(
        id=build.id,
        repository=build.repository,
        bytes=build.total_bytes,
        weights_bytes=build.weights_bytes,
        is_approximate=build.is_approximate,
        plan=placed,
        path=path,
        warning=build_warning(model, build),
    )


def _offer(model: CatalogModel, builds: tuple[BuildOffer, ...]) -> ModelOffer:
    return ModelOffer(
        id=model.id,
        name=model.name,
        about=model.about,
        released=model.released,
        license=model.license,
        license_note=model.license_note,
        limit_tokens=model.context_limit_tokens,
        sees_pictures=model.pictures,
        thinking=model.thinking,
        layers=model.shape.layers if model.shape else 0,
        builds=builds,
        choice=recommend_build(
            BuildCandidate(
                id=build.id,
                bytes=build.bytes,
                bits_per_weight=8 * build.weights_bytes / model.parameters,
                plan=build.plan,
            )
            for build in builds
            if build.plan and build.bytes and build.weights_bytes and not build.warning
        ),
    )


def _mark_best(models: Iterable[CatalogModel], offers: list[ModelOffer]) -> tuple[ModelOffer, ...]:
    """Mark the one to begin with: for anything, under an open licence, quick to answer."""
    candidates = [
        ModelCandidate(id=model.id, strength=model.parameters, choice=offer.choice)
        for model, offer in zip(models, offers, strict=True)
        if model.purpose == "chat"
        and model.thinking is not Thinking.ALWAYS
        and not model.license_note
        and model.released >= _FIRST_RELEASED
    ]
    best = recommend_model(candidates)
    return tuple(
        msgspec.structs.replace(offer, is_best=True) if offer.id == best else offer
        for offer in offers
    )
