"""Which layer lies on which device.

As in llama.cpp: the output counts as the last layer, the last layers go to the GPUs first, several
GPUs take theirs in order, and the embedding stays in RAM.
"""

import msgspec

from app.domain.placement.values import DeviceState, Machine, Placement

RAM = -1


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """A placement of `layers` and the output.

    Attributes:
        counts: How many each usable GPU has, in order; the output is the last one's.
        cpu_expert_layers: So many layers, from the first on, keep their routed experts in RAM.
    """

    layers: int
    counts: tuple[int, ...]
    cpu_expert_layers: int

    @property
    def gpu_layers(self) -> int:
        """As llama.cpp counts them."""
        return sum(self.counts)

    @property
    def start(self) -> int:
        """The first layer that is on a GPU; one more than the last where only RAM has layers."""
        return self.layers + 1 - self.gpu_layers

    def ranges(self) -> tuple[tuple[int, int], ...]:
        """Of each GPU the first layer and the one behind its last; the output is `layers`."""
        ranges, begin = [], self.start
        for count in self.counts:
            ranges.append((begin, begin + count))
            begin += count
        return tuple(ranges)

    def owners(self) -> tuple[int, ...]:
        """The number of the GPU of every layer and of the output, or RAM."""
        in_ram = (RAM,) * self.start
        return in_ram + tuple(gpu for gpu, count in enumerate(self.counts) for _ in range(count))


def layout_of(placement: Placement, *, layers: int, gpus: int) -> Layout:
    """The layout that a placement describes on so many usable GPUs."""
    counts = placement.layer_shares or (placement.gpu_layers,)
    return Layout(
        layers=layers,
        counts=(counts + (0,) * gpus)[:gpus],
        cpu_expert_layers=placement.cpu_expert_layers,
    )


def usable_gpus(machine: Machine) -> tuple[DeviceState, ...]:
    """Those that llama.cpp takes: graphics inside the processor only where there is no card."""
    has_card = any(gpu.kind == "gpu" and not is_remote(gpu) for gpu in machine.gpus)
    return tuple(gpu for gpu in machine.gpus if gpu.kind == "gpu" or not has_card)


def batch_helper(gpus: tuple[DeviceState, ...], counts: tuple[int, ...]) -> int | None:
    """The number of the GPU that computes batches with weights in RAM: llama.cpp asks in order.

    GPUs without layers are not given to it.
    """
    helpers = (
        number
        for number, (gpu, count) in enumerate(zip(gpus, counts, strict=True))
        if count and not is_remote(gpu)
    )
    return next(helpers, None)


def is_remote(device: DeviceState) -> bool:
    """Whether another process computes: it never takes weights out of our RAM for a batch."""
    return device.name.startswith("RPC")
