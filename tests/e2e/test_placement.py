"""A load that does not fail: ways that do not fit are given up for the next one."""

import subprocess
import sys

import msgspec
import psutil
import pytest

from app.domain.errors import ContextTooLarge, NotEnoughMemory
from app.domain.placement.values import Placement
from app.engine.protocol import Loaded, Unloaded
from app.engine.worker.remote_device import OPTION, remote_endpoint
from app.pipe.command import worker_command
from app.pipe.messages import Progress
from tests.e2e.conftest import named
from tests.helpers.engine_runner import PLENTY_BYTES, EngineRunner
from tests.helpers.tiny_models import write_mistral3

QUESTION = "Where does the wind come from?"
LONGER = "The wind blows over the plain. " * 400  # about 4,400 tokens
MIB = 1 << 20
PLAIN = Placement(context_tokens=4096)
LARGE = Placement(context_tokens=131_072)  # 96 MiB of KV cache in `mistral4`
COPIED = msgspec.structs.replace(PLAIN, is_mapped=False)


@pytest.fixture
def engine(run_engine, mistral4_model) -> EngineRunner:
    """One without a GPU, with nothing loaded yet."""
    return run_engine(mistral4_model)


def loaded(engine: EngineRunner, *placements: Placement, **options) -> Loaded:
    end = engine.load(*placements, **options).end
    assert isinstance(end, Loaded), end
    return end


def taken_bytes(end: Loaded) -> int:
    """Cache and buffers."""
    (memory,) = end.memory
    return memory.context_bytes + memory.compute_bytes


def test_the_first_way_that_fits_is_taken(engine):
    end = loaded(engine, LARGE, PLAIN)
    assert (end.placement, end.rejected, end.context_tokens) == (LARGE, 0, 131_072)


def test_what_needs_more_than_is_free_now_is_given_up(engine):
    end = loaded(engine, LARGE, PLAIN, free_bytes=32 * MIB)
    assert (end.placement, end.rejected, end.context_tokens) == (PLAIN, 1, 4096)
    assert taken_bytes(end) <= 32 * MIB
    assert engine.generate(QUESTION).text


