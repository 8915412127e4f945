"""From a model's header to what the planner needs to know of it."""

import math
from collections.abc import Iterable

from app.domain.families import Family, find_family
from app.domain.placement.values import PlannedModel
from app.domain.shape_of import shape_of
from app.domain.tensors import Header
from app.domain.weights_of import weights_of


def planned_model(
    header: Header, *, name: str, families: Iterable[Family], vision_bytes: int
) -> PlannedModel:
    """Sum up a header.

    Args:
        header: Of a text model, all its parts together.
        name: Of its file, for errors.
        families: What the catalogue knows.
        vision_bytes: Of its projector's file; 0 without one.

    Raises:
        ModelError: It cannot be priced.
    """
    return PlannedModel(
        name=name,
        shape=shape_of(header, name=name),
        weights=weights_of(header, name=name),
        limit_tokens=_limit_tokens(header, families),
        vision_bytes=vision_bytes,
    )


def _limit_tokens(header: Header, families: Iterable[Family]) -> int:
    """What the file says it was made for, or the product's own limit where that is smaller."""
    architecture = str(header.keys.get("general.architecture", ""))
    trained = header.keys.get(f"{architecture}.context_length", 0)
    limit = trained if isinstance(trained, int) else 0
    family = find_family(
        families,
        architecture=architecture,
        parameters=sum(math.prod(tensor.shape) for tensor in header.tensors),
        name=str(header.keys.get("general.name", "")),
    )
    return min(limit, family.context_limit_tokens) if family else limit
