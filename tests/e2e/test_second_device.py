"""Models on two devices, without a GPU: llama.cpp takes another process for one."""

import functools
import pathlib

import msgspec
import pytest

from app.domain.chat import FinishReason
from app.domain.errors import EngineCrashed
from app.domain.placement.values import Placement, Wishes
from app.domain.weights_of import weights_of
from app.engine.protocol import Generated, Keep, Loaded
from app.engine.worker.layers import weights_by_device
from app.gguf.reader import read_header
from tests.e2e.conftest import named
from tests.helpers import tiny_models
from tests.helpers.engine_runner import EngineRunner
from tests.helpers.planned import differences, plan_of
from tests.helpers.prepared_pictures import picture, show
from tests.helpers.second_device import SecondDevice

QUESTION = "Where does the wind come from?"
PLAIN = "The wind blows over the plain. "
LONG = PLAIN * 200  # about 2,200 tokens
MANY = 99
CPU, GPU, SECOND_GPU = "CPU", "RPC0", "RPC1"
MIB = 1 << 20
ON_CPU = Placement(context_tokens=4096)
ON_GPU = msgspec.structs.replace(ON_CPU, gpu_layers=MANY)
EXPERTS_IN_RAM = msgspec.structs.replace(ON_GPU, cpu_expert_layers=MANY)
# Of the four layers of `mistral4`, or the two of the others.
HALF = msgspec.structs.replace(ON_GPU, cpu_expert_layers=1)
SOME_LAYERS = msgspec.structs.replace(ON_GPU, gpu_layers=2)
PLACEMENTS = {
    "gpu": ON_GPU,
    "experts in ram": EXPERTS_IN_RAM,
    "half": HALF,
    "some layers": SOME_LAYERS,
}
WRITERS = {
    "mistral4": tiny_models.write_mistral4,
    "mistral4 fused": functools.partial(tiny_models.write_mistral4, fused_experts=True),
    "mixtral": tiny_models.write_mixtral,
    "mistral3": tiny_models.write_mistral3,
}


@pytest.fixture
def device():
    with SecondDevice() as device:
        yield device


@pytest.fixture
def engine(run_engine, device, mistral4_model) -> EngineRunner:
    """One with a second device, with nothing loaded yet."""
    return run_engine(mistral4_model, endpoint=device.endpoint)


def loaded(engine: EngineRunner, *placements: Placement, **options) -> Loaded:
    end = engine.load(*placements, **options).end
    assert isinstance(end, Loaded), end
    return end


def memory(engine: EngineRunner, *placements: Placement, **options) -> dict:
    """What each device holds after loading."""
    return {m.device: m for m in loaded(engine, *placements, **options).memory}


def reused_tokens(asked) -> int:
    return asked.end.usage.reused_tokens


@pytest.mark.parametrize("kind", WRITERS)
def test_says_the_same_wherever_its_parts_lie(run_engine, device, tmp_path, kind):
    model = named(WRITERS[kind](tmp_path / "tiny.gguf"))
    engine = run_engine(model, endpoint=device.endpoint)
    texts = {}
    for name, placement in {"cpu": ON_CPU, **PLACEMENTS}.items():
        assert loaded(engine, placement).placement == placement
        texts[name] = engine.generate(QUESTION, max_tokens=24).text
    assert set(texts.values()) == {texts["cpu"]} != {""}, texts


def test_without_gpu_layers_the_gpu_is_left_alone(engine):
    assert set(memory(engine, ON_CPU)) == {CPU}


def test_the_gpu_holds_all_but_the_embedding(engine):
    on_gpu = memory(engine, ON_GPU)
    assert on_gpu[CPU].context_bytes == 0
    # 4 layers, a compressed key and its rotated part of 96 values, two bytes each.
    assert on_gpu[GPU].context_bytes == 4096 * 4 * 96 * 2
    assert on_gpu[GPU].model_bytes > 2 * on_gpu[CPU].model_bytes


