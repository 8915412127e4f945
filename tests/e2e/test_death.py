"""The engine dies at every moment and in every way: one end each, and the next question works."""

import os
import signal

import psutil
import pytest

from app.domain.errors import EngineCrashed, EngineKeepsCrashing
from app.engine.protocol import Generated
from app.pipe.messages import Progress
from app.services.engine_service import EnginePhase

LONG = "The wind blows over the plain. " * 300
SIGNALS = [signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV]


def is_reading(asked) -> bool:
    return any(isinstance(e, Progress) and e.stage == "prompt" for e in asked.events)


def start_and_reach(engine, moment):
    """Bring the engine to a moment of its work; return the question that is open then."""
    if moment == "load":
        asked = engine.start("Hi")
        engine.wait(lambda: any(s.progress > 0 for s in engine.states))
        return asked
    asked = engine.start(LONG if moment == "prefill" else "Tell a long story.", max_tokens=900)
    engine.wait(lambda: is_reading(asked) if moment == "prefill" else len(asked.text) > 40)
    return asked


@pytest.mark.parametrize("how", SIGNALS)
@pytest.mark.parametrize("moment", ["load", "prefill", "decode"])
def test_death_at_work(run_engine, starter, expected_log, moment, how):
    engine = run_engine(starter)
    asked = start_and_reach(engine, moment)
    worker = psutil.Process(engine.client.pid)
    os.kill(worker.pid, how)
    engine.wait(lambda: asked.ends)
    assert isinstance(asked.end, EngineCrashed)
    assert not worker.is_running(), "reaped, no zombie"
    assert bool(asked.text) == (moment == "decode"), "what was streamed stays"
    assert isinstance(engine.ask("Hi", max_tokens=3).end, Generated)
    assert engine.client.pid != worker.pid


def test_death_while_idle_is_told_and_costs_nothing(run_engine, starter, expected_log):
    engine = run_engine(starter)
    engine.ask("Hi", max_tokens=1)
    told = []
    engine.service.on_idle_death = told.append
    os.kill(engine.client.pid, signal.SIGKILL)
    engine.wait(lambda: told)
    assert isinstance(told[0], EngineCrashed)
    assert engine.service.state.phase is EnginePhase.EMPTY
    assert engine.ask("Hi", max_tokens=3).text


def test_three_deaths_stop_the_automatic_start_until_the_person_says_so(
    run_engine, starter, expected_log
):
    engine = run_engine(starter)
    for _ in range(3):
        asked = start_and_reach(engine, "decode")
        os.kill(engine.client.pid, signal.SIGKILL)
        engine.wait(lambda asked=asked: asked.ends)
    refused = engine.ask("Hi").end
    assert isinstance(refused, EngineKeepsCrashing)
    assert starter.name in str(refused)
    engine.service.retry()
    assert engine.ask("Hi", max_tokens=3).text
