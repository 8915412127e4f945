"""Driving the real engine from a test: an event loop of one queue, waits by condition."""

import queue
import time
from collections.abc import Callable

from app.domain.chat import Message, Role, Sampling
from app.engine.client import engine_client
from app.engine.protocol import TextDelta
from app.pipe.client import End
from app.pipe.messages import Event
from app.services.engine_service import Answering, EngineService, EngineState, LoadOptions

GREEDY = Sampling(temperature=0)
PLENTY_BYTES = 8 << 30


class Asked:
    """One question and everything that came back."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.ends: list[End] = []
        self.answering: Answering | None = None

    @property
    def text(self) -> str:
        return "".join(e.text for e in self.events if isinstance(e, TextDelta))

    @property
    def end(self) -> End:
        (end,) = self.ends
        return end


class EngineRunner:
    """A real worker behind a real service, on the test's own thread."""

    def __init__(self, model, *, free_bytes: int = PLENTY_BYTES, **options) -> None:
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.client = engine_client(post=self._posted.put)
        self.service = EngineService(
            self.client,
            model,
            free_memory_bytes=lambda: free_bytes,
            options=LoadOptions(**options),
        )
        self.states: list[EngineState] = []
        self.service.on_state = self.states.append

    def start(self, *texts: str, sampling=GREEDY, max_tokens: int | None = 16) -> Asked:
        """Ask; texts alternate user, assistant, user …"""
        roles = (Role.USER, Role.ASSISTANT)
        messages = tuple(Message(roles[i % 2], text) for i, text in enumerate(texts))
        asked = Asked()
        asked.answering = self.service.answer(
            messages, sampling, max_tokens, on_event=asked.events.append, on_end=asked.ends.append
        )
        return asked

    def ask(self, *texts: str, **options) -> Asked:
        """Ask and wait for the end."""
        asked = self.start(*texts, **options)
        self.wait(lambda: asked.ends)
        return asked

    def wait(self, condition: Callable[[], object], timeout_s: float = 60.0) -> None:
        """Handle what the worker sends until the condition holds."""
        give_up_s = time.monotonic() + timeout_s
        while not condition():
            self._posted.get(timeout=max(0.01, give_up_s - time.monotonic()))()

    def close(self) -> None:
        self.service.close()
