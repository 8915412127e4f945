"""The parent's end against children that misbehave: every request still ends once."""

import queue
import sys
from collections.abc import Callable

import psutil
import pytest

from app.domain.errors import (
    Cancelled,
    EngineCrashed,
    EngineMissing,
    EngineSilent,
    PromptTooLong,
    WorkerBug,
)
from app.pipe.client import Plan, WorkerClient
from app.pipe.messages import Done, Event, Failed, Progress, Ready, Request

READY = 'print(\'{"type":"Ready","protocol":1,"build":"b"}\', flush=True)\n'
LISTEN = "import sys\nfor line in sys.stdin:\n    pass\n"
ECHO = """
import sys, json
for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "Job":
        print(json.dumps({"type": "Finished", "request_id": message["request_id"]}), flush=True)
    elif message["type"] == "Quit":
        break
"""


class Job(Request, frozen=True, kw_only=True):
    text: str = ""


class Tick(Event, frozen=True, kw_only=True):
    pass


class Finished(Done, frozen=True, kw_only=True):
    pass


class Parent:
    """A client of a scripted child, with an event loop of one queue."""

    def __init__(self, script: str, *, argv=None, silence_s=5.0, obey_s=0.2, start_s=20.0) -> None:
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        plan = Plan(
            name="test",
            argv=argv or [sys.executable, "-c", script],
            environment={},
            protocol=1,
            events=Ready | Progress | Failed | Finished | Tick,
            stages={"work": (silence_s, "working")},
            obey_s=obey_s,
            start_s=start_s,
        )
        self.client = WorkerClient(plan, post=self._posted.put)
        self.deaths = []
        self.client.on_death = lambda error, was_idle: self.deaths.append((error, was_idle))

    def submit(self, text=""):
        events: list[Event] = []
        ends: list[object] = []
        request_id = self.client.submit(
            lambda i: Job(request_id=i, text=text), on_event=events.append, on_end=ends.append
        )
        return request_id, events, ends

    def wait(self, condition):
        while not condition():
            self._posted.get(timeout=30)()

    def end_of(self, text=""):
        _, _, ends = self.submit(text)
        self.wait(lambda: ends)
        assert len(ends) == 1
        return ends[0]


@pytest.fixture
def parent(expected_log):
    parents: list[Parent] = []

    def make(script, **options):
        parents.append(Parent(script, **options))
        return parents[-1]

    yield make
    for made in parents:
        made.client.close()


def test_requests_end_and_the_child_is_gone_after_close(parent):
    p = parent(READY + ECHO)
    assert isinstance(p.end_of(), Finished)
    assert p.client.build == "b"
    child = psutil.Process(p.client.pid)
    p.client.close()
    assert not child.is_running()
    assert not p.deaths


def test_a_message_of_ten_megabytes_goes_through(parent):
    assert isinstance(parent(READY + ECHO).end_of("x" * 10_000_000), Finished)


@pytest.mark.parametrize(
    "script",
    [
        "raise SystemExit(5)",
        READY + "raise SystemExit(5)",
        READY + "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        READY + "print('not json', flush=True)\n" + LISTEN,
        READY + 'print(\'{"type":"Evil"}\', flush=True)\n' + LISTEN,
        READY + "print('x' * 3_000_000, flush=True)\n" + LISTEN,
        READY
        + "import sys; sys.stdout.buffer.write(bytes([255, 10])); sys.stdout.flush()\n"
        + LISTEN,
    ],
)
def test_a_child_that_dies_or_talks_nonsense_is_one_end(parent, script):
    p = parent(script)
    assert isinstance(p.end_of(), EngineCrashed)
    assert p.client.pid is None


def test_the_next_request_starts_a_fresh_child(parent):
    p = parent(READY + ECHO)
    p.end_of()
    first = p.client.pid
    psutil.Process(first).kill()
    p.wait(lambda: p.deaths)
    assert p.deaths[0][1], "nobody was waiting"
    assert isinstance(p.end_of(), Finished)
    assert p.client.pid != first


