"""What the planner takes and gives."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

import msgspec

from app.domain.model_shape import ModelShape
from app.domain.weights import Weights

KvType = Literal["f16", "q8_0", "q4_0"]


class Fit(StrEnum):
    """How a model fits a PC."""

    GPU = "gpu"
    GPU_AND_RAM = "gpu+ram"
    CPU = "cpu"
    DISK = "disk"
    NO = "no"


class Change(StrEnum):
    """What was given up so that a model fits."""

    CONTEXT = "context"
    KV_PRECISION = "kv_precision"
    KEPT_CHATS = "kept_chats"
    EXPERTS_TO_RAM = "experts_to_ram"
    LAYERS_TO_RAM = "layers_to_ram"
    VISION_TO_RAM = "vision_to_ram"


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a device is at what a token needs, measured there.

    Attributes:
        bytes_per_s: Of weights in each number format, by ggml's name, read and multiplied with one
            vector, from memory that no cache holds.
        node_s: What each operation of a graph costs beside its data.
        row_s: What each row of a matrix costs beside its bytes, which are few in narrow models.
        flops_per_s: Of a product with a whole batch of tokens; None if not measured.
    """

    bytes_per_s: dict[str, float]
    node_s: float
    row_s: float = 0.0
    flops_per_s: float | None = None

    def best_of(self, other: "Rates") -> "Rates":
        """Two measurements of one device as one: other work can only make it look slower."""
        quants = {*self.bytes_per_s, *other.bytes_per_s}
        return Rates(
            bytes_per_s={
                quant: max(self.bytes_per_s.get(quant, 0), other.bytes_per_s.get(quant, 0))
                for quant in quants
            },
            node_s=min(self.node_s, other.node_s),
            row_s=min(self.row_s, other.row_s),
            flops_per_s=max(self.flops_per_s or 0, other.flops_per_s or 0) or None,
        )


class DeviceState(msgspec.Struct, frozen=True, kw_only=True):
    """A device as the planner sees it; the CPU's memory is RAM.

    Attributes:
        name: As llama.cpp names it, e.g. "CUDA0"; "CPU" for the processor.
        kind: "igpu" shares the RAM.
        free_bytes: What a model may take, that of the model being replaced included.
        rates: None where it was not measured; a plan then has no speed.
    """

    name: str
    kind: Literal["gpu", "igpu", "cpu"]
    total_bytes: int
    free_bytes: int
    description: str = ""
    rates: Rates | None = None


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """This PC.

    Attributes:
        cpu: Its processor and RAM.
        gpus: In llama.cpp's order; the first one is filled first.
        disk_bytes_per_s: Of reading model files that are in no cache; None if not measured.
        threads: Physical cores.
        logical_threads: What the cores can run at once.
    """

    cpu: DeviceState
    gpus: tuple[DeviceState, ...] = ()
    disk_bytes_per_s: float | None = None
    threads: int = 1
    logical_threads: int = 1

    def freed(self, held_bytes: Mapping[str, int]) -> "Machine":
        """The same PC when so many bytes were given back, by the names of its devices."""
        cpu, *gpus = (
            msgspec.structs.replace(
                device,
                free_bytes=min(
                    device.total_bytes, device.free_bytes + held_bytes.get(device.name, 0)
                ),
            )
            for device in (self.cpu, *self.gpus)
        )
        return msgspec.structs.replace(self, cpu=cpu, gpus=tuple(gpus))


class PlannedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model as the planner sees it.

    Attributes:
        limit_tokens: The largest context that it was made for.
        vision_bytes: Of the projector's file; 0 without one.
        vision_compute_bytes: What looking at the largest picture takes beside it.
    """

    name: str
    shape: ModelShape
    weights: Weights
    limit_tokens: int
    vision_bytes: int = 0
    vision_compute_bytes: int = 0


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What the person decided; None leaves it to the planner.

    Attributes:
        reserve_bytes: To be left free on every GPU beside the usual margin.
        kept_bytes: Memory for chats that are not being worked on, where there is room.
        gpu_layers: As llama.cpp counts them: the output counts as one, the last layers go first.
        cpu_expert_layers: How many layers, from the first on, keep their routed experts in RAM.
        batch_tokens: How many tokens of a prompt are computed at once.
    """

    context_tokens: int | None = None
    kv_type: KvType | None = None
    reserve_bytes: int = 0
    kept_bytes: int = 0
    gpu_layers: int | None = None
    cpu_expert_layers: int | None = None
    is_vision_on_gpu: bool | None = None
    batch_tokens: int | None = None
    threads: int | None = None


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """What llama.cpp is told.

    Attributes:
        context_tokens: What one chat may hold.
        kept_tokens: What chats that are not being worked on may hold beside it.
        gpu_layers: See `Wishes`; 0 keeps everything on the CPU.
        cpu_expert_layers: See `Wishes`.
        layer_shares: How the GPU layers are split over the GPUs, one number for each; empty with
            fewer than two.
        batch_tokens: llama.cpp's n_batch and n_ubatch.
        is_mapped: The weights that stay in RAM are mapped from the file rather than copied.
    """

    context_tokens: int
    kept_tokens: int = 0
    kv_type: KvType = "f16"
    gpu_layers: int = 0
    cpu_expert_layers: int = 0
    layer_shares: tuple[int, ...] = ()
    is_vision_on_gpu: bool = False
    batch_tokens: int = 512
    threads: int = 1
    is_mapped: bool = True


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What a model takes on one device. The disk holds what RAM cannot.

    Attributes:
        weights_bytes: Without the routed experts.
        expert_bytes: Routed experts.
        kv_bytes: All chats' together.
        compute_bytes: Buffers that a batch needs.
        free_bytes: Left when it is loaded; negative where it does not fit.
    """

    name: str
    kind: Literal["gpu", "igpu", "cpu", "disk"]
    total_bytes: int
    weights_bytes: int = 0
    expert_bytes: int = 0
    kv_bytes: int = 0
    vision_bytes: int = 0
    compute_bytes: int = 0
    free_bytes: int = 0

    @property
    def model_bytes(self) -> int:
        """Everything that the model takes there."""
        parts = (self.weights_bytes, self.expert_bytes, self.kv_bytes, self.vision_bytes)
        return sum(parts) + self.compute_bytes

    @property
    def other_bytes(self) -> int:
        """What other programs hold."""
        return max(0, self.total_bytes - self.model_bytes - max(0, self.free_bytes))


class MemoryPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A placement with its price.

    Attributes:
        kv_bytes: One chat's own, with its context full.
        comfortable_tokens: The largest context that still fits in the same way (`fit`).
        tokens_per_s: Of an answer in a short chat; None where the devices were not measured.
        prompt_tokens_per_s: Of reading; None likewise.
        changes: Given up against what was wished, most important first.
    """

    placement: Placement
    fit: Fit
    shares: tuple[Share, ...]
    kv_bytes: int
    comfortable_tokens: int
    tokens_per_s: float | None = None
    prompt_tokens_per_s: float | None = None
    changes: tuple[Change, ...] = ()
