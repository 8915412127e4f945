"""Driving the real engine from a test: an event loop of one queue, waits by condition."""

import queue
import time
from collections.abc import Callable

import msgspec

from app.domain.chat import Conversation, Effort, Message, Role, Sampling
from app.domain.placement.values import Placement, Wishes
from app.engine.client import engine_client
from app.engine.protocol import ChatKey, Generate, Load, TextDelta
from app.pipe.client import End
from app.pipe.messages import Event, Request
from app.services.engine_service import Ask, EngineService, EngineState, Work
from app.services.model_loader import LoadOptions

GREEDY = Sampling(temperature=0)
PLENTY_BYTES = 8 << 30


class Asked:
    """One question and everything that came back."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.ends: list[End] = []
        self.work: Work | None = None
        self.request_id: int | None = None

    @property
    def text(self) -> str:
        return self._text(is_thought=False)

    @property
    def thought(self) -> str:
        return self._text(is_thought=True)

    def _text(self, *, is_thought: bool) -> str:
        deltas = [e for e in self.events if isinstance(e, TextDelta)]
        return "".join(d.text for d in deltas if d.is_thought is is_thought)

    @property
    def end(self) -> End:
        (end,) = self.ends
        return end


def conversation(*turns: str | Message, effort: Effort | None = None) -> Conversation:
    """A conversation of plain texts that alternate user, assistant, user …, or of messages."""
    roles = (Role.USER, Role.ASSISTANT)
    return Conversation(
        tuple(
            turn if isinstance(turn, Message) else Message(roles[i % 2], turn)
            for i, turn in enumerate(turns)
        ),
        effort=effort,
    )


class EngineRunner:
    """A real worker behind a real service, on the test's own thread."""

    def __init__(
        self,
        model,
        *,
        free_bytes: int = PLENTY_BYTES,
        families=(),
        endpoint: str | None = None,
        context_tokens: int | None = None,
        threads: int | None = None,
        kept_bytes: int = 0,
        **options,
    ) -> None:
        """Use `model`; `endpoint` is that of a `SecondDevice`, a context is firm."""
        wishes = Wishes(context_tokens=context_tokens, threads=threads, kept_bytes=kept_bytes)
        self._model = model
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.client = engine_client(post=self._posted.put)
        if endpoint:
            plan = self.client._plan
            argv = [*plan.argv, "--test-rpc", endpoint]
            self.client._plan = msgspec.structs.replace(plan, argv=argv)
        self.service = EngineService(
            self.client,
            model,
            free_memory_bytes=lambda: free_bytes,
            options=LoadOptions(
                wishes_of=lambda model: wishes,
                is_context_firm=context_tokens is not None,
                **options,
            ),
            families=families,
        )
        self.states: list[EngineState] = []
        self.service.on_state = self.states.append

    def start(
        self,
        *turns: str | Message,
        sampling=GREEDY,
        max_tokens: int | None = 16,
        effort: Effort | None = None,
        thinking_tokens: int | None = None,
        chat: str | ChatKey | None = None,
        guesses: bool = True,
    ) -> Asked:
        """Ask; plain texts alternate user, assistant, user …"""
        asked = Asked()
        asked.work = self.service.answer(
            Ask(
                conversation=conversation(*turns, effort=effort),
                sampling=sampling,
                max_tokens=max_tokens,
                thinking_tokens=thinking_tokens,
                chat=ChatKey(chat) if isinstance(chat, str) else chat,
                guesses=guesses,
            ),
            on_event=asked.events.append,
            on_end=asked.ends.append,
        )
        return asked

    def ask(self, *turns: str | Message, **options) -> Asked:
        """Ask and wait for the end."""
        asked = self.start(*turns, **options)
        self.wait(lambda: asked.ends)
        return asked

    def read_ahead(self, *turns: str | Message, chat: str, effort: Effort | None = None) -> Asked:
        """Begin to read a conversation while nobody waits; the engine must be loaded and idle."""
        asked = Asked()
        self.service.read_ahead(
            conversation(*turns, effort=effort), ChatKey(chat), on_end=asked.ends.append
        )
        return asked

    def load(self, *placements: Placement, free_bytes: int = PLENTY_BYTES, **options) -> Asked:
        """Load the model as the first of these that fits, past the service."""
        return self.request(
            lambda i: self.load_request(i, *placements, free_bytes=free_bytes, **options)
        )

    def load_request(self, request_id: int, *placements: Placement, **options) -> Load:
        """The request of `load`."""
        return Load(
            request_id=request_id, path=str(self._model.path), placements=placements, **options
        )

    def generate(
        self, *turns: str | Message, max_tokens: int = 16, chat: str | None = None
    ) -> Asked:
        """Have what `load` has loaded answer."""
        return self.request(lambda i: self.question(i, *turns, max_tokens=max_tokens, chat=chat))

    @staticmethod
    def question(
        request_id: int, *turns: str | Message, max_tokens: int = 16, chat: str | None = None
    ) -> Generate:
        """A request as the service would make it."""
        return Generate(
            request_id=request_id,
            conversation=conversation(*turns),
            sampling=GREEDY,
            max_tokens=max_tokens,
            chat=ChatKey(chat) if chat else None,
        )

    def begin(self, make: Callable[[int], Request]) -> Asked:
        """Send the worker any request."""
        asked = Asked()
        asked.request_id = self.client.submit(
            make, on_event=asked.events.append, on_end=asked.ends.append
        )
        return asked

    def request(self, make: Callable[[int], Request]) -> Asked:
        """Send the worker any request and wait for its end."""
        asked = self.begin(make)
        self.wait(lambda: asked.ends)
        return asked

    def wait(self, condition: Callable[[], object], timeout_s: float = 60.0) -> None:
        """Handle what the worker sends until the condition holds."""
        give_up_s = time.monotonic() + timeout_s
        while not condition():
            self._posted.get(timeout=max(0.01, give_up_s - time.monotonic()))()

    def close(self) -> None:
        self.service.close()