def test_the_last_words_are_in_the_report(parent):
    error = parent("import sys; sys.stderr.write('out of luck\\n'); sys.exit(3)").end_of()
    assert "out of luck" in error.detail
    assert "exit code 3" in str(error)


def test_another_protocol_is_refused(parent):
    error = parent(READY.replace('"protocol":1', '"protocol":2') + LISTEN).end_of()
    assert isinstance(error, EngineMissing)


def test_a_worker_that_cannot_start_says_why(parent):
    failed = '{"type":"Failed","request_id":0,"code":"engine_missing","facts":{"reason":"rust"}}'
    error = parent(f"print({failed!r}, flush=True)").end_of()
    assert isinstance(error, EngineMissing)
    assert "rust" in str(error)


def test_a_program_that_is_not_there(parent):
    assert isinstance(parent("", argv=["/no/such/program"]).end_of(), EngineMissing)


def test_silence_at_the_start_and_at_work(parent):
    assert isinstance(parent(LISTEN, start_s=0.3).end_of(), EngineSilent)
    progress = '{"type":"Progress","request_id":1,"stage":"work","done":0,"total":1}'
    error = parent(READY + f"print({progress!r}, flush=True)\n" + LISTEN, silence_s=0.2).end_of()
    assert isinstance(error, EngineSilent)
    assert "working" in str(error)


def test_a_request_that_never_begins_is_ended(parent):
    error = parent(READY + LISTEN, start_s=0.5).end_of()
    assert isinstance(error, EngineSilent)
    p = parent(READY + ECHO.replace('"Job"', '"Never"'), start_s=0.5)
    assert isinstance(p.end_of(), EngineSilent)


def test_every_event_is_a_sign_of_life(parent):
    """An answer may take hours: only silence is measured, not the work."""
    script = """
import json, select, sys
request_id = json.loads(sys.stdin.readline())["request_id"]
def say(**message):
    print(json.dumps({"request_id": request_id, **message}), flush=True)
say(type="Progress", stage="work", done=0, total=1)
for _ in range(8):
    select.select([], [], [], 0.1)
    say(type="Tick")
say(type="Finished")
"""
    assert isinstance(parent(READY + script, silence_s=0.5).end_of(), Finished)


def test_a_cancel_that_is_not_obeyed_kills_and_counts_as_cancelled(parent):
    p = parent(READY + LISTEN)
    request_id, _, ends = p.submit()
    p.client.cancel(request_id)
    p.wait(lambda: ends)
    assert isinstance(ends[0], Cancelled)


def test_a_bug_in_the_worker_is_a_report(parent):
    failed = '{"type":"Failed","request_id":1,"code":"bug","detail":"ValueError\\n  x.py:1 f"}'
    error = parent(READY + f"print({failed!r}, flush=True)\n" + LISTEN).end_of()
    assert isinstance(error, WorkerBug)
    assert "x.py:1" in str(error)


def test_more_than_the_pipe_takes_is_refused_here(parent):
    p = parent(READY + ECHO)
    assert isinstance(p.end_of("x" * 70_000_000), PromptTooLong)
    assert isinstance(p.end_of("short"), Finished)


def test_a_second_stop_does_not_move_the_deadline(parent):
    p = parent(READY + LISTEN, obey_s=0.3)
    request_id, _, ends = p.submit()
    _, _, other = p.submit()
    p.client.cancel(request_id)
    p.client.cancel(request_id)
    p.wait(lambda: ends and other)
    assert isinstance(ends[0], Cancelled)
    assert isinstance(other[0], EngineCrashed), "nobody cancelled that one"


def test_all_open_requests_end_with_the_child(parent):
    p = parent(READY + "import sys; sys.stdin.readline(); sys.stdin.readline(); sys.exit(1)")
    _, _, first = p.submit()
    _, _, second = p.submit()
    p.wait(lambda: first and second)
    assert isinstance(first[0], EngineCrashed)
    assert isinstance(second[0], EngineCrashed)
    assert p.deaths[0][1] is False
