"""The processes that are compared: our worker behind its service, and bare ones spoken to in lines.

Nothing here waits by polling: a process that is not being measured must leave the cores alone.
"""

import json
import os
import queue
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psutil

from app.catalog.catalog import load_catalog
from app.domain.chat import Message, Role, Sampling
from app.engine.client import engine_client
from app.engine.protocol import Generated
from app.hardware.memory import read_memory
from app.pipe.messages import Event
from app.services.engine_service import Answering, EngineService, LoadOptions
from app.services.models import starter_model
from benchmarks.figure import BenchmarkError

CONTEXT_TOKENS = 8192
THREADS = psutil.cpu_count(logical=False) or os.cpu_count() or 1
_GREEDY = Sampling(temperature=0)
# The clock ticks of 10 ms, and OpenMP's threads spin a little after their last work.
_REST_S, _REST_SHARE = 0.02, 0.01


class Request:
    """A question to our worker and what was heard of it, by the parent's clock."""

    def __init__(self) -> None:
        self.answering: Answering
        self.heard: list[tuple[float, Event | Exception]] = []

    def hear(self, event: Event | Exception) -> None:
        """Note an event, the end included."""
        self.heard.append((time.perf_counter(), event))

    @property
    def last(self) -> Event | None:
        """What was heard last; an error spoils the measurement."""
        event = self.heard[-1][1] if self.heard else None
        if isinstance(event, Exception):
            raise BenchmarkError("our worker failed") from event
        return event


class OurEngine:
    """The real worker with the starter model, through the service that the window uses."""

    def __init__(self) -> None:
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._client = engine_client(post=self._posted.put)
        self._service = EngineService(
            self._client,
            starter_model(load_catalog().starter),
            free_memory_bytes=lambda: read_memory().available_bytes,
            options=LoadOptions(context_tokens=CONTEXT_TOKENS, threads=THREADS),
        )
        self.close = self._service.close

    @property
    def pid(self) -> int:
        """Of the worker; it runs after the first question."""
        assert self._client.pid is not None
        return self._client.pid

    def begin(self, prompt: str, max_tokens: int | None) -> Request:
        """Send a question."""
        request = Request()
        request.answering = self._service.answer(
            (Message(Role.USER, prompt),),
            _GREEDY,
            max_tokens,
            on_event=request.hear,
            on_end=request.hear,
        )
        return request

    def finish(self, request: Request) -> Generated:
        """Wait for the end."""
        self.listen(lambda: isinstance(request.last, Generated))
        if not isinstance(request.last, Generated):
            raise BenchmarkError("our worker did not answer in time")
        return request.last

    def listen(self, is_over: Callable[[], bool] = lambda: False, limit_s: float = 300.0) -> None:
        """Handle what the worker says until `is_over`, but no longer than that."""
        deadline_s = time.perf_counter() + limit_s
        while not is_over() and (left_s := deadline_s - time.perf_counter()) > 0:
            try:
                self._posted.get(timeout=left_s)()
            except queue.Empty:
                return


class BareProcess:
    """A module of this package that answers JSON lines on stdin with JSON lines on stdout."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid

    def ask(self, **question: str | int) -> dict[str, Any]:
        """Send an object and wait for the answer."""
        print(json.dumps(question), file=self._process.stdin, flush=True)
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """Close its stdin, at which it ends, and wait."""
        self._process.communicate()


@contextmanager
def both_engines() -> Iterator[tuple[OurEngine, BareProcess]]:
    """Our worker and the bare loop, loaded with the same model, threads and context."""
    path = str(load_catalog().starter.path())
    bare = BareProcess("benchmarks.bare_loop", path, str(CONTEXT_TOKENS), str(THREADS))
    with closing(bare), closing(OurEngine()) as ours:
        ours.finish(ours.begin("", 1))
        bare.ask(prompt="", max_tokens=1)
        yield ours, bare


def cpu_s(pid: int) -> float:
    """Seconds of processor time a process has used, its threads included."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


@contextmanager
def must_rest(pid: int) -> Iterator[None]:
    """Refuse a measurement during which that process computes or spins."""
    began_s, busy_s = time.perf_counter(), cpu_s(pid)
    yield
    busy_s, elapsed_s = cpu_s(pid) - busy_s, time.perf_counter() - began_s
    if busy_s > _REST_S + _REST_SHARE * elapsed_s:
        raise BenchmarkError(f"an idle process was busy for {busy_s:.2f} of {elapsed_s:.2f} s")
