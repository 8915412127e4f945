"""The real worker with the real starter model."""

import json
import os
import pathlib
import signal
import subprocess

import pytest

from app.domain.chat import FinishReason, Sampling
from app.domain.errors import Cancelled, ContextFull
from app.domain.model_file import ModelFile
from app.engine.probing import probe_engine
from app.engine.protocol import Forget, Generated, TextDelta
from app.pipe.command import worker_command
from app.pipe.messages import Progress
from app.services.engine_service import EnginePhase
from tests.helpers.tiny_model import write_tiny_llama

QUESTION = "Hi"
LONG = "The wind blows over the plain. " * 500  # about 3,500 tokens


def prompt_progress(asked) -> list[Progress]:
    return [e for e in asked.events if isinstance(e, Progress) and e.stage == "prompt"]


def test_answers_and_counts(run_engine, starter):
    engine = run_engine(starter)
    asked = engine.ask(QUESTION, max_tokens=60)
    assert "Hello" in asked.text
    end = asked.end
    assert isinstance(end, Generated)
    assert end.finish_reason is FinishReason.STOP
    assert end.usage.prompt_tokens == prompt_progress(asked)[-1].total
    assert (
        end.usage.completion_tokens
        == [e.completion_tokens for e in asked.events if isinstance(e, TextDelta)][-1]
    )
    assert end.timings.first_token_s >= end.timings.prompt_s > 0
    assert end.timings.tokens_per_s > 0


def test_greedy_is_repeatable_across_processes(run_engine, starter):
    texts = {run_engine(starter).ask(QUESTION, max_tokens=24).text for _ in range(2)}
    assert len(texts) == 1


def test_seed_decides_and_is_reported(run_engine, starter):
    engine = run_engine(starter)
    warm = Sampling(temperature=1.5, seed=7)
    first = engine.ask("Tell a story.", sampling=warm, max_tokens=24)
    again = engine.ask("Tell a story.", sampling=warm, max_tokens=24)
    other = engine.ask("Tell a story.", sampling=Sampling(temperature=1.5, seed=8), max_tokens=24)
    assert first.text == again.text != other.text
    assert first.end.seed == 7
    drawn = engine.ask("Hi", sampling=Sampling(temperature=1.0), max_tokens=4).end.seed
    assert 0 <= drawn < 2**32


def test_penalty_changes_the_answer(run_engine, starter):
    engine = run_engine(starter)
    question = "What is the capital of France?"  # the toy's greedy answer goes round in circles
    plain = engine.ask(question, max_tokens=40).text
    penalty = Sampling(temperature=0, repeat_penalty=1.8)
    assert engine.ask(question, sampling=penalty, max_tokens=40).text != plain


def test_max_tokens_ends_with_length(run_engine, starter):
    end = run_engine(starter).ask("Count to one hundred.", max_tokens=5).end
    assert (end.finish_reason, end.usage.completion_tokens) == (FinishReason.LENGTH, 5)


def test_follow_up_reads_only_what_is_new(run_engine, starter):
    engine = run_engine(starter)
    first = engine.ask(QUESTION, max_tokens=40)
    follow_up = engine.ask(QUESTION, first.text, "And of Spain?", max_tokens=4)
    usage = follow_up.end.usage
    # All of the first turn but the token that ended it, which was drawn and never evaluated.
    assert usage.reused_tokens >= first.end.usage.prompt_tokens + first.end.usage.completion_tokens
    fresh = run_engine(starter).ask(QUESTION, first.text, "And of Spain?", max_tokens=4)
    assert fresh.end.usage.prompt_tokens == usage.prompt_tokens
    assert fresh.end.usage.reused_tokens == 0


def test_context_full_while_answering(run_engine, starter):
    engine = run_engine(starter, context_tokens=256)
    end = engine.ask("Write a very long story about the sea.", max_tokens=None).end
    assert end.finish_reason in (FinishReason.CONTEXT, FinishReason.STOP)
    loaded = engine.service.state.loaded
    assert loaded.context_tokens == 256
    assert end.usage.prompt_tokens + end.usage.completion_tokens <= 256 + 1


def test_prompt_longer_than_the_context_is_refused_and_the_next_works(run_engine, starter):
    engine = run_engine(starter, context_tokens=512)
    error = engine.ask(LONG).end
    assert isinstance(error, ContextFull)
    assert error.facts["needed_tokens"] > 3000
    assert engine.ask(QUESTION).text


def test_ten_megabytes_are_refused_without_tokenising(run_engine, starter):
    engine = run_engine(starter)
    engine.ask("Hi", max_tokens=1)
    error = engine.ask("x" * 10_000_000).end
    assert isinstance(error, ContextFull)
    assert engine.ask(QUESTION).text


@pytest.mark.parametrize("moment", ["prefill", "decode"])
def test_stop_keeps_what_was_there_and_the_next_works(run_engine, starter, moment):
    engine = run_engine(starter)
    engine.ask("Hi", max_tokens=1)
    asked = engine.start(LONG if moment == "prefill" else "Tell a long story.", max_tokens=500)
    engine.wait(lambda: prompt_progress(asked) if moment == "prefill" else asked.text)
    asked.work.stop()
    engine.wait(lambda: asked.ends)
    assert asked.end.finish_reason is FinishReason.CANCELLED
    assert bool(asked.text) == (moment == "decode")
    assert "Hello" in engine.ask(QUESTION, max_tokens=40).text


def test_tokens_read_before_a_stop_are_not_read_again(run_engine, starter):
    engine = run_engine(starter)
    asked = engine.start(LONG, max_tokens=4)
    engine.wait(lambda: len(prompt_progress(asked)) > 2)
    asked.work.stop()
    engine.wait(lambda: asked.ends)
    again = engine.start(LONG, max_tokens=4)
    engine.wait(lambda: prompt_progress(again))
    again.work.stop()
    engine.wait(lambda: again.ends)
    assert prompt_progress(again)[0].done >= 512


