import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.model_shape import ModelShape
from app.domain.placement.pace import READING_TOKENS_PER_S, Pace, words_for
from app.domain.placement.planner import plan
from app.domain.placement.speed import graph_nodes, prompt_tokens_per_s, tokens_per_s
from app.domain.placement.values import (
    DeviceState,
    Fit,
    Machine,
    Placement,
    PlannedModel,
    Rates,
    Wishes,
)
from app.domain.weights_of import estimated_weights
from tests.helpers import tiny_models
from tests.helpers.native_facts import count_nodes

GIB = 1 << 30
DENSE = ModelShape(
    layers=40,
    embedding=5120,
    heads=32,
    kv_heads=8,
    key_length=128,
    value_length=128,
    feed_forward=32768,
    vocabulary=131072,
)
SPARSE = msgspec.structs.replace(
    DENSE,
    kv_lora_rank=256,
    rope_length=64,
    q_lora_rank=1024,
    experts=128,
    experts_used=4,
    shared_experts=1,
    expert_feed_forward=2048,
)
CPU_RATES = Rates(bytes_per_s={"q4_K": 11e9, "f16": 24e9}, node_s=2e-6, flops_per_s=3e11)
GPU_RATES = Rates(bytes_per_s={"q4_K": 400e9, "f16": 450e9}, node_s=1e-6, flops_per_s=3e13)


def model(shape, total_bytes, *, quant="q4_K"):
    return PlannedModel(
        name="model",
        shape=shape,
        weights=estimated_weights(shape, quant=quant, total_bytes=total_bytes),
        limit_tokens=131_072,
    )


def machine(*gpu_sizes, ram=128 * GIB, cpu_rates=CPU_RATES, gpu_rates=GPU_RATES, disk=None):
    return Machine(
        cpu=DeviceState(name="CPU", kind="cpu", total_bytes=ram, free_bytes=ram, rates=cpu_rates),
        gpus=tuple(
            DeviceState(
                name=f"CUDA{i}", kind="gpu", total_bytes=size, free_bytes=size, rates=gpu_rates
            )
            for i, size in enumerate(gpu_sizes)
        ),
        disk_bytes_per_s=disk,
    )


ON_CPU = Placement(context_tokens=4096)


def test_a_token_costs_the_weights_it_reads_and_the_nodes_of_its_graph():
    dense = model(DENSE, 14 * 10**9)
    embedding = sum(dense.weights.embedding.values())
    nodes = 40 * 19 + 6
    cache = 512 * 163_840
    seconds = (14 * 10**9 - embedding) / 11e9 + cache / 24e9 + nodes * 2e-6
    assert tokens_per_s(dense, machine(), ON_CPU) == pytest.approx(1 / seconds)


def test_of_the_experts_only_those_in_use_are_read():
    sparse = model(SPARSE, 70 * 10**9)
    routed = sum(layer.routed_bytes for layer in sparse.weights.layers)
    rest = 70 * 10**9 - routed - sum(sparse.weights.embedding.values())
    speed = tokens_per_s(sparse, machine(), ON_CPU)
    assert speed == pytest.approx(1 / ((rest + routed / 32) / 11e9), rel=0.05)


def test_the_disk_slows_down_the_experts_that_it_feeds():
    sparse = model(SPARSE, 70 * 10**9)
    whole = 1 / tokens_per_s(sparse, machine(disk=2e9), ON_CPU)
    fed = 1 / tokens_per_s(sparse, machine(disk=2e9), ON_CPU, disk_bytes=32 * 10**9)
    assert fed - whole == pytest.approx(32 * 10**9 / 32 / 2e9)
    assert tokens_per_s(sparse, machine(), ON_CPU, disk_bytes=1) is None


