"""Which build of a model suits this PC, and which model to begin with."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from app.domain.placement.pace import READING_TOKENS_PER_S
from app.domain.placement.values import Fit, MemoryPlan

# From q6_K on (6.56 bits per weight) answers are those of the full weights, as far as perplexity
# tells: more bits are only larger and slower.
_ENOUGH_BITS = 6.6
# Below three bits models become visibly dumber; a build of that kind is taken if there is no other.
_LEAST_BITS = 3.0
# Below this a model has lost about as much as it is ahead of its smaller sibling.
_FIRST_BITS = 3.5
_RANK = {Fit.GPU: 0, Fit.GPU_AND_RAM: 1, Fit.CPU: 2}


class Reason(StrEnum):
    """Why a build was chosen.

    BEST_ON_GPU, BEST_WITH_RAM, BEST_ON_CPU: the most precise of those that are at least as fast as
    one reads, where it lies. FASTEST: none is, this one comes nearest. SMALLEST: the speed is not
    known, this one needs the least. FROM_DISK: memory holds none, this one reads the least from the
    disk.
    """

    BEST_ON_GPU = "best_on_gpu"
    BEST_WITH_RAM = "best_with_ram"
    BEST_ON_CPU = "best_on_cpu"
    FASTEST = "fastest"
    SMALLEST = "smallest"
    FROM_DISK = "from_disk"


class BuildCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """A build that may be recommended; bad ones are no candidates.

    Attributes:
        bytes: Of its files.
        bits_per_weight: Of the whole text model, on average.
    """

    id: str
    bytes: int
    bits_per_weight: float
    plan: MemoryPlan


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The build that was chosen, with what a sentence about it needs."""

    build: str
    reason: Reason
    fit: Fit
    bits_per_weight: float
    tokens_per_s: float | None


class ModelCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """A model that may be the one to begin with.

    Attributes:
        strength: The more the better are its answers; only the order counts.
        choice: Its recommended build; None where none fits.
    """

    id: str
    strength: float
    choice: Choice | None


def recommend_build(candidates: Iterable[BuildCandidate]) -> Choice | None:
    """Choose one of a model's builds; None where none fits.

    The most precise one, up to about six bits per weight, that is as fast as one reads; of equally
    precise ones that which lies on faster devices, then the smaller one.
    """
    fitting = [one for one in candidates if one.plan.fit is not Fit.NO]
    in_memory = [one for one in fitting if one.plan.fit is not Fit.DISK]
    if not in_memory:
        least = min(fitting, key=lambda one: (_disk_bytes(one.plan), one.id), default=None)
        return _choice(least, Reason.FROM_DISK) if least else None
    good = [one for one in in_memory if one.bits_per_weight >= _LEAST_BITS] or in_memory
    if all(one.plan.tokens_per_s is None for one in good):
        return _choice(*_without_speed(good))
    comfortable = [one for one in good if _speed(one.plan) >= READING_TOKENS_PER_S]
    if comfortable:
        best = max(comfortable, key=_worth)
        return _choice(best, _reason_for(best.plan.fit))
    return _choice(max(good, key=lambda one: (_speed(one.plan), one.id)), Reason.FASTEST)


def recommend_model(candidates: Sequence[ModelCandidate]) -> str | None:
    """Choose the model to begin with; None where none fits.

    The strongest that is as fast as one reads, of those whose build is precise enough; else the
    fastest. What reads from the disk is last.
    """
    fitting = [(one, one.choice) for one in candidates if one.choice]
    comfortable = [
        one
        for one, choice in fitting
        if choice.fit is not Fit.DISK and (choice.tokens_per_s or 0) >= READING_TOKENS_PER_S
    ]
    if comfortable:
        precise = [
            one for one in comfortable if one.choice and one.choice.bits_per_weight >= _FIRST_BITS
        ]
        return max(precise or comfortable, key=lambda one: (one.strength, one.id)).id
    if not fitting:
        return None
    best, _choice_of_it = max(
        fitting,
        key=lambda pair: (
            pair[1].fit is not Fit.DISK,
            pair[1].tokens_per_s or 0,
            -pair[0].strength,
            pair[0].id,
        ),
    )
    return best.id


def _without_speed(good: list[BuildCandidate]) -> tuple[BuildCandidate, Reason]:
    """On a GPU nothing is slow; elsewhere the smallest is the safest guess."""
    on_gpu = [one for one in good if one.plan.fit is Fit.GPU]
    if on_gpu:
        return max(on_gpu, key=_worth), Reason.BEST_ON_GPU
    return min(good, key=lambda one: (one.bytes, one.id)), Reason.SMALLEST


def _worth(one: BuildCandidate) -> tuple[float, int, int, str]:
    bits = min(one.bits_per_weight, _ENOUGH_BITS)
    return bits, -_RANK[one.plan.fit], -one.bytes, one.id


def _reason_for(fit: Fit) -> Reason:
    reasons = {Fit.GPU: Reason.BEST_ON_GPU, Fit.GPU_AND_RAM: Reason.BEST_WITH_RAM}
    return reasons.get(fit, Reason.BEST_ON_CPU)


def _speed(plan: MemoryPlan) -> float:
    return plan.tokens_per_s or 0.0


def _disk_bytes(plan: MemoryPlan) -> int:
    return sum(share.model_bytes for share in plan.shares if share.kind == "disk")


def _choice(one: BuildCandidate, reason: Reason) -> Choice:
    return Choice(
        build=one.id,
        reason=reason,
        fit=one.plan.fit,
        bits_per_weight=one.bits_per_weight,
        tokens_per_s=one.plan.tokens_per_s,
    )
