"""Where a model should lie on this PC.

What decides is the fit of the frugal plan: a cache of q8_0, the projector in RAM, small batches, no
kept chats. Every luxury is then granted where the fit stays the same, in this order: a cache of
f16, a larger context, the projector on a GPU, large batches, kept chats. So more memory never makes
a fit worse.
"""

import msgspec

from app.domain.placement.costs import Demand, Use
from app.domain.placement.kv import CELLS_STEP, can_hold, kv_bytes
from app.domain.placement.layout import batch_helper
from app.domain.placement.search import Priced, Search, available_bytes
from app.domain.placement.speed import prompt_tokens_per_s, tokens_per_s
from app.domain.placement.values import (
    Change,
    DeviceState,
    Fit,
    KvType,
    Machine,
    MemoryPlan,
    Placement,
    PlannedModel,
    Share,
    Wishes,
)

# A chat needs some room; less only where the memory does not allow it.
_USUAL_CONTEXTS_TOKENS = (8192, 4096, 2048, 1024)
# Taken where it moves no layer and needs a small part of the memory only.
_LARGE_CONTEXTS_TOKENS = (32768, 16384)
_LARGE_CONTEXT_SHARE = 4
SMALL_BATCH_TOKENS = 512
# A batch carries the experts in RAM over the bus once, so larger ones read prompts faster.
_LARGE_BATCH_TOKENS = 2048
_MOST_BATCH_TOKENS = 4096
_RANK = {fit: rank for rank, fit in enumerate(Fit)}


def plan(model: PlannedModel, machine: Machine, wishes: Wishes) -> MemoryPlan:
    """Place a model; numbers beyond what is possible are clamped, and `changes` says so."""
    return _Planner(model, machine, wishes).plan()


