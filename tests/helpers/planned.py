"""A plan for the test PC, a CPU and perhaps a second device, and what it says against the truth."""

import pathlib

import msgspec

from app.domain.placement.planned import planned_model
from app.domain.placement.planner import plan
from app.domain.placement.values import DeviceState, Machine, MemoryPlan, Wishes
from app.engine.protocol import DeviceMemory, Loaded
from app.gguf.reader import read_header

_PLENTY_BYTES = 64 << 30


class Difference(msgspec.Struct, frozen=True):
    """One kind of memory on one device."""

    device: str
    kind: str
    planned_bytes: int
    real_bytes: int

    @property
    def is_small(self) -> bool:
        """Within 5 % or 16 MiB, whichever is larger."""
        off_bytes = abs(self.planned_bytes - self.real_bytes)
        return off_bytes <= max(self.real_bytes / 20, 16 << 20)


def plan_of(path: pathlib.Path, wishes: Wishes, *, gpus: tuple[str, ...] = ("RPC0",)) -> MemoryPlan:
    """Plan for a PC with plenty of memory everywhere."""
    with path.open("rb") as file:
        header = read_header(file, path.stat().st_size)
    model = planned_model(header, name=path.name, families=(), vision_bytes=0)
    machine = Machine(
        cpu=_device("CPU", "cpu"), gpus=tuple(_device(name, "gpu") for name in gpus), threads=1
    )
    return plan(model, machine, wishes)


def differences(planned: MemoryPlan, loaded: Loaded) -> list[Difference]:
    """Compare every share with what was allocated there."""
    real = {memory.device: memory for memory in loaded.memory}
    found = []
    for share in planned.shares:
        memory = real.pop(share.name, DeviceMemory(device=share.name))
        weights_bytes = share.weights_bytes + share.expert_bytes
        found += [
            Difference(share.name, "weights", weights_bytes, memory.model_bytes),
            Difference(share.name, "kv", share.kv_bytes, memory.context_bytes),
            Difference(share.name, "compute", share.compute_bytes, memory.compute_bytes),
        ]
    assert not real, "memory on a device that the plan leaves alone"
    return found


def _device(name: str, kind: str) -> DeviceState:
    return DeviceState(name=name, kind=kind, total_bytes=_PLENTY_BYTES, free_bytes=_PLENTY_BYTES)
