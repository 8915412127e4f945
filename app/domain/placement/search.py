"""The best layout for given devices: as much as fits on the GPUs, in the order that pays most.

For a mixture of experts: what every token needs and the KV cache first, then experts, the last
layers' first. Only where not even the former fits do whole layers go to RAM.
"""

from bisect import bisect_right
from collections.abc import Callable

import msgspec

from app.domain.placement.costs import Costs, Demand, Use
from app.domain.placement.layout import Layout, batch_helper, is_remote, usable_gpus
from app.domain.placement.values import DeviceState, Fit, Machine, PlannedModel

# Drivers, a CUDA context with its kernels, and the pools of its operations are in no size that
# llama.cpp logs, and free memory moves by itself: llama.cpp's own `--fit-target` leaves as much.
# On small devices that would be most of it, and their kernels take less.
_MARGIN_BYTES = 1 << 30
_MARGIN_SHARE = 16


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """A layout with what every device holds.

    Attributes:
        gpus: As `usable_gpus` orders them.
        disk_bytes: Of the CPU's experts, what RAM cannot hold.
    """

    layout: Layout
    demand: Demand
    fit: Fit
    gpus: tuple[Use, ...]
    ram: Use
    disk_bytes: int


def available_bytes(device: DeviceState) -> int:
    """What is free there; a device that does not know its size is believed."""
    free = max(0, device.free_bytes)
    return min(free, device.total_bytes) if device.total_bytes > 0 else free


