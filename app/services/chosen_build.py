"""From what a person typed to something that can be planned: a file, or a build of a model."""

import pathlib

import msgspec

from app.catalog.catalog import Catalog
from app.domain.builds import Build
from app.domain.catalogue import CatalogModel
from app.domain.errors import BuildNotFound, ModelNotFound, SizeUnknown
from app.domain.placement.values import Machine, PlannedModel, Wishes
from app.services.library import Library
from app.services.models import find_model
from app.services.planned_models import planned_build, planned_file
from app.services.pricing import Pricing


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What was found; `build` is empty for a file of the person's own."""

    model: str
    build: str
    planned: PlannedModel


def find_catalog_model(catalog: Catalog, name: str) -> CatalogModel | None:
    """Find a model by its id or its name, whatever the case."""
    wanted = name.lower()
    return next((m for m in catalog.models if wanted in (m.id, m.name.lower())), None)


def find_build(model: CatalogModel, build_id: str) -> Build:
    """Find a build by its id, whatever the case.

    Raises:
        BuildNotFound: There is none.
    """
    for build in model.builds:
        if build.id.lower() == build_id.lower():
            return build
    raise BuildNotFound(build=build_id, name=model.name)


def find_planned(
    name: str | None,
    build_id: str | None,
    *,
    catalog: Catalog,
    library: Library,
    last_model: str,
    machine: Machine,
) -> Planned:
    """Resolve NAME or PATH, and a build; None are the model used last and the recommended build.

    Raises:
        ModelError: There is no such model or build, or it cannot be priced.
    """
    model = find_catalog_model(catalog, name) if name is not None else None
    if model is None:
        if name is None and build_id is not None:
            raise ModelNotFound(name=build_id)
        file = find_model(
            name,
            starter=catalog.starter,
            last_model=last_model,
            library=library,
            models=catalog.models,
            build=build_id,
        )
        planned = planned_file(file.path, families=catalog.families)
        return Planned(model=file.name, build=build_id or "", planned=planned)
    build = find_build(model, build_id) if build_id else recommended_build(model, library, machine)
    path: pathlib.Path | None = library.path_of(build)
    planned_or_none = (
        planned_file(path, families=catalog.families, projector=library.projector_of(build))
        if path
        else planned_build(model, build)
    )
    if planned_or_none is None:
        raise SizeUnknown(build=build.id, name=model.name)
    return Planned(model=model.id, build=build.id, planned=planned_or_none)


def recommended_build(model: CatalogModel, library: Library, machine: Machine) -> Build:
    """Choose the build that suits this machine best; where none fits, the smallest one.

    Raises:
        SizeUnknown: Of no build is the size known.
    """
    (offer,) = Pricing([model], library, machine, wishes_of=lambda build: Wishes()).offers
    if offer.choice:
        return find_build(model, offer.choice.build)
    sized = [build for build in offer.builds if build.plan and build.bytes]
    if not sized:
        raise SizeUnknown(build="", name=model.name)
    return find_build(model, min(sized, key=lambda build: build.bytes or 0).id)
