"""A worker client without a worker: a test says when the engine says what.

Nothing happens by itself, so nothing has to be waited for.
"""

from collections.abc import Callable, Mapping

import msgspec

from app.domain.chat import FinishReason, Timings, Usage
from app.domain.placement.values import Placement
from app.engine.protocol import DeviceMemory, Generate, Generated, Load, Loaded, TextDelta
from app.pipe.client import End, OnEnd, OnEvent
from app.pipe.messages import Event, Progress, Request

CONTEXT_TOKENS = 4096


class FakeWorkerClient:
    """Has the interface of `app.pipe.client.WorkerClient` that services use.

    Attributes:
        requests: Every request so far.
        cancelled: The ids that were cancelled.
        nudged: The ids that were told to go on to their next step.
        patience_s: What the service allows beyond the usual.
        environment: What was added to that of the worker.
    """

    def __init__(self) -> None:
        self.on_death: Callable[[Exception, bool], None] = lambda error, was_idle: None
        self.build = "fake"
        self.pid: int | None = None
        self.requests: list[Request] = []
        self.cancelled: list[int] = []
        self.nudged: list[int] = []
        self.environment: dict[str, str] = {}
        self.patience_s = 0.0
        self.is_closed = False
        self._open: dict[int, tuple[OnEvent, OnEnd]] = {}

    def submit(self, request: Callable[[int], Request], *, on_event: OnEvent, on_end: OnEnd) -> int:
        """Remember the request."""
        request_id = len(self.requests) + 1
        self.requests.append(request(request_id))
        self._open[request_id] = (on_event, on_end)
        return request_id

    def add_environment(self, environment: Mapping[str, str]) -> None:
        """Remember it."""
        self.environment |= environment

    def cancel(self, request_id: int) -> None:
        """Remember the wish."""
        self.cancelled.append(request_id)

    def nudge(self, request_id: int) -> None:
        """Remember the wish."""
        self.nudged.append(request_id)

    def close(self) -> None:
        """Remember the end."""
        self.is_closed = True
        self._open.clear()

    def event(self, event: Event) -> None:
        """Let the engine say something about an open request."""
        self._open[event.request_id][0](event)

    def end(self, request_id: int, end: End) -> None:
        """Let the engine end a request."""
        self._open.pop(request_id)[1](end)

    def die(self, error: Exception) -> None:
        """Let the process disappear."""
        self.on_death(error, not self._open)
        for request_id in list(self._open):
            self.end(request_id, error)

    def open_id(self, kind: type[Request]) -> int:
        """The first open request of that kind."""
        return next(
            r.request_id
            for r in self.requests
            if isinstance(r, kind) and r.request_id in self._open
        )

    def is_open(self, kind: type[Request]) -> bool:
        """Whether such a request waits for its end."""
        return any(isinstance(r, kind) and r.request_id in self._open for r in self.requests)

    def load_progress(self, permille: int) -> None:
        """Let the engine read more of the weights."""
        self.event(Progress(request_id=self.open_id(Load), stage="load", done=permille, total=1000))

    def finish_load(self, **facts: object) -> None:
        """Let the model be ready; `facts` change what it says of itself."""
        load_id = self.open_id(Load)
        loaded = Loaded(
            request_id=load_id,
            name="fake",
            architecture="llama",
            parameters=134_515_008,
            file_bytes=98_362_432,
            context_tokens=CONTEXT_TOKENS,
            limit_tokens=8192,
            load_s=0.4,
            placement=Placement(context_tokens=CONTEXT_TOKENS),
            memory=(
                DeviceMemory(
                    device="CPU",
                    model_bytes=98_362_432,
                    context_bytes=188_743_680,
                    compute_bytes=39_845_888,
                ),
            ),
        )
        self.end(load_id, msgspec.structs.replace(loaded, **facts))

    def read(self, done: int, total: int) -> None:
        """Let the engine read the prompt."""
        self.event(
            Progress(request_id=self.open_id(Generate), stage="prompt", done=done, total=total)
        )

    def look(self) -> None:
        """Let the engine work on a picture."""
        request_id = self.open_id(Generate)
        self.event(Progress(request_id=request_id, stage="picture", done=0, total=1))

    def write(
        self, text: str, *, part: int = 0, is_thought: bool = False, reasoning_tokens: int = 1
    ) -> None:
        """Let the engine write a piece of the answer, or of a thought."""
        self.event(
            TextDelta(
                request_id=self.open_id(Generate),
                text=text,
                part=part,
                is_thought=is_thought,
                completion_tokens=1,
                reasoning_tokens=reasoning_tokens if is_thought else 0,
            )
        )

    def finish_answer(
        self,
        reason: FinishReason = FinishReason.STOP,
        *,
        tokens: int = 37,
        reasoning_tokens: int = 0,
        thought_s: float = 0.0,
        is_thought_open: bool = False,
    ) -> None:
        """Let the answer end."""
        request_id = self.open_id(Generate)
        self.end(
            request_id,
            Generated(
                request_id=request_id,
                finish_reason=reason,
                seed=1,
                usage=Usage(
                    prompt_tokens=512,
                    completion_tokens=tokens,
                    reasoning_tokens=reasoning_tokens,
                ),
                timings=Timings(prompt_s=0.2, first_token_s=0.3, tokens_per_s=42.1),
                thought_s=thought_s,
                is_thought_open=is_thought_open,
            ),
        )
