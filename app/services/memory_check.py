"""What a loaded model was planned to take against what the engine really allocated."""

import msgspec

from app.engine.protocol import Loaded


class MemoryCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One device: the model without its projector, which is loaded with the first picture."""

    device: str
    planned_bytes: int
    real_bytes: int


def check_memory(loaded: Loaded) -> tuple[MemoryCheck, ...]:
    """Compare device by device; empty where nothing was planned."""
    if not loaded.planned:
        return ()
    real = {
        memory.device: memory.model_bytes + memory.context_bytes + memory.compute_bytes
        for memory in loaded.memory
    }
    # What is read from the disk is mapped too, and counts as RAM to the engine.
    planned: dict[str, int] = {}
    for share in loaded.planned:
        device = "CPU" if share.kind == "disk" else share.name
        size_bytes = share.model_bytes - share.vision_bytes
        planned[device] = planned.get(device, 0) + size_bytes
    return tuple(
        MemoryCheck(
            device=device,
            planned_bytes=planned.get(device, 0),
            real_bytes=real.get(device, 0),
        )
        for device in (*planned, *(name for name in real if name not in planned))
    )
