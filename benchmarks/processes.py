"""The processes that are compared: our worker behind its service, and bare ones spoken to in lines.

Nothing here waits by polling: a process that is not being measured must leave the cores alone.
"""

import json
import os
import queue
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import psutil

from app.catalog.catalog import load_catalog
from app.domain.chat import Conversation, Message, Role, Sampling
from app.domain.model_file import ModelFile
from app.domain.placement.values import Wishes
from app.engine.client import engine_client
from app.engine.protocol import ChatKey, Generated, TextDelta
from app.hardware.memory import read_memory
from app.pipe.client import End
from app.pipe.messages import Event
from app.services.engine_service import Ask, EngineService, Work
from app.services.model_loader import LoadOptions
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
        self.work: Work
        self.began_s = time.perf_counter()
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

    @property
    def first_token_s(self) -> float:
        """From the question to the first word, or to the end where there was none."""
        texts = (at_s for at_s, event in self.heard if isinstance(event, TextDelta))
        return next(texts, self.heard[-1][0]) - self.began_s

    @property
    def text(self) -> str:
        """The answer."""
        return "".join(event.text for _, event in self.heard if isinstance(event, TextDelta))


class OurEngine:
    """The real worker, through the service that the window uses."""

    def __init__(
        self,
        model: ModelFile | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        context_tokens: int = CONTEXT_TOKENS,
        **options: Any,  # noqa: ANN401
    ) -> None:
        """Use the starter model, or another; `options` are those of `LoadOptions`.

        `environment` is that of an `EngineSetup`; without it the engine is the linked one.
        """
        wishes = Wishes(
            context_tokens=context_tokens, threads=THREADS, kept_bytes=options.pop("kept_bytes", 0)
        )
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._client = engine_client(post=self._posted.put)
        self._client.add_environment(environment or {})
        self._service = EngineService(
            self._client,
            model or starter_model(load_catalog().starter),
            free_memory_bytes=lambda: read_memory().available_bytes,
            options=LoadOptions(wishes_of=lambda model: wishes, is_context_firm=True, **options),
        )
        self.close = self._service.close

    @property
    def pid(self) -> int:
        """Of the worker; it runs after the first question."""
        assert self._client.pid is not None
        return self._client.pid

    def load(self) -> None:
        """Load the model and wait for it."""
        self._service.prepare()
        self.listen(lambda: self._service.state.loaded is not None)

    def reload(self) -> None:
        """Free the model, which writes its snapshots, and load it again."""
        self._service.free_memory()
        self.load()

    def begin(
        self,
        question: str | Conversation,
        max_tokens: int | None,
        *,
        chat: str | None = None,
        guesses: bool = False,
    ) -> Request:
        """Send a question; what is guessed would only be in the way of a comparison."""
        if isinstance(question, str):
            question = Conversation((Message(Role.USER, question),))
        request = Request()
        request.work = self._service.answer(
            Ask(
                conversation=question,
                sampling=_GREEDY,
                max_tokens=max_tokens,
                chat=ChatKey(chat) if chat else None,
                guesses=guesses,
            ),
            on_event=request.hear,
            on_end=request.hear,
        )
        return request

    def ask(self, question: str | Conversation, max_tokens: int | None, **options: Any) -> Request:  # noqa: ANN401
        """Send a question and wait for the end; options as for `begin`."""
        request = self.begin(question, max_tokens, **options)
        self.finish(request)
        return request

    def read_ahead(self, conversation: Conversation, chat: str) -> None:
        """Have it read while nobody waits, and wait for that."""
        ends: list[End] = []
        self._service.read_ahead(conversation, ChatKey(chat), on_end=ends.append)
        self.listen(lambda: bool(ends))

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


def python_module(name: str) -> list[str]:
    """The command line that runs a module of this package."""
    return [sys.executable, "-P", "-m", name]


class BareProcess:
    """A program that answers JSON lines on stdin with JSON lines on stdout."""

    def __init__(self, argv: list[str], folder: str | None = None) -> None:
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder
        )
        self.pid = self._process.pid

    def ask(self, **question: object) -> dict[str, Any]:
        """Send an object and wait for the answer."""
        print(json.dumps(question), file=self._process.stdin, flush=True)
        return self.listen()

    def listen(self) -> dict[str, Any]:
        """Wait for what it says next."""
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
    loop = python_module("benchmarks.bare_loop")
    bare = BareProcess([*loop, path, str(CONTEXT_TOKENS), str(THREADS)])
    with closing(bare), closing(OurEngine()) as ours:
        ours.finish(ours.begin("", 1))
        bare.ask(prompt="", max_tokens=1)
        yield ours, bare


def cpu_s(pid: int) -> float:
    """Seconds of processor time a process has used, its threads included."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def exact_cpu_s(pid: int) -> float:
    """The same in nanoseconds instead of ticks of 10 ms, threads that have ended included."""
    # MAKE_PROCESS_CPUCLOCK of Linux, which clock_getcpuclockid(3) answers with.
    return time.clock_gettime((~pid << 3) | 2)


@contextmanager
def must_rest(pid: int) -> Iterator[None]:
    """Refuse a measurement during which that process computes or spins."""
    began_s, busy_s = time.perf_counter(), cpu_s(pid)
    yield
    busy_s, elapsed_s = cpu_s(pid) - busy_s, time.perf_counter() - began_s
    if busy_s > _REST_S + _REST_SHARE * elapsed_s:
        raise BenchmarkError(f"an idle process was busy for {busy_s:.2f} of {elapsed_s:.2f} s")
