"""How fast a placement will be, from what the devices were measured to do.

A token costs the weights that it reads, each format at its own measured rate, and a fixed time per
node of llama.cpp's graph; the devices work one after the other. A node is one that computes: views,
reshapes, permutations and transpositions are none. The counts are those of llama.cpp's graphs for
one token (see the tests, which count them).
"""

from itertools import pairwise

import msgspec

from app.domain.model_shape import ModelShape
from app.domain.placement.kv import cell_bytes
from app.domain.placement.layout import RAM, Layout, batch_helper, layout_of, usable_gpus
from app.domain.placement.values import DeviceState, Machine, Placement, PlannedModel, Rates
from app.domain.quants import QUANTS
from app.domain.weights import QuantBytes

# A short chat: what the speed of an answer is told for.
CHAT_TOKENS = 512
# Norm and its weight, Q, K and V, two rotations, two writes into the cache, attention, its output,
# and the sum; with compressed queries and keys more of each.
_ATTENTION_NODES = 12
_LATENT_NODES = 21
# Norm and its weight, gate, up, their product, down, and the sum.
_FEED_NODES = 7
# Norm and its weight, the choice of experts (seven), what they made times its weight, and the sum;
# beside it one addition fewer than there are experts.
_ROUTER_NODES = 11
_ROUTED_NODES = 4
_SHARED_NODES = 5
# The embedding's row; the last layer's two rows; norm, its weight and the head.
_END_NODES = 6
# A token's numbers copied to another device, and waiting for it: two calls of a driver and an
# interrupt, tens of microseconds on any bus.
_CROSSING_S = 40e-6
# What a card reads out of RAM: PCIe 4.0 with 16 lanes gives 25 GB/s, and half of it from pages that
# may be swapped out, as those of a mapped file; older and narrower ones less.
_BUS_BYTES_PER_S = 10e9
_BITS = {quant.name: quant.block_bytes * 8 / quant.block_values for quant in QUANTS}


class _Load(msgspec.Struct):
    """What one device does for a token, or for a batch.

    Attributes:
        carried: Weights that it reads out of RAM over the bus.
    """

    read: QuantBytes
    carried: QuantBytes
    nodes: int = 0

    def add(self, part: QuantBytes, *, share: float = 1.0, is_carried: bool = False) -> None:
        sums = self.carried if is_carried else self.read
        for quant, size in part.items():
            sums[quant] = sums.get(quant, 0) + round(size * share)


def tokens_per_s(
    model: PlannedModel, machine: Machine, placement: Placement, *, disk_bytes: int = 0
) -> float | None:
    """Predict the speed of an answer in a chat of `CHAT_TOKENS`.

    Args:
        model: With its weights.
        machine: With its rates.
        placement: That fits.
        disk_bytes: Of the experts in RAM, what stays on the disk.

    Returns:
        None where a device that takes part was not measured.
    """
    gpus = usable_gpus(machine)
    layout = layout_of(placement, layers=len(model.weights.layers), gpus=len(gpus))
    used = _used_share(model.shape, tokens=1)
    loads = _loads(model, layout, expert_share=used, helper=None)
    shape = model.shape
    owners = layout.owners()
    chat = CHAT_TOKENS * cell_bytes(shape, placement.kv_type)
    for owner in owners[:-1]:
        loads[owner].add({placement.kv_type: chat})
    seconds = _crossings(layout, shape) * _CROSSING_S
    for owner, load in loads.items():
        rates = _rates(machine, gpus, owner)
        if rates is None:
            return None
        seconds += _read_s(load.read, rates) + load.nodes * rates.node_s
        # As if every matrix were as wide as the embedding; those of the heads are not.
        seconds += _parameters(load.read) / shape.embedding * rates.row_s
    if disk_bytes:
        if not machine.disk_bytes_per_s:
            return None
        seconds += disk_bytes * used / machine.disk_bytes_per_s
    return 1 / seconds if seconds > 0 else None


