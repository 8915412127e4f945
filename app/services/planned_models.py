"""From a file on the disk or a build of the catalogue to what the planner needs to know."""

import pathlib
from collections.abc import Iterable

from app.catalog.header_client import read_header
from app.domain.builds import Build, is_projector
from app.domain.catalogue import CatalogModel
from app.domain.errors import ModelError
from app.domain.families import Family
from app.domain.placement.planned import planned_model
from app.domain.placement.values import PlannedModel
from app.domain.quants import quant_of_label
from app.domain.shape_of import shape_of
from app.domain.weights_of import estimated_weights

_PROJECTED_LENGTH = "clip.vision.projection_dim"


def planned_file(
    path: pathlib.Path, *, families: Iterable[Family], projector: pathlib.Path | None = None
) -> PlannedModel:
    """Look into a model on the disk; waits for a throw-away process or two.

    Args:
        path: Of its file, or of any of them.
        families: What the catalogue knows.
        projector: Of its vision projector; None looks for one beside it, as the engine does.

    Raises:
        ModelError: It is no whole model, or one that cannot be priced.
    """
    header = read_header(path)
    if projector is None:
        embedding = shape_of(header, name=path.name).embedding
        projector = _projector_beside(path, embedding=embedding)
    return planned_model(
        header,
        name=path.name,
        families=families,
        vision_bytes=projector.stat().st_size if projector else 0,
    )


def planned_build(model: CatalogModel, build: Build) -> PlannedModel | None:
    """Take a build that is not on the disk for what its shape and size tell; None without them."""
    quant = quant_of_label(build.label)
    if model.shape is None or build.weights_bytes is None or quant is None:
        return None
    projector = build.projector
    return PlannedModel(
        name=model.name,
        shape=model.shape,
        weights=estimated_weights(model.shape, quant=quant, total_bytes=build.weights_bytes),
        limit_tokens=model.context_limit_tokens,
        vision_bytes=(projector.size_bytes or 0) if projector else 0,
    )


def _projector_beside(path: pathlib.Path, *, embedding: int) -> pathlib.Path | None:
    """The smallest one that fits, like `find_projector` in the engine worker."""
    beside = (p for p in path.parent.glob("*.gguf") if is_projector(p.name) and p.is_file())
    for projector in sorted(beside, key=lambda p: (p.stat().st_size, p.name)):
        try:
            header = read_header(projector)
        except ModelError:
            continue
        if header.keys.get(_PROJECTED_LENGTH) == embedding:
            return projector
    return None