def test_a_dry_run_is_exact(engine):
    needed_bytes = taken_bytes(loaded(engine, PLAIN))
    assert loaded(engine, PLAIN, free_bytes=needed_bytes + MIB // 16).rejected == 0
    end = engine.load(PLAIN, free_bytes=needed_bytes - MIB // 16).end
    assert isinstance(end, NotEnoughMemory)


def test_where_nothing_fits_the_last_way_says_what_it_needs(engine):
    end = engine.load(LARGE, PLAIN, free_bytes=4 * MIB).end
    assert isinstance(end, NotEnoughMemory)
    assert end.facts["context_tokens"] == 4096
    assert end.facts["free_bytes"] == 4 * MIB
    assert 4 * MIB < end.facts["needed_bytes"] < 32 * MIB
    assert loaded(engine, PLAIN).rejected == 0


def test_a_gpu_that_is_not_there_leaves_the_cpu(engine):
    end = loaded(engine, msgspec.structs.replace(PLAIN, gpu_layers=5, is_vision_on_gpu=True))
    assert (end.placement, end.rejected) == (PLAIN, 1)


def test_kept_chats_get_cells_of_their_own(engine):
    end = loaded(engine, msgspec.structs.replace(PLAIN, kept_tokens=8192))
    assert (end.context_tokens, end.kept_tokens) == (4096, 8192)
    assert end.memory[0].context_bytes == (4096 + 8192) * 4 * 96 * 2


def test_more_context_than_the_model_has_is_refused(engine):
    end = engine.load(msgspec.structs.replace(PLAIN, context_tokens=10_000_000), PLAIN).end
    assert isinstance(end, ContextTooLarge)


def test_a_stopped_load_tries_no_other_way(run_engine, starter):
    engine = run_engine(starter)
    placement = Placement(context_tokens=2048)
    asked = engine.begin(
        lambda i: engine.load_request(i, placement, placement, free_bytes=PLENTY_BYTES)
    )
    engine.wait(lambda: asked.events)
    engine.client.cancel(asked.request_id)
    engine.wait(lambda: asked.ends)
    assert isinstance(asked.end, Unloaded)
    assert isinstance(loaded(engine, placement), Loaded)


def test_mapped_weights_take_no_memory(engine):
    (memory,) = loaded(engine, PLAIN, free_bytes=16 * MIB).memory
    assert memory.mapped_bytes == memory.model_bytes > 16 * MIB


def test_copied_weights_take_memory(engine):
    (memory,) = loaded(engine, COPIED).memory
    assert memory.mapped_bytes == 0
    assert memory.model_bytes > 16 * MIB
    text = engine.generate(QUESTION).text
    end = loaded(engine, COPIED, PLAIN, free_bytes=16 * MIB)
    assert (end.placement, end.rejected) == (PLAIN, 1)
    assert engine.generate(QUESTION).text == text


@pytest.mark.parametrize(("kv_type", "bytes_of_32"), [("q8_0", 34), ("q4_0", 18)])
def test_a_cache_of_less_precision(engine, kv_type, bytes_of_32):
    end = loaded(engine, msgspec.structs.replace(PLAIN, kv_type=kv_type))
    expected = 4096 * 4 * 96 // 32 * bytes_of_32
    assert end.memory[0].context_bytes == pytest.approx(expected, abs=MIB // 100)
    assert engine.generate(QUESTION).text


def test_a_snapshot_of_another_precision_is_read_anew(run_engine, mistral4_model, tmp_path):
    options = {"snapshots": str(tmp_path / "kv"), "snapshots_bytes": 1 << 30}
    engine = run_engine(mistral4_model)
    reused = []
    for kv_type in ("f16", "q8_0", "q8_0", "f16"):
        loaded(engine, msgspec.structs.replace(PLAIN, kv_type=kv_type), **options)
        usage = engine.generate(QUESTION, chat="a").end.usage
        reused.append(usage.reused_tokens > 0)
    assert reused == [False, False, True, True]


@pytest.mark.parametrize("batch_tokens", [64, 512, 2048])
def test_a_prompt_is_read_in_steps_of_the_batch(engine, batch_tokens):
    loaded(engine, Placement(context_tokens=8192, batch_tokens=batch_tokens))
    asked = engine.generate(LONGER)
    done = [e.done for e in asked.events if isinstance(e, Progress) and e.stage == "prompt"]
    total = asked.end.usage.prompt_tokens
    assert done == [*range(0, total, batch_tokens), total]
    assert asked.text


def test_threads_are_those_of_the_placement(engine):
    counts = []
    for threads in (1, 3):
        loaded(engine, msgspec.structs.replace(PLAIN, threads=threads))
        engine.generate(QUESTION)
        counts.append(psutil.Process(engine.client.pid).num_threads())
    assert counts[1] == counts[0] + 2


def test_a_projector_that_is_to_lie_on_a_missing_gpu_lies_in_ram(run_engine, tmp_path):
    engine = run_engine(named(write_mistral3(tmp_path / "m.gguf")))
    end = loaded(engine, msgspec.structs.replace(PLAIN, is_vision_on_gpu=True))
    assert end.rejected == 0


@pytest.mark.parametrize(
    "words",
    [[], ["192.0.2.1:5000"], ["::1:5000"], ["127.0.0.1"], ["localhost:http"], ["0.0.0.0:5000"]],
)
def test_the_test_option_goes_to_this_machine_only(words):
    with pytest.raises(SystemExit):
        remote_endpoint(["app", "--engine-worker", OPTION, *words])


def test_the_test_option_is_refused_in_a_packaged_build(monkeypatch):
    arguments = ["app", "--engine-worker", OPTION, "127.0.0.1:5000"]
    assert remote_endpoint(arguments) == "127.0.0.1:5000"
    assert remote_endpoint(arguments[:2]) is None
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(SystemExit):
        remote_endpoint(arguments)


def test_a_refused_test_option_ends_the_worker():
    argv = [*worker_command("--engine-worker"), OPTION, "192.0.2.1:5000"]
    result = subprocess.run(argv, input=b"", capture_output=True, timeout=30, check=False)
    assert (result.returncode, result.stdout) == (1, b"")
    assert OPTION.encode() in result.stderr