def prompt_tokens_per_s(
    model: PlannedModel, machine: Machine, placement: Placement, *, disk_bytes: int = 0
) -> float | None:
    """Predict how fast a prompt is read, in batches.

    A card computes the whole batch: what lies in RAM is carried to it once. Arguments and None
    are as in `tokens_per_s`.
    """
    gpus = usable_gpus(machine)
    layout = layout_of(placement, layers=len(model.weights.layers), gpus=len(gpus))
    batch = max(1, placement.batch_tokens)
    touched = _used_share(model.shape, tokens=batch)
    helper = batch_helper(gpus, layout.counts)
    loads = _loads(model, layout, expert_share=touched, helper=helper)
    computed = _loads(
        model,
        layout,
        expert_share=_used_share(model.shape, tokens=1),
        helper=helper,
    )
    seconds = 0.0
    for owner, load in loads.items():
        rates = _rates(machine, gpus, owner)
        if rates is None or not rates.flops_per_s or rates.flops_per_s <= 0:
            return None
        work = computed[owner]
        parameters = _parameters(work.read) + _parameters(work.carried)
        compute_s = 2 * parameters * batch / rates.flops_per_s
        read_s = _read_s(load.read, rates) + sum(load.carried.values()) / _BUS_BYTES_PER_S
        seconds += max(compute_s, read_s) + load.nodes * rates.node_s
    if disk_bytes:
        if not machine.disk_bytes_per_s:
            return None
        seconds += disk_bytes * touched / machine.disk_bytes_per_s
    return batch / seconds if seconds > 0 else None


def graph_nodes(shape: ModelShape, layer: int) -> tuple[int, int]:
    """Nodes of a layer for one token: all but the routed experts', and theirs."""
    attention = _LATENT_NODES if shape.kv_lora_rank else _ATTENTION_NODES
    if not shape.experts or layer < shape.dense_layers:
        return attention + _FEED_NODES, 0
    shared = _SHARED_NODES if shape.shared_experts else 0
    return attention + _ROUTER_NODES + max(0, shape.experts_used - 1) + shared, _ROUTED_NODES


def _crossings(layout: Layout, shape: ModelShape) -> int:
    """How often a token's numbers go to another device; its logits come back in the end."""
    places = [RAM]
    owners = layout.owners()
    for layer, owner in enumerate(owners[:-1]):
        places.append(owner)
        has_routed = shape.experts and layer >= shape.dense_layers
        if has_routed and owner != RAM and layer < layout.cpu_expert_layers:
            places += [RAM, owner]
    places += [owners[-1], RAM]
    return sum(here != there for here, there in pairwise(places))


def _loads(
    model: PlannedModel, layout: Layout, *, expert_share: float, helper: int | None
) -> dict[int, _Load]:
    """What every device reads, by its number; RAM is there even if it has nothing to do.

    Args:
        model: With its weights.
        layout: Where they lie.
        expert_share: Which part of the routed experts is read.
        helper: The GPU to which weights in RAM are carried; None where the CPU computes with them.
    """
    loads = {RAM: _Load({}, {})}
    owners = layout.owners()
    for owner in owners:
        loads.setdefault(owner, _Load({}, {}))
    weights = model.weights

    def put(owner: int, part: QuantBytes, share: float) -> _Load:
        is_carried = owner == RAM and helper is not None
        load = loads[owner if helper is None or owner != RAM else helper]
        load.add(part, share=share, is_carried=is_carried)
        return load

    for number, (owner, layer) in enumerate(zip(owners, weights.layers, strict=False)):
        expert_owner = RAM if number < layout.cpu_expert_layers else owner
        rest, routed = graph_nodes(model.shape, number)
        put(owner, layer.attention, 1.0).nodes += rest
        put(owner, layer.dense, 1.0)
        put(owner, layer.shared, 1.0)
        put(expert_owner, layer.routed, expert_share).nodes += routed
    put(owners[-1], weights.output, 1.0).nodes += _END_NODES
    if model.shape.is_tied:
        put(owners[-1], weights.embedding, 1.0)
    return loads


def _used_share(shape: ModelShape, *, tokens: int) -> float:
    """Which part of the routed experts so many tokens read: each a few, seldom the same."""
    if shape.experts <= 0:
        return 1.0
    missed = max(0.0, 1 - shape.experts_used / shape.experts)
    return float(1 - missed**tokens)


def _rates(machine: Machine, gpus: tuple[DeviceState, ...], owner: int) -> Rates | None:
    rates = machine.cpu.rates if owner == RAM else gpus[owner].rates
    return rates if rates and any(rate > 0 for rate in rates.bytes_per_s.values()) else None


def _read_s(parts: QuantBytes, rates: Rates) -> float:
    return sum(size / _rate(quant, rates) for quant, size in parts.items())


def _rate(quant: str, rates: Rates) -> float:
    """Measured for this format, or for the one that is nearest in bits per weight."""
    known = {name: rate for name, rate in rates.bytes_per_s.items() if rate > 0}
    if quant in known:
        return known[quant]
    bits = _BITS.get(quant, _BITS["f16"])
    nearest = min(known, key=lambda name: (abs(_BITS.get(name, _BITS["f16"]) - bits), name))
    return known[nearest]


def _parameters(parts: QuantBytes) -> float:
    return sum(size * 8 / _BITS.get(quant, _BITS["f16"]) for quant, size in parts.items())
