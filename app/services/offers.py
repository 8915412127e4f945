"""What this PC is offered: every model of the catalogue, every build with its price here."""

import pathlib

import msgspec

from app.domain.chat import Thinking
from app.domain.placement.recommend import Choice
from app.domain.placement.values import MemoryPlan


class BuildOffer(msgspec.Struct, frozen=True, kw_only=True):
    """One build.

    Attributes:
        id: As the person names it, e.g. "UD-Q4_K_XL".
        bytes: To download, the vision projector included; None where the catalogue does not know.
        weights_bytes: Of them, without the projector.
        is_approximate: `bytes` is rounded.
        plan: Where it would lie and how fast it would be; None where its size is not known.
        path: Of its first file, where it is installed.
        warning: Why it should not be used; empty for a good one.
    """

    id: str
    repository: str
    bytes: int | None
    weights_bytes: int | None = None
    is_approximate: bool
    plan: MemoryPlan | None
    path: pathlib.Path | None = None
    warning: str = ""


class ModelOffer(msgspec.Struct, frozen=True, kw_only=True):
    """One model.

    Attributes:
        about: What it is good at, one sentence.
        layers: For the picture of where they lie; 0 where it is not known.
        released: ISO date, or a part of one.
        license_note: What the person has to agree to; empty for an open licence.
        choice: The build that suits this PC best, and why; None where none fits.
        is_best: The one to begin with on this PC.
    """

    id: str
    name: str
    about: str
    released: str
    license: str
    license_note: str
    limit_tokens: int
    layers: int = 0
    sees_pictures: bool
    thinking: Thinking
    builds: tuple[BuildOffer, ...]
    choice: Choice | None = None
    is_best: bool = False
