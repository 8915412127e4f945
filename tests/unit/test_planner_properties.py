from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.model_shape import ModelShape
from app.domain.placement.fallbacks import fallbacks
from app.domain.placement.kv import kv_bytes
from app.domain.placement.layout import layout_of
from app.domain.placement.planner import plan
from app.domain.placement.search import room_bytes
from app.domain.placement.values import (
    DeviceState,
    Fit,
    Machine,
    MemoryPlan,
    Wishes,
)
from app.domain.weights import Weights
from tests.helpers.planned_models import (
    GIB,
    LARGE_3,
    MIXTRAL,
    RANK,
    SMALL_4,
    SMALL_24B,
    model,
)

SHAPES = st.sampled_from([SMALL_4, SMALL_24B, MIXTRAL, LARGE_3])
SIZES = st.integers(0, 96 * GIB)
CONTEXTS = st.sampled_from([1, 1000, 4096, 8192, 20_000, 65_536, 262_144])


@st.composite
def models(draw):
    shape = msgspec.structs.replace(
        draw(SHAPES), layers=draw(st.integers(4, 40)), is_tied=draw(st.booleans())
    )
    total = draw(st.integers(4 * GIB, 80 * GIB))
    return model(shape, total, vision_bytes=draw(st.sampled_from([0, GIB])))


@st.composite
def machines(draw):
    kinds = draw(st.lists(st.sampled_from(["gpu", "igpu"]), max_size=2))
    gpus = tuple(
        DeviceState(name=f"GPU{i}", kind=kind, total_bytes=size, free_bytes=size)
        for i, (kind, size) in enumerate((kind, draw(SIZES)) for kind in kinds)
    )
    ram = draw(SIZES)
    cpu = DeviceState(name="CPU", kind="cpu", total_bytes=ram, free_bytes=ram)
    return Machine(cpu=cpu, gpus=gpus, threads=4, disk_bytes_per_s=2e9)


WISHES = st.builds(
    Wishes,
    context_tokens=st.none() | CONTEXTS,
    kv_type=st.sampled_from([None, "f16", "q8_0", "q4_0"]),
    reserve_bytes=st.integers(0, 4 * GIB),
    kept_bytes=st.integers(0, 8 * GIB),
    gpu_layers=st.none() | st.integers(0, 50),
    cpu_expert_layers=st.none() | st.integers(0, 50),
    is_vision_on_gpu=st.sampled_from([None, True, False]),
    batch_tokens=st.sampled_from([None, 128, 512, 2048]),
)


def placed_bytes(found: MemoryPlan) -> int:
    return sum(share.weights_bytes + share.expert_bytes for share in found.shares)


def all_bytes(weights: Weights, shape: ModelShape, found: MemoryPlan) -> int:
    has_copy = shape.is_tied and found.placement.gpu_layers > 0
    return weights.total_bytes + (sum(weights.embedding.values()) if has_copy else 0)


@settings(deadline=None, max_examples=150)
@given(planned=models(), pc=machines(), wishes=WISHES)
def test_every_byte_is_placed_once_and_no_device_is_overfilled(planned, pc, wishes):
    found = plan(planned, pc, wishes)
    assert placed_bytes(found) == all_bytes(planned.weights, planned.shape, found)
    cells = found.placement.context_tokens + found.placement.kept_tokens
    held = kv_bytes(planned.shape, cells, found.placement.kv_type)
    assert sum(share.kv_bytes for share in found.shares) == held
    assert sum(share.vision_bytes for share in found.shares) == planned.vision_bytes
    if found.fit is Fit.NO:
        return
    devices = {device.name: device for device in (pc.cpu, *pc.gpus)}
    for share in found.shares:
        assert share.free_bytes >= 0
        if share.kind != "disk":
            assert share.model_bytes <= room_bytes(devices[share.name])
        if share.kind == "gpu" and share.model_bytes:
            assert share.free_bytes >= wishes.reserve_bytes