@pytest.mark.parametrize("fused", [False, True])
def test_experts_in_ram_are_all_that_leaves_the_gpu(run_engine, device, tmp_path, fused):
    path = tiny_models.write_mistral4(tmp_path / "tiny.gguf", fused_experts=fused)
    engine = run_engine(named(path), endpoint=device.endpoint)
    of_layer = 8 * 3 * 128 * 256 * 2  # experts, matrices, their sizes, bytes of a value
    sizes = [
        memory(engine, msgspec.structs.replace(ON_GPU, cpu_expert_layers=n))[GPU].model_bytes
        for n in (0, 1, 2, 4)
    ]
    left = [sizes[0] - size for size in sizes]
    assert left == pytest.approx([0, of_layer, 2 * of_layer, 4 * of_layer], abs=MIB // 16)


def weights_in(path: pathlib.Path, placement: Placement, gpus: tuple[str, ...]) -> dict[str, int]:
    """What a dry run expects."""
    with path.open("rb") as file:
        header = read_header(file, path.stat().st_size)
    is_tied = all(tensor.name != "output.weight" for tensor in header.tensors)
    return weights_by_device(weights_of(header, name=path.name), placement, gpus, is_tied=is_tied)


@pytest.mark.parametrize("kind", [*WRITERS, "starter"])
def test_weights_lie_where_the_dry_run_expects_them(run_engine, device, starter, tmp_path, kind):
    model = starter if kind == "starter" else named(WRITERS[kind](tmp_path / "tiny.gguf"))
    engine = run_engine(model, endpoint=device.endpoint)
    for placement in PLACEMENTS.values():
        found = {device: m.model_bytes for device, m in memory(engine, placement).items()}
        expected = weights_in(model.path, placement, (GPU,))
        assert found == pytest.approx(expected, rel=0.01, abs=MIB // 16)


def test_layers_are_shared_out_among_two_gpus(run_engine, mistral4_model):
    with SecondDevice(count=2) as two:
        engine = run_engine(mistral4_model, endpoint=two.endpoint)
        for shares in ((3, 2), (1, 4), (4, 1)):
            placement = Placement(context_tokens=4096, gpu_layers=5, layer_shares=shares)
            parts = memory(engine, placement)
            expected = weights_in(mistral4_model.path, placement, (GPU, SECOND_GPU))
            found = {device: m.model_bytes for device, m in parts.items()}
            assert found == pytest.approx(expected, rel=0.01, abs=MIB // 16)
            of_layer = 4096 * 96 * 2
            layers = (shares[0], 4 - shares[0])
            cells = [parts[gpu].context_bytes for gpu in (GPU, SECOND_GPU)]
            assert cells == [n * of_layer for n in layers]
        assert engine.generate(QUESTION).text


def test_a_follow_up_reads_only_what_is_new(engine):
    loaded(engine, EXPERTS_IN_RAM)
    first = engine.generate(LONG, chat="a")
    follow_up = engine.generate(LONG, first.text, "And then?", chat="a")
    assert reused_tokens(follow_up) >= first.end.usage.prompt_tokens > 2000


def test_a_snapshot_of_the_second_device_is_read_again(
    run_engine, device, mistral4_model, tmp_path
):
    options = {"snapshots": str(tmp_path / "kv"), "snapshots_bytes": 1 << 30}
    engine = run_engine(mistral4_model, endpoint=device.endpoint)
    loaded(engine, ON_GPU, **options)
    first = engine.generate(LONG, chat="a", max_tokens=4)
    engine.request(lambda i: Keep(request_id=i))
    engine.close()
    again = run_engine(mistral4_model, endpoint=device.endpoint)
    loaded(again, HALF, **options)
    follow_up = again.generate(LONG, first.text, "And then?", chat="a")
    assert reused_tokens(follow_up) >= first.end.usage.prompt_tokens > 2000


@pytest.mark.parametrize("moment", ["prefill", "decode"])
def test_stop_works(engine, moment):
    loaded(engine, EXPERTS_IN_RAM)
    text = LONG if moment == "prefill" else QUESTION
    asked = engine.begin(lambda i: engine.question(i, text, max_tokens=3000))
    engine.wait(lambda: asked.text if moment == "decode" else asked.events)
    engine.client.cancel(asked.request_id)
    engine.wait(lambda: asked.ends)
    assert asked.end.finish_reason is FinishReason.CANCELLED
    assert engine.generate(QUESTION).text


def test_pictures_look_the_same_from_both_sides(run_engine, device, mistral4_model, projector):
    engine = run_engine(mistral4_model, endpoint=device.endpoint)
    texts = []
    for is_on_gpu in (False, True):
        placement = msgspec.structs.replace(ON_GPU, is_vision_on_gpu=is_on_gpu)
        loaded(engine, placement, projector=str(projector.path))
        texts.append(engine.generate(show("What is it?", picture(9, 7)), max_tokens=24).text)
    assert texts[0] == texts[1] != ""


def test_a_device_that_dies_costs_one_sentence(engine, device, expected_log):
    loaded(engine, ON_GPU)
    asked = engine.begin(lambda i: engine.question(i, QUESTION, max_tokens=3000))
    engine.wait(lambda: asked.text)
    device.kill()
    engine.wait(lambda: asked.ends)
    assert isinstance(asked.end, EngineCrashed)
    assert asked.text, "what was said stays"
    again = loaded(engine, ON_GPU)
    assert (again.placement.gpu_layers, again.rejected) == (0, 1)
    assert isinstance(engine.generate(QUESTION).end, Generated)


def test_a_device_that_is_gone_before_loading_leaves_the_cpu(engine, device):
    device.kill()
    large_steps = msgspec.structs.replace(ON_GPU, batch_tokens=2048)
    end = loaded(engine, large_steps, msgspec.structs.replace(EXPERTS_IN_RAM, batch_tokens=2048))
    assert end.rejected == 2
    assert end.placement == msgspec.structs.replace(ON_CPU, batch_tokens=512)
    assert engine.generate(QUESTION).text


def test_a_way_of_the_plan_for_the_cpu_is_taken_before_one_of_our_own(engine, device):
    device.kill()
    on_cpu = msgspec.structs.replace(ON_CPU, context_tokens=2048)
    end = loaded(engine, ON_GPU, on_cpu)
    assert (end.placement, end.rejected) == (on_cpu, 1)


def test_weights_for_which_there_is_no_memory_go_elsewhere(run_engine, mistral4_model):
    """The device promises more than it has, so only the real load finds out."""
    with SecondDevice(spare_bytes=6 * MIB) as small:
        engine = run_engine(mistral4_model, endpoint=small.endpoint)
        end = loaded(engine, ON_GPU, ON_CPU)
        assert (end.placement, end.rejected) == (ON_CPU, 1)
        assert engine.generate(QUESTION).text


def test_a_cache_for_which_there_is_no_memory_becomes_smaller(run_engine, mistral4_model):
    with SecondDevice(spare_bytes=64 * MIB) as small:
        engine = run_engine(mistral4_model, endpoint=small.endpoint)
        large = msgspec.structs.replace(ON_GPU, context_tokens=131_072)  # 96 MiB
        end = loaded(engine, large, ON_GPU)
        assert (end.placement, end.rejected) == (ON_GPU, 1)
        assert engine.generate(QUESTION).text


@pytest.mark.parametrize("kv_type", ["q8_0", "q4_0"])
def test_a_cache_of_less_precision_on_the_second_device(engine, kv_type):
    bytes_of_32 = {"q8_0": 34, "q4_0": 18}[kv_type]
    parts = memory(engine, msgspec.structs.replace(EXPERTS_IN_RAM, kv_type=kv_type))
    expected = 4096 * 4 * 96 // 32 * bytes_of_32
    assert parts[GPU].context_bytes == pytest.approx(expected, abs=MIB // 100)
    assert engine.generate(QUESTION).text


# What a person may wish for; the rest is up to the planner.
WISHES = {
    "gpu": Wishes(gpu_layers=MANY, cpu_expert_layers=0, context_tokens=8192),
    "experts in ram": Wishes(gpu_layers=MANY, cpu_expert_layers=MANY, context_tokens=8192),
    "half": Wishes(gpu_layers=MANY, cpu_expert_layers=1, context_tokens=8192),
    "some layers": Wishes(gpu_layers=2, context_tokens=8192),
    "cpu": Wishes(gpu_layers=0, context_tokens=8192),
    "less precise": Wishes(gpu_layers=MANY, kv_type="q8_0", context_tokens=4096),
    "large steps": Wishes(gpu_layers=MANY, batch_tokens=2048, context_tokens=8192),
}


@pytest.mark.parametrize("kind", [*WRITERS, "starter"])
def test_a_plan_made_from_the_header_is_what_is_allocated(
    run_engine, device, starter, tmp_path, kind
):
    model = starter if kind == "starter" else named(WRITERS[kind](tmp_path / "tiny.gguf"))
    engine = run_engine(model, endpoint=device.endpoint)
    for name, wishes in WISHES.items():
        planned = plan_of(model.path, wishes)
        end = loaded(engine, planned.placement)
        assert (end.placement, end.rejected) == (planned.placement, 0)
        wrong = [d for d in differences(planned, end) if not d.is_small]
        assert not wrong, name