def test_stop_while_loading(run_engine, starter):
    engine = run_engine(starter)
    asked = engine.start("Hi")
    engine.wait(lambda: any(s.phase is EnginePhase.LOADING for s in engine.states))
    asked.work.stop()
    engine.wait(lambda: asked.ends)
    assert isinstance(asked.end, Cancelled)
    assert engine.ask("Hi", max_tokens=2).text


def test_load_reports_progress_and_memory(run_engine, starter):
    engine = run_engine(starter)
    engine.ask("Hi", max_tokens=1)
    shares = [s.progress for s in engine.states if s.phase is EnginePhase.LOADING]
    assert shares == sorted(shares)
    assert len(shares) > 10
    loaded = engine.service.state.loaded
    assert loaded.architecture == "llama"
    assert loaded.parameters == 134_515_008
    # 30 layers, 3 KV heads of 64 values, key and value, two bytes each.
    assert sum(m.context_bytes for m in loaded.memory) == 8192 * 30 * 2 * 3 * 64 * 2
    assert sum(m.model_bytes for m in loaded.memory) > 90_000_000


def test_switching_models_frees_the_first(run_engine, starter, tmp_path):
    engine = run_engine(starter)
    engine.ask("Hi", max_tokens=1)
    tiny = ModelFile(name="tiny", path=write_tiny_llama(tmp_path / "tiny.gguf"))
    engine.service.use(tiny)
    assert engine.service.state.phase is EnginePhase.EMPTY
    engine.ask("Hi", max_tokens=4)
    assert engine.service.state.loaded.name == "Tiny"


def test_random_bytes_stream_as_text(run_engine, tmp_path):
    """An untrained model emits invalid UTF-8; it becomes marks, never a stall or an error."""
    tiny = ModelFile(name="tiny", path=write_tiny_llama(tmp_path / "tiny.gguf"))
    hot = Sampling(temperature=3.0, top_k=0, top_p=1.0, min_p=0.0, seed=1)
    asked = run_engine(tiny).ask("Hi", sampling=hot, max_tokens=400)
    assert isinstance(asked.end, Generated)
    assert "\ufffd" in asked.text


def test_unload_happens_before_quit_and_quit_is_clean(starter):
    worker = subprocess.Popen(
        worker_command("--engine-worker"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with worker:
        worker.stdin.write(b'{"type":"Unload","request_id":1}\n')
        worker.stdin.flush()
        messages = [json.loads(worker.stdout.readline()) for _ in range(3)]
        assert [m["type"] for m in messages] == ["Ready", "Progress", "Unloaded"]
        assert messages[1]["stage"] == "snapshot", "what was read is written first"
        assert messages[2] == {"type": "Unloaded", "request_id": 1}
        worker.stdin.write(b'{"type":"Quit"}\n')
        worker.stdin.flush()
        assert worker.wait(10) == 0


def test_worker_ends_when_its_parent_is_gone(starter):
    """End of file on stdin ends it even while it computes."""
    worker = subprocess.Popen(
        worker_command("--engine-worker"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    load = {"type": "Load", "request_id": 1, "path": str(starter.path), "free_bytes": 1 << 33}
    generate = {
        "type": "Generate",
        "request_id": 2,
        "conversation": {"messages": [{"role": "user", "content": LONG}]},
        "sampling": {},
    }
    with worker:
        worker.stdin.write(b"".join(json.dumps(m).encode() + b"\n" for m in (load, generate)))
        worker.stdin.flush()
        while json.loads(worker.stdout.readline()).get("stage") != "prompt":
            pass
        worker.stdin.close()
        assert worker.wait(10) == 0


def test_worker_keeps_native_noise_out_of_the_protocol(run_engine, starter):
    """Everything on the pipe decodes; the log of llama.cpp goes to stderr."""
    engine = run_engine(starter)
    engine.ask("Hi", max_tokens=1)
    build = engine.client.build
    assert "CPU" in build


def test_worker_is_the_one_to_go_when_memory_is_short(run_engine, starter):
    engine = run_engine(starter)
    engine.ask("Hi", max_tokens=1)
    score = pathlib.Path(f"/proc/{engine.client.pid}/oom_score_adj").read_text(encoding="ascii")
    assert score.strip() == "500"


def test_probe_names_the_cpu():
    build = probe_engine()
    assert build.version == "llama-cpp-python 0.3.36"
    (cpu,) = [d for d in build.devices if d.kind == "cpu"]
    assert cpu.total_bytes >= cpu.free_bytes > 0
    assert any("AVX" in f or "NEON" in f for f in build.features)


def test_a_worker_that_ignores_a_stop_is_killed_and_the_answer_counts_as_stopped(
    run_engine, starter, expected_log
):
    engine = run_engine(starter)
    asked = engine.start("Tell a long story.", max_tokens=2000)
    engine.wait(lambda: asked.text)
    os.kill(engine.client.pid, signal.SIGSTOP)
    asked.work.stop()
    engine.wait(lambda: asked.ends)
    assert isinstance(asked.end, Cancelled)
    assert engine.ask(QUESTION, max_tokens=8).text
    assert "did not obey" in expected_log.text


def test_nothing_starts_again_after_the_end(run_engine, starter):
    engine = run_engine(starter)
    engine.close()
    engine.client.submit(
        lambda i: Forget(request_id=i, chat="a"), on_event=lambda _: None, on_end=lambda _: None
    )
    assert engine.client.pid is None
