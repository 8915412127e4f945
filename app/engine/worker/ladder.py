"""The ways to load a model on this PC as it is now, best first."""

import pathlib

import msgspec
import psutil

from app.domain.errors import ModelError
from app.domain.placement.fallbacks import fallbacks
from app.domain.placement.planned import planned_model
from app.domain.placement.values import DeviceState, Machine, MemoryPlan
from app.engine.protocol import Load
from app.engine.worker.buffers import CPU, graphics_devices
from app.engine.worker.cores import physical_cores
from app.engine.worker.header import read_parts
from app.engine.worker.vision import find_projector
from app.gguf.faults import HeaderError


def plan_ladder(request: Load) -> tuple[MemoryPlan, ...]:
    """Plan the load; empty where the file does not say enough, and loading it will tell why.

    A context that is firm is not made smaller.
    """
    path = pathlib.Path(request.path)
    try:
        model = planned_model(
            read_parts(path), name=path.name, families=request.families, vision_bytes=0
        )
    except (HeaderError, ModelError, OSError):
        return ()
    projector = find_projector(path, request.projector, embedding=model.shape.embedding)
    if projector:
        vision_bytes = projector.path.stat().st_size
        model = msgspec.structs.replace(model, vision_bytes=vision_bytes)
    ladder = fallbacks(model, _machine(request.free_bytes), request.wishes)
    if not request.is_context_firm:
        return ladder
    wished = request.wishes.context_tokens or 0
    return tuple(
        plan if plan.placement.context_tokens >= wished else _with_context(plan, wished)
        for plan in ladder[:1]
    ) + tuple(plan for plan in ladder[1:] if plan.placement.context_tokens >= wished)


def _with_context(plan: MemoryPlan, context_tokens: int) -> MemoryPlan:
    placement = msgspec.structs.replace(plan.placement, context_tokens=context_tokens)
    return msgspec.structs.replace(plan, placement=placement)


def _machine(free_bytes: int) -> Machine:
    total_bytes = int(psutil.virtual_memory().total)
    return Machine(
        cpu=DeviceState(
            name=CPU, kind="cpu", total_bytes=max(total_bytes, free_bytes), free_bytes=free_bytes
        ),
        gpus=tuple(
            DeviceState(
                name=gpu.name,
                kind="igpu" if gpu.shares_ram else "gpu",
                total_bytes=gpu.total_bytes,
                free_bytes=gpu.free_bytes,
            )
            for gpu in graphics_devices()
        ),
        threads=physical_cores(),
    )