@settings(deadline=None, max_examples=150)
@given(planned=models(), pc=machines(), wishes=WISHES)
def test_shares_add_up_layer_by_layer(planned, pc, wishes):
    """What a device is said to hold is what lies there when llama.cpp's rules are followed."""
    found = plan(planned, pc, wishes)
    placement, weights = found.placement, planned.weights
    used = [s for s in found.shares if s.kind in ("gpu", "igpu")]
    if any(s.kind == "gpu" for s in used):
        used = [s for s in used if s.kind == "gpu"]
    layout = layout_of(placement, layers=len(weights.layers), gpus=len(used))
    expected = {s.name: [0, 0] for s in used} | {"CPU": [0, 0]}
    for number, (owner, layer) in enumerate(zip(layout.owners(), weights.layers, strict=False)):
        name = used[owner].name if owner >= 0 else "CPU"
        is_forced = number < placement.cpu_expert_layers
        expected[name][0] += layer.resident_bytes
        expected["CPU" if is_forced else name][1] += layer.routed_bytes
    for share in used:
        head = share.weights_bytes - expected[share.name][0]
        assert head >= 0
        assert share.expert_bytes == expected[share.name][1]
    disk = sum(share.expert_bytes for share in found.shares if share.kind == "disk")
    cpu = next(share for share in found.shares if share.kind == "cpu")
    assert cpu.expert_bytes + disk == expected["CPU"][1]


def with_more(pc: Machine, number: int, extra: int) -> Machine:
    def grown(device):
        return msgspec.structs.replace(
            device,
            total_bytes=device.total_bytes + extra,
            free_bytes=device.free_bytes + extra,
        )

    if number >= len(pc.gpus):
        return msgspec.structs.replace(pc, cpu=grown(pc.cpu))
    gpus = tuple(grown(gpu) if i == number else gpu for i, gpu in enumerate(pc.gpus))
    return msgspec.structs.replace(pc, gpus=gpus)


FIXED = st.builds(
    Wishes,
    context_tokens=CONTEXTS,
    kv_type=st.sampled_from([None, "f16"]),
    cpu_expert_layers=st.none() | st.integers(0, 20),
)


@settings(deadline=None, max_examples=200)
@given(
    planned=models(),
    pc=machines(),
    wishes=FIXED,
    number=st.integers(0, 2),
    extra=st.integers(1, 32 * GIB),
)
def test_more_memory_never_makes_a_plan_worse(planned, pc, wishes, number, extra):
    before, after = plan(planned, pc, wishes), plan(planned, with_more(pc, number, extra), wishes)
    assert RANK[after.fit] <= RANK[before.fit]
    if after.fit is before.fit:
        assert after.comfortable_tokens >= before.comfortable_tokens


@settings(deadline=None, max_examples=100)
@given(planned=models(), pc=machines(), wishes=WISHES)
def test_every_step_down_needs_less_of_what_is_short(planned, pc, wishes):
    ladder = fallbacks(planned, pc, wishes)
    possible = [found for found in ladder if found.fit is not Fit.NO]
    assert all(found.fit is not Fit.NO for found in ladder[1:])

    def needed(found, kinds):
        return sum(share.model_bytes for share in found.shares if share.kind in kinds)

    kinds = (
        ("gpu", "igpu") if possible and needed(possible[0], ("gpu", "igpu")) else ("cpu", "disk")
    )
    for earlier, later in pairwise(possible):
        assert needed(later, kinds) < needed(earlier, kinds)
        assert set(later.changes) >= set(earlier.changes)


ANY = st.integers(-(1 << 70), 1 << 70)
HOSTILE = st.builds(
    DeviceState, name=st.text(max_size=4), kind=st.just("gpu"), total_bytes=ANY, free_bytes=ANY
)


@settings(deadline=None, max_examples=200)
@given(
    planned=models(),
    cpu=HOSTILE,
    gpus=st.lists(HOSTILE, max_size=3),
    wishes=st.builds(
        Wishes,
        context_tokens=st.none() | ANY,
        reserve_bytes=ANY,
        kept_bytes=ANY,
        gpu_layers=st.none() | ANY,
        cpu_expert_layers=st.none() | ANY,
        batch_tokens=st.none() | ANY,
        threads=st.none() | ANY,
    ),
    limit=ANY,
)
def test_no_numbers_make_it_fail(planned, cpu, gpus, wishes, limit):
    pc = Machine(cpu=cpu, gpus=tuple(gpus), threads=-1)
    for found in fallbacks(msgspec.structs.replace(planned, limit_tokens=limit), pc, wishes):
        assert found.placement.threads >= 1
        assert found.placement.context_tokens >= 1
        if found.fit is not Fit.NO:
            assert all(share.free_bytes >= 0 for share in found.shares)