def test_what_was_not_measured_has_no_speed():
    dense = model(DENSE, 14 * 10**9)
    assert tokens_per_s(dense, machine(cpu_rates=None), ON_CPU) is None
    half = Placement(context_tokens=4096, gpu_layers=20)
    assert tokens_per_s(dense, machine(24 * GIB, gpu_rates=None), half) is None
    slow = msgspec.structs.replace(CPU_RATES, flops_per_s=None)
    assert prompt_tokens_per_s(dense, machine(cpu_rates=slow), ON_CPU) is None


def test_a_format_that_was_not_measured_takes_the_nearest_ones_rate():
    near = tokens_per_s(model(DENSE, 14 * 10**9, quant="iq4_xs"), machine(), ON_CPU)
    assert near == tokens_per_s(model(DENSE, 14 * 10**9), machine(), ON_CPU)


def test_experts_in_ram_cost_two_crossings_per_layer():
    sparse = model(SPARSE, 70 * 10**9)
    everywhere_alike = machine(96 * GIB, gpu_rates=CPU_RATES)

    def seconds(experts):
        placement = Placement(context_tokens=4096, gpu_layers=41, cpu_expert_layers=experts)
        return 1 / tokens_per_s(sparse, everywhere_alike, placement)

    assert seconds(10) - seconds(0) == pytest.approx(20 * 40e-6, rel=1e-3)


def test_larger_batches_read_prompts_faster_where_experts_lie_in_ram():
    sparse = model(SPARSE, 70 * 10**9)
    small = Placement(context_tokens=4096, gpu_layers=41, cpu_expert_layers=30)
    large = msgspec.structs.replace(small, batch_tokens=2048)
    pc = machine(24 * GIB)
    assert prompt_tokens_per_s(sparse, pc, large) > 2.5 * prompt_tokens_per_s(sparse, pc, small)


def test_the_words_follow_how_fast_people_read():
    assert words_for(0.5) is Pace.CRAWLING
    assert words_for(READING_TOKENS_PER_S - 0.1) is Pace.SLOW
    assert words_for(12.0) is Pace.READING
    assert words_for(60.0) is Pace.FAST


@settings(deadline=None, max_examples=150)
@given(
    shape=st.sampled_from([DENSE, SPARSE]),
    total=st.integers(8 * GIB, 80 * GIB),
    gpus=st.lists(st.integers(0, 64 * GIB), max_size=2),
    ram=st.integers(8 * GIB, 96 * GIB),
    number=st.integers(0, 2),
    extra=st.integers(1, 32 * GIB),
)
def test_more_memory_never_slows_an_answer_down(shape, total, gpus, ram, number, extra):
    wishes = Wishes(context_tokens=8192, kv_type="f16", batch_tokens=512)
    sizes = [size + extra if i == number else size for i, size in enumerate(gpus)]
    more_ram = ram + extra if number >= len(gpus) else ram
    planned = model(shape, total)
    before = plan(planned, machine(*gpus, ram=ram, disk=2e9), wishes)
    after = plan(planned, machine(*sizes, ram=more_ram, disk=2e9), wishes)
    if before.fit is not Fit.NO:
        assert before.tokens_per_s is not None
        # A second GPU that begins to take layers adds one crossing.
        assert 1 / after.tokens_per_s <= 1 / before.tokens_per_s + (len(gpus) > 1) * 41e-6 + 1e-12


@pytest.mark.parametrize(
    ("write", "layers", "shape"),
    [
        (tiny_models.write_llama_spm, 2, DENSE),
        (
            tiny_models.write_mixtral,
            2,
            msgspec.structs.replace(DENSE, experts=8, experts_used=2),
        ),
        (tiny_models.write_mistral4, 4, msgspec.structs.replace(SPARSE, experts_used=2)),
    ],
)
def test_nodes_are_counted_as_llama_cpp_builds_them(tmp_path, write, layers, shape):
    nodes = count_nodes(write(tmp_path / "model.gguf"))
    assert nodes == layers * sum(graph_nodes(shape, 0)) + 6
