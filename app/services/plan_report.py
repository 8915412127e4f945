"""A plan as `cierzo plan` prints it."""

import msgspec

from app.domain.placement.values import Fit, MemoryPlan, Share


class DeviceReport(msgspec.Struct, frozen=True, kw_only=True):
    """One device, in bytes."""

    name: str
    kind: str
    total_bytes: int
    weights_bytes: int
    expert_bytes: int
    kv_bytes: int
    vision_bytes: int
    compute_bytes: int
    other_bytes: int
    free_bytes: int


class PlanReport(msgspec.Struct, frozen=True, kw_only=True):
    """Where a model would lie and how fast it would be.

    Attributes:
        kv_bytes: The chat's own sequence with its context full.
        reason: Why so, in a sentence.
    """

    model: str
    build: str
    context: int
    fits: Fit
    devices: tuple[DeviceReport, ...]
    kv_bytes: int
    kv_type: str
    gpu_layers: int
    cpu_expert_layers: int
    batch: int
    threads: int
    comfortable_context: int
    tokens_per_s: float | None
    prompt_tokens_per_s: float | None
    reason: str


def report_plan(plan: MemoryPlan, *, model: str, build: str, reason: str) -> PlanReport:
    """Put a plan into the form of the contract."""
    placement = plan.placement
    return PlanReport(
        model=model,
        build=build,
        context=placement.context_tokens,
        fits=plan.fit,
        devices=tuple(_device(share) for share in plan.shares),
        kv_bytes=plan.kv_bytes,
        kv_type=placement.kv_type,
        gpu_layers=placement.gpu_layers,
        cpu_expert_layers=placement.cpu_expert_layers,
        batch=placement.batch_tokens,
        threads=placement.threads,
        comfortable_context=plan.comfortable_tokens,
        tokens_per_s=plan.tokens_per_s,
        prompt_tokens_per_s=plan.prompt_tokens_per_s,
        reason=reason,
    )


def _device(share: Share) -> DeviceReport:
    names = (name for name in DeviceReport.__struct_fields__)
    return DeviceReport(**{name: getattr(share, name) for name in names})