def room_bytes(device: DeviceState) -> int:
    """What a plan may use of it."""
    free = available_bytes(device)
    margin = min(_MARGIN_BYTES, max(device.total_bytes, free) // _MARGIN_SHARE)
    return max(0, free - margin)


class Search:
    """Finds layouts of one model on one machine.

    Attributes:
        gpus: Those that llama.cpp would use.
    """

    def __init__(
        self,
        model: PlannedModel,
        machine: Machine,
        *,
        reserve_bytes: int,
        gpu_layers: int | None,
        cpu_expert_layers: int | None,
    ) -> None:
        """Prepare it.

        Args:
            model: To be placed.
            machine: Where.
            reserve_bytes: To be left free on every GPU.
            gpu_layers: At most so many; None for no limit.
            cpu_expert_layers: At least so many; None for no limit.
        """
        self.costs = Costs(model)
        self.gpus = usable_gpus(machine)
        layers = self.costs.layers
        self._model = model
        self._rooms = [max(0, room_bytes(gpu) - max(0, reserve_bytes)) for gpu in self.gpus]
        self._ram_room = room_bytes(machine.cpu)
        most = layers + 1 if self.gpus else 0
        self._most_layers = most if gpu_layers is None else min(max(0, gpu_layers), most)
        least = cpu_expert_layers if self.costs.has_experts else 0
        self._least_experts = min(max(0, least or 0), layers)

    def best(self, demand: Demand) -> Priced:
        """The best layout; its fit is NO where none is possible."""
        layers, least = self.costs.layers, self._least_experts
        most, shares_ram = self._most_layers, any(gpu.kind == "igpu" for gpu in self.gpus)

        def with_experts_in_ram(experts: int) -> Priced | None:
            return self._try(most, experts, demand, checks_ram=shares_ram)

        best = with_experts_in_ram(least)
        if best is None and self.costs.has_experts:
            best = self._first(with_experts_in_ram, least + 1, layers)
            least = layers
        if best is None:
            best = self._first(
                lambda missing: self._try(most - missing, least, demand, checks_ram=False), 1, most
            )
        return best or self._price(self._empty(least), demand)

    def hold(self, layout: Layout, demand: Demand) -> Priced | None:
        """Price just this layout; None where it does not fit."""
        priced = self._price(layout, demand)
        return None if priced.fit is Fit.NO else priced

    def _first(self, attempt: Callable[[int], Priced | None], low: int, high: int) -> Priced | None:
        """The smallest number that succeeds, where all larger ones do too."""
        found = None
        while low <= high:
            middle = (low + high) // 2
            priced = attempt(middle)
            if priced is None:
                low = middle + 1
            else:
                found, high = priced, middle - 1
        return found

    def _try(
        self, gpu_layers: int, cpu_experts: int, demand: Demand, *, checks_ram: bool
    ) -> Priced | None:
        """Deal the layers out, each GPU as many as it can hold; None if some are left.

        Whether RAM holds the rest is left to the price: fewer layers on GPUs do not help it, unless
        a GPU takes of it what might stay on the disk.
        """
        begin, behind = self.costs.layers + 1 - gpu_layers, self.costs.layers + 1
        leaves_ram = begin > 0 or cpu_experts > 0
        counts: list[int] = []
        has_helper = False
        for number, gpu in enumerate(self.gpus):
            copies = leaves_ram and not has_helper and not is_remote(gpu)
            end = self._end(number, begin, cpu_experts, demand, copies=copies)
            has_helper = has_helper or (copies and end > begin)
            counts.append(end - begin)
            begin = end
        if begin < behind:
            return None
        layout = Layout(
            layers=self.costs.layers, counts=tuple(counts), cpu_expert_layers=cpu_experts
        )
        priced = self._price(layout, demand)
        return None if checks_ram and priced.fit is Fit.NO else priced

    def _end(
        self, number: int, begin: int, cpu_experts: int, demand: Demand, *, copies: bool
    ) -> int:
        """Behind the last layer that this GPU can hold from `begin` on."""
        room = self._rooms[number] - self._vision_bytes(number, demand)

        def use(end: int) -> int:
            return self.costs.gpu(begin, end, cpu_experts, demand, copies=copies).total_bytes

        ends = range(begin + 1, self.costs.layers + 2)
        return begin + bisect_right(ends, room, key=use)

    def _price(self, layout: Layout, demand: Demand) -> Priced:
        helper = batch_helper(self.gpus, layout.counts) if self.costs.leaves_ram(layout) else None
        gpus = []
        for number, (first, behind) in enumerate(layout.ranges()):
            experts = layout.cpu_expert_layers
            use = self.costs.gpu(first, behind, experts, demand, copies=number == helper)
            if number == 0 and demand.is_vision_on_gpu:
                use = msgspec.structs.replace(
                    use,
                    vision_bytes=self._model.vision_bytes,
                    compute_bytes=use.compute_bytes + self._model.vision_compute_bytes,
                )
            gpus.append(use)
        ram = self.costs.ram(layout, demand)
        disk = min(ram.expert_bytes, max(0, ram.total_bytes - self._ram_left(gpus)))
        priced = Priced(
            layout=layout, demand=demand, fit=Fit.NO, gpus=tuple(gpus), ram=ram, disk_bytes=disk
        )
        return msgspec.structs.replace(priced, fit=self._fit(priced))

    def _fit(self, priced: Priced) -> Fit:
        if not self._is_possible(priced):
            return Fit.NO
        if priced.disk_bytes:
            return Fit.DISK
        layout = priced.layout
        if not layout.gpu_layers:
            return Fit.CPU
        is_whole = layout.gpu_layers > layout.layers and not priced.ram.expert_bytes
        return Fit.GPU if is_whole else Fit.GPU_AND_RAM

    def _is_possible(self, priced: Priced) -> bool:
        on_gpus = all(
            use.total_bytes <= room for use, room in zip(priced.gpus, self._rooms, strict=True)
        )
        return on_gpus and priced.ram.hard_bytes <= self._ram_left(list(priced.gpus))

    def _ram_left(self, gpus: list[Use]) -> int:
        """RAM beside what graphics inside the processor take of it."""
        shared = (
            use.total_bytes for gpu, use in zip(self.gpus, gpus, strict=True) if gpu.kind == "igpu"
        )
        return self._ram_room - sum(shared)

    def _vision_bytes(self, number: int, demand: Demand) -> int:
        if number or not demand.is_vision_on_gpu:
            return 0
        return self._model.vision_bytes + self._model.vision_compute_bytes

    def _empty(self, cpu_experts: int) -> Layout:
        counts = (0,) * len(self.gpus)
        return Layout(layers=self.costs.layers, counts=counts, cpu_expert_layers=cpu_experts)
