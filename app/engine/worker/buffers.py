"""What llama.cpp says it allocated, and where: its log is the only place that tells."""

import re
from collections.abc import Iterable, Sequence

import msgspec

from app.engine.protocol import DeviceMemory
from app.engine.worker import ggml

CPU = "CPU"
_MIB = 1024 * 1024
# Names of models are in the log, too: none of these begins in the middle of a word, of which there
# may be a megabyte.
_BUFFER_LINE = re.compile(
    r"(?<!\S)(\S+)\s+(model|KV|RS|compute|output) buffer size =\s+([\d.]+) MiB"
)
_CACHE_LINE = re.compile(r"(?<!\w)llama_kv_cache\w*: size =\s+([\d.]+) MiB")
_DEVICE_LINE = re.compile(r"using device (\S+) \(")
_MAPPED = "_Mapped"
# enum ggml_backend_dev_type
_KIND_GPU, _KIND_IGPU = 1, 2


class GraphicsDevice(msgspec.Struct, frozen=True):
    """A device beside the CPU that can hold layers; `free_bytes` as it was when asked."""

    name: str
    shares_ram: bool
    free_bytes: int
    total_bytes: int


class Buffer(msgspec.Struct, frozen=True):
    """One allocation.

    Attributes:
        device: As the registry names it; "CPU" for all that lies in RAM.
        kind: "model", "KV", "RS", "compute" or "output".
        is_mapped: A range of the file, in which there may be tensors that lie elsewhere.
    """

    device: str
    kind: str
    bytes: int
    is_mapped: bool


def graphics_devices() -> tuple[GraphicsDevice, ...]:
    """Ask all of them how much memory they have left."""
    found = []
    for index in range(ggml.device_count()):
        properties = ggml.DeviceProperties()
        ggml.device_properties(ggml.device_at(index), properties)
        if properties.kind in (_KIND_GPU, _KIND_IGPU):
            name = properties.name.decode("utf-8", "replace")
            shares_ram = properties.kind == _KIND_IGPU
            found.append(
                GraphicsDevice(name, shares_ram, properties.free_bytes, properties.total_bytes)
            )
    return tuple(found)


def used_devices(log: str) -> tuple[str, ...]:
    """The devices that a model was spread over, in llama.cpp's order, from the log of loading."""
    return tuple(_DEVICE_LINE.findall(log))


def cache_bytes(log: str) -> int:
    """What the KV cache takes, or would take, on all devices together."""
    return sum(round(float(size) * _MIB) for size in _CACHE_LINE.findall(log))


def buffers_of(log: str, devices: Sequence[str]) -> list[Buffer]:
    """Every allocation that the log tells of; `devices` are the names of those beside the CPU."""
    return [
        Buffer(_device_of(name, devices), kind, round(float(size) * _MIB), name.endswith(_MAPPED))
        for name, kind, size in _BUFFER_LINE.findall(log)
    ]


def sum_up(buffers: Iterable[Buffer], *, ram_weights_bytes: int) -> tuple[DeviceMemory, ...]:
    """Add up by device.

    A mapping reaches from the first to the last tensor that is used in it. What of it is in use is
    what was not copied of the weights that belong into RAM.
    """
    sums: dict[str, dict[str, int]] = {}
    for buffer in buffers:
        of_device = sums.setdefault(buffer.device, {})
        field = "mapped_bytes" if buffer.is_mapped else _FIELDS.get(buffer.kind, "compute_bytes")
        of_device[field] = of_device.get(field, 0) + buffer.bytes
    if ram := sums.get(CPU):
        copied_bytes = ram.get("model_bytes", 0)
        in_use_bytes = max(0, ram_weights_bytes - copied_bytes)
        ram["mapped_bytes"] = min(ram.get("mapped_bytes", 0), in_use_bytes)
    for of_device in sums.values():
        mapped_bytes = of_device.get("mapped_bytes", 0)
        of_device["model_bytes"] = of_device.get("model_bytes", 0) + mapped_bytes
    return tuple(DeviceMemory(device=device, **of_device) for device, of_device in sums.items())


_FIELDS = {"model": "model_bytes", "KV": "context_bytes", "RS": "context_bytes"}


def _device_of(buffer_name: str, devices: Sequence[str]) -> str:
    """`RPC0[…]` and `MTL0_Mapped` lie on their devices; `CPU_REPACK`, `CUDA_Host` lie in RAM."""
    plain = buffer_name.partition("[")[0]
    return next((d for d in devices if plain == d or plain.startswith(f"{d}_")), CPU)
