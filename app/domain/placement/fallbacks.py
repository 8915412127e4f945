"""What to try, one after the other, when a model does not load as planned."""

from collections.abc import Iterator

import msgspec

from app.domain.placement.kv import can_hold
from app.domain.placement.planner import SMALL_BATCH_TOKENS, plan
from app.domain.placement.values import (
    Change,
    Fit,
    Machine,
    MemoryPlan,
    PlannedModel,
    Wishes,
)

# A chat with less is of little use; only who asked for less gets it.
_LEAST_CONTEXT_TOKENS = 4096
_HALVINGS = 2
_EXPERT_STEPS = 4


def fallbacks(model: PlannedModel, machine: Machine, wishes: Wishes) -> tuple[MemoryPlan, ...]:
    """The plan itself, then plans that need less and less of what is short.

    That is the GPUs' memory together where the plan uses any, else RAM with what the disk stands in
    for. Each one's `changes` hold
    those of the ones before. A step that saves nothing or fits nowhere is left out.
    """
    wished = plan(model, machine, wishes)
    first = _possible(wished, model, machine, wishes)
    if first is None:
        return (wished,)
    ladder = [wished] if first is wished else [wished, first]
    wanted, changes = _as_planned(first, wishes), list(first.changes)
    uses_gpu = _gpu_bytes(first) > 0
    for change, fields in _steps(model, first):
        attempt = msgspec.structs.replace(wanted, **fields)
        found = plan(model, machine, attempt)
        before, needed = _needed(ladder[-1], uses_gpu), _needed(found, uses_gpu)
        if found.fit is Fit.NO or needed >= before:
            continue
        wanted = attempt
        if change not in changes:
            changes.append(change)
        ladder.append(msgspec.structs.replace(found, changes=tuple(changes)))
    return tuple(ladder)


def _possible(
    wished: MemoryPlan, model: PlannedModel, machine: Machine, wishes: Wishes
) -> MemoryPlan | None:
    """The plan itself, or where it does not fit the one with the largest context that does."""
    if wished.fit is not Fit.NO:
        return wished
    if not wished.comfortable_tokens:
        return None
    smaller = msgspec.structs.replace(
        wishes, context_tokens=wished.comfortable_tokens, kept_bytes=0
    )
    found = plan(model, machine, smaller)
    if Change.CONTEXT not in found.changes:
        found = msgspec.structs.replace(found, changes=(Change.CONTEXT, *found.changes))
    return found


def _steps(model: PlannedModel, first: MemoryPlan) -> Iterator[tuple[Change, dict[str, object]]]:
    """What to give up, and how; later steps come on top of earlier ones."""
    placement, layers = first.placement, len(model.weights.layers)
    yield Change.KEPT_CHATS, {"kept_bytes": 0}
    for halving in range(1, _HALVINGS + 1):
        tokens = placement.context_tokens >> halving
        if tokens >= _LEAST_CONTEXT_TOKENS:
            yield Change.CONTEXT, {"context_tokens": tokens}
    if placement.kv_type == "f16" and can_hold(model.shape, "q8_0"):
        yield Change.KV_PRECISION, {"kv_type": "q8_0"}
    if not placement.gpu_layers:
        if placement.is_vision_on_gpu:
            yield Change.VISION_TO_RAM, {"is_vision_on_gpu": False}
        return
    if model.shape.experts:
        left = layers - placement.cpu_expert_layers
        for step in range(1, _EXPERT_STEPS + 1):
            experts = placement.cpu_expert_layers + -(-left * step // _EXPERT_STEPS)
            # Large batches pay for themselves only where there is memory to spare.
            batch = min(placement.batch_tokens, SMALL_BATCH_TOKENS)
            yield Change.EXPERTS_TO_RAM, {"cpu_expert_layers": experts, "batch_tokens": batch}
    yield Change.VISION_TO_RAM, {"is_vision_on_gpu": False}
    yield Change.LAYERS_TO_RAM, {"gpu_layers": placement.gpu_layers // 2}
    yield Change.LAYERS_TO_RAM, {"gpu_layers": 0}


def _as_planned(first: MemoryPlan, wishes: Wishes) -> Wishes:
    """The plan as wishes, so that a step changes nothing else."""
    placement = first.placement
    return msgspec.structs.replace(
        wishes,
        context_tokens=placement.context_tokens,
        kv_type=placement.kv_type,
        gpu_layers=placement.gpu_layers,
        cpu_expert_layers=placement.cpu_expert_layers,
        is_vision_on_gpu=placement.is_vision_on_gpu,
        batch_tokens=placement.batch_tokens,
    )


def _needed(plan: MemoryPlan, uses_gpu: bool) -> int:
    if uses_gpu:
        return _gpu_bytes(plan)
    return sum(share.model_bytes for share in plan.shares if share.kind in ("cpu", "disk"))


def _gpu_bytes(plan: MemoryPlan) -> int:
    return sum(share.model_bytes for share in plan.shares if share.kind in ("gpu", "igpu"))