class _Planner:
    def __init__(self, model: PlannedModel, machine: Machine, wishes: Wishes) -> None:
        self._model = model
        self._machine = machine
        self._wishes = wishes
        self._limit = max(1, model.limit_tokens)
        self._search = Search(
            model,
            machine,
            reserve_bytes=wishes.reserve_bytes,
            gpu_layers=wishes.gpu_layers,
            cpu_expert_layers=wishes.cpu_expert_layers,
        )
        self._has_vision = model.vision_bytes > 0
        can_see = self._has_vision and bool(self._search.gpus)
        self._is_vision_wished = can_see and bool(wishes.is_vision_on_gpu)
        self._kv_types = self._allowed_kv_types()
        batch = SMALL_BATCH_TOKENS if wishes.batch_tokens is None else wishes.batch_tokens
        self._batch = min(max(1, batch), _MOST_BATCH_TOKENS)

    def plan(self) -> MemoryPlan:
        priced = self._frugal()
        if priced.fit is not Fit.NO:
            priced = self._with_luxuries(priced)
        context_tokens = priced.demand.tokens
        priced = self._with_kept_chats(priced)
        kept_tokens = priced.demand.tokens - context_tokens
        placement = self._placement(priced, context_tokens, kept_tokens)
        disk_bytes = priced.disk_bytes
        return MemoryPlan(
            placement=placement,
            fit=priced.fit,
            shares=self._shares(priced),
            kv_bytes=kv_bytes(self._model.shape, context_tokens, priced.demand.kv_type),
            comfortable_tokens=self._comfortable(priced.fit, context_tokens),
            tokens_per_s=tokens_per_s(self._model, self._machine, placement, disk_bytes=disk_bytes)
            if priced.fit is not Fit.NO
            else None,
            prompt_tokens_per_s=prompt_tokens_per_s(
                self._model, self._machine, placement, disk_bytes=disk_bytes
            )
            if priced.fit is not Fit.NO
            else None,
            changes=self._changes(priced, context_tokens, kept_tokens),
        )

    def _with_luxuries(self, frugal: Priced) -> Priced:
        """All but kept chats."""
        priced = self._with_precise_cache(frugal)
        if self._wishes.context_tokens is None:
            priced = self._with_large_context(priced)
        return self._with_large_batches(self._with_vision(priced))

    def _allowed_kv_types(self) -> tuple[KvType, ...]:
        """The most precise first."""
        wished = self._wishes.kv_type
        if wished is None:
            kv_types: tuple[KvType, ...] = ("f16", "q8_0")
        else:
            kv_types = (wished,)
        possible = tuple(kind for kind in kv_types if can_hold(self._model.shape, kind))
        return possible or ("f16",)

    def _best(self, tokens: int, **changes: object) -> Priced:
        demand = Demand(
            tokens=tokens,
            kv_type=self._kv_types[-1],
            batch_tokens=self._batch,
            is_vision_on_gpu=self._is_vision_wished,
        )
        return self._search.best(msgspec.structs.replace(demand, **changes))

    def _frugal(self) -> Priced:
        wished = self._wishes.context_tokens
        if wished is not None:
            return self._at(min(max(1, wished), self._limit))
        possible = []
        for tokens in _USUAL_CONTEXTS_TOKENS:
            priced = self._at(min(tokens, self._limit))
            if priced.fit not in (Fit.DISK, Fit.NO):
                return priced
            possible.append(priced)
        return next((priced for priced in possible if priced.fit is Fit.DISK), possible[-1])

    def _at(self, tokens: int) -> Priced:
        priced = self._best(tokens)
        if self._is_vision_wished and priced.fit is Fit.NO:
            return self._best(tokens, is_vision_on_gpu=False)
        return priced

    def _with_precise_cache(self, frugal: Priced) -> Priced:
        precise = self._again(frugal, kv_type=self._kv_types[0])
        return precise if precise.fit is frugal.fit else frugal

    def _with_large_context(self, usual: Priced) -> Priced:
        for tokens in _LARGE_CONTEXTS_TOKENS:
            if usual.demand.tokens < min(tokens, self._limit):
                large = self._again(usual, tokens=min(tokens, self._limit))
                if (
                    large.layout == usual.layout
                    and large.fit is usual.fit
                    and self._is_small(large)
                ):
                    return large
        return usual

    def _is_small(self, priced: Priced) -> bool:
        """Whether the context takes but a quarter of what is free on every device."""
        devices = (*self._search.gpus, self._machine.cpu)
        return all(
            (use.kv_bytes + use.compute_bytes) * _LARGE_CONTEXT_SHARE <= available_bytes(device)
            for device, use in zip(devices, (*priced.gpus, priced.ram), strict=True)
        )

    def _with_vision(self, priced: Priced) -> Priced:
        if not (self._has_vision and self._search.gpus) or self._wishes.is_vision_on_gpu is False:
            return priced
        seeing = self._again(priced, is_vision_on_gpu=True)
        return seeing if seeing.fit is priced.fit else priced

    def _with_large_batches(self, priced: Priced) -> Priced:
        """Where a GPU computes batches with experts in RAM; it may cost one layer's at most."""
        layout = priced.layout
        helper = batch_helper(self._search.gpus, layout.counts)
        is_decided = self._wishes.batch_tokens is not None
        if is_decided or helper is None or not priced.ram.expert_bytes:
            return priced
        large = self._again(priced, batch_tokens=_LARGE_BATCH_TOKENS)
        is_near = (
            large.layout.gpu_layers == layout.gpu_layers
            and large.layout.cpu_expert_layers <= layout.cpu_expert_layers + 1
        )
        return large if large.fit is priced.fit and is_near else priced

    def _with_kept_chats(self, priced: Priced) -> Priced:
        """As many cells as one chat has at most, without moving anything."""
        tokens = priced.demand.tokens
        low, high = 0, self._wished_kept_steps(priced)
        best = priced
        while low < high:
            middle = (low + high + 1) // 2
            demand = msgspec.structs.replace(priced.demand, tokens=tokens + middle * CELLS_STEP)
            held = self._search.hold(priced.layout, demand)
            if held and held.fit is priced.fit:
                best, low = held, middle
            else:
                high = middle - 1
        return best

    def _wished_kept_steps(self, priced: Priced) -> int:
        if priced.fit is Fit.NO:
            return 0
        shape, kv_type = self._model.shape, priced.demand.kv_type
        step_bytes = kv_bytes(shape, CELLS_STEP, kv_type)
        return min(
            priced.demand.tokens // CELLS_STEP,
            max(0, self._wishes.kept_bytes) // max(1, step_bytes),
        )

    def _again(self, priced: Priced, **changes: object) -> Priced:
        return self._search.best(msgspec.structs.replace(priced.demand, **changes))

    def _comfortable(self, fit: Fit, context_tokens: int) -> int:
        """The largest context with that fit at least; where this does not fit, with any."""
        needed = Fit.DISK if fit is Fit.NO else fit
        low, high = 0, self._limit // CELLS_STEP
        while low < high:
            middle = (low + high + 1) // 2
            if _RANK[self._at(middle * CELLS_STEP).fit] <= _RANK[needed]:
                low = middle
            else:
                high = middle - 1
        return low * CELLS_STEP if fit is Fit.NO else max(low * CELLS_STEP, context_tokens)

    def _placement(self, priced: Priced, context_tokens: int, kept_tokens: int) -> Placement:
        layout, demand = priced.layout, priced.demand
        threads = self._machine.threads if self._wishes.threads is None else self._wishes.threads
        return Placement(
            context_tokens=context_tokens,
            kept_tokens=kept_tokens,
            kv_type=demand.kv_type,
            gpu_layers=layout.gpu_layers,
            cpu_expert_layers=layout.cpu_expert_layers if layout.gpu_layers else 0,
            layer_shares=layout.counts if len(layout.counts) > 1 and layout.gpu_layers else (),
            is_vision_on_gpu=demand.is_vision_on_gpu,
            batch_tokens=demand.batch_tokens,
            threads=max(1, threads),
        )

    def _shares(self, priced: Priced) -> tuple[Share, ...]:
        uses = iter(priced.gpus)
        usable = {id(gpu) for gpu in self._search.gpus}
        in_ram = msgspec.structs.replace(
            priced.ram, expert_bytes=priced.ram.expert_bytes - priced.disk_bytes
        )
        gpu_uses = [next(uses) if id(gpu) in usable else Use() for gpu in self._machine.gpus]
        shared_bytes = sum(
            use.total_bytes
            for gpu, use in zip(self._machine.gpus, gpu_uses, strict=True)
            if gpu.kind == "igpu"
        )
        cpu = self._machine.cpu
        ram_free = available_bytes(cpu) - in_ram.total_bytes - shared_bytes
        shares = []
        for gpu, use in zip(self._machine.gpus, gpu_uses, strict=True):
            free = available_bytes(gpu) - use.total_bytes
            shares.append(_share(gpu, use, min(free, ram_free) if gpu.kind == "igpu" else free))
        shares.append(_share(cpu, in_ram, ram_free))
        if priced.disk_bytes:
            shares.append(
                Share(name="disk", kind="disk", total_bytes=0, expert_bytes=priced.disk_bytes)
            )
        return tuple(shares)

    def _changes(self, priced: Priced, context_tokens: int, kept_tokens: int) -> tuple[Change, ...]:
        wishes, layout, demand = self._wishes, priced.layout, priced.demand
        usual = min(_USUAL_CONTEXTS_TOKENS[0], self._limit)
        wished_context = usual if wishes.context_tokens is None else wishes.context_tokens
        gpu_layers = min(wishes.gpu_layers or 0, layout.layers + 1)
        least_experts = min(max(0, wishes.cpu_expert_layers or 0), layout.layers)
        is_vision_missed = self._has_vision and (
            self._is_vision_wished
            or (wishes.is_vision_on_gpu is None and priced.fit in (Fit.GPU, Fit.GPU_AND_RAM))
        )
        found = {
            Change.CONTEXT: context_tokens < wished_context,
            Change.KV_PRECISION: demand.kv_type != (wishes.kv_type or "f16"),
            Change.LAYERS_TO_RAM: layout.gpu_layers < gpu_layers,
            Change.EXPERTS_TO_RAM: wishes.cpu_expert_layers is not None
            and layout.cpu_expert_layers > least_experts,
            Change.VISION_TO_RAM: is_vision_missed and not demand.is_vision_on_gpu,
            Change.KEPT_CHATS: wishes.kept_bytes > 0 and not kept_tokens,
        }
        return tuple(change for change, is_made in found.items() if is_made)


def _share(device: DeviceState, use: Use, free_bytes: int) -> Share:
    return Share(
        name=device.name,
        kind=device.kind,
        total_bytes=device.total_bytes,
        weights_bytes=use.weights_bytes,
        expert_bytes=use.expert_bytes,
        kv_bytes=use.kv_bytes,
        vision_bytes=use.vision_bytes,
        compute_bytes=use.compute_bytes,
        free_bytes=free_bytes,
    )
