"""What memory is taken by: names, colours, and a share cut into them."""

from enum import StrEnum

import msgspec
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from app.domain.placement.values import Share
from app.ui.look.theme import colour_now


class Part(StrEnum):
    """What a piece of memory is taken by."""

    WEIGHTS = "weights"
    EXPERTS = "experts"
    KV = "kv"
    VISION = "vision"
    COMPUTE = "compute"
    OTHER = "other"
    FREE = "free"


class Slice(msgspec.Struct, frozen=True):
    """A piece of a device's memory."""

    part: Part
    bytes: int


def slices(share: Share, *, is_advanced: bool) -> list[Slice]:
    """Cut a share into its parts, in the order in which they are drawn, without empty ones.

    Only advanced people are told of experts: for the others those in RAM are parts of the model
    that are kept there, and those elsewhere are the model.
    """
    weights, experts = share.weights_bytes, share.expert_bytes
    if not is_advanced and share.kind != "cpu":
        weights, experts = weights + experts, 0
    # Of the disk nothing but the model's part of it is of interest.
    is_disk = share.kind == "disk"
    cut = (
        Slice(Part.WEIGHTS, weights),
        Slice(Part.EXPERTS, experts),
        Slice(Part.KV, share.kv_bytes),
        Slice(Part.VISION, share.vision_bytes),
        Slice(Part.COMPUTE, share.compute_bytes),
        Slice(Part.OTHER, 0 if is_disk else share.other_bytes),
        Slice(Part.FREE, 0 if is_disk else max(0, share.free_bytes)),
    )
    return [piece for piece in cut if piece.bytes > 0]


def part_words(part: Part, *, is_advanced: bool) -> str:
    """Name a part."""
    if is_advanced and part is Part.WEIGHTS:
        return _tr("Weights")
    if is_advanced and part is Part.EXPERTS:
        return _tr("Experts")
    return {
        Part.WEIGHTS: _tr("Model"),
        Part.EXPERTS: _tr("Model parts kept in memory"),
        Part.KV: _tr("Conversation memory"),
        Part.VISION: _tr("Looking at pictures"),
        Part.COMPUTE: _tr("Working memory"),
        Part.OTHER: _tr("Other programs"),
        Part.FREE: _tr("Free"),
    }[part]


def part_colour(part: Part) -> QColor:
    """The colour of a part in the theme that holds now."""
    return colour_now("bubble" if part is Part.FREE else f"part_{part.value}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("models", text)
