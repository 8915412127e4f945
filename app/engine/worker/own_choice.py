"""How a model is loaded that the planner does not understand: on the CPU, with what fits."""

import msgspec

from app.domain.placement.values import Placement
from app.engine.protocol import Load
from app.engine.worker.buffers import CPU
from app.engine.worker.cores import physical_cores
from app.engine.worker.dry_run import DryRun
from app.engine.worker.loader import sequence_count

# On the CPU larger steps gain nothing, and a stop would wait for them.
BATCH_TOKENS = 512
# A context that leaves most of the memory free may be large, one that does not has to be modest.
_LARGE_CONTEXT_TOKENS = 32768
_DEFAULT_CONTEXT_TOKENS = 8192
_LEAST_CONTEXT_TOKENS = 1024
_CELLS_STEP = 256


def begin_without_plan(request: Load) -> Placement:
    """What does not depend on the model; a context of 0 is still to be chosen."""
    return Placement(
        context_tokens=request.wishes.context_tokens or 0,
        batch_tokens=BATCH_TOKENS,
        threads=request.wishes.threads or physical_cores(),
    )


def choose_context(dry: DryRun, begun: Placement, request: Load, *, limit_tokens: int) -> Placement:
    """Halve the context until it fits, unless it was asked for, and let others have what is left.

    The result need not fit.
    """
    context_tokens = request.wishes.context_tokens or min(limit_tokens, _LARGE_CONTEXT_TOKENS)
    while True:
        placement = msgspec.structs.replace(begun, context_tokens=context_tokens)
        needs = dry.needs(placement)
        needed_bytes = needs.work_bytes[CPU]
        is_large = context_tokens > _DEFAULT_CONTEXT_TOKENS
        room_bytes = request.free_bytes // 4 if is_large else request.free_bytes
        is_least = context_tokens < 2 * _LEAST_CONTEXT_TOKENS
        if needed_bytes <= room_bytes or request.wishes.context_tokens is not None or is_least:
            break
        context_tokens //= 2
    if not needs.cache_bytes or sequence_count(dry.model) == 1:
        return placement
    # Cells for the chats that are not being worked on, as many as one chat may have.
    room_bytes = max(0, min(request.wishes.kept_bytes, request.free_bytes - needed_bytes))
    tokens = min(context_tokens, room_bytes * context_tokens // needs.cache_bytes)
    with_kept = msgspec.structs.replace(placement, kept_tokens=tokens // _CELLS_STEP * _CELLS_STEP)
    is_kept = dry.needs(with_kept).work_bytes[CPU] <= request.free_bytes
    return with_kept if is_kept else placement
