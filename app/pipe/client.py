"""The parent's end: requests go in, each gets its events and exactly one end.

All public methods and all callbacks belong to one thread, the owner's; `post` brings what the
reader and timer threads see to it. So there are no locks and no half-seen states up here.
"""

import itertools
import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from app.domain.errors import (
    Cancelled,
    EngineCrashed,
    EngineMissing,
    EngineSilent,
    PromptTooLong,
    error_from_code,
)
from app.domain.undecodable import UNDECODABLE
from app.pipe.child import Child, Outcome
from app.pipe.messages import (
    MAX_FROM_WORKER_BYTES,
    MAX_TO_WORKER_BYTES,
    NO_REQUEST,
    Cancel,
    Done,
    Event,
    Failed,
    Nudge,
    Progress,
    Quit,
    Ready,
    Request,
)
from app.pipe.timers import Timers

log = logging.getLogger(__name__)

Post = Callable[[Callable[[], None]], None]
End = Done | Exception
OnEvent = Callable[[Event], None]
OnEnd = Callable[[End], None]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a client must know about its worker.

    Attributes:
        name: For threads and loggers.
        argv: How to start it.
        environment: Added to our own.
        protocol: The number that `Ready` must carry.
        events: The union type of everything the worker may send.
        stages: Stage -> (seconds of silence allowed, what it is doing in words).
        obey_s: How long a cancelled request may take to end before the worker is killed.
        start_s: How long it may take to say `Ready`.
        quit_s: How long it may take to end when it is told to, with what was asked before.
    """

    name: str
    argv: list[str]
    environment: Mapping[str, str]
    protocol: int
    events: Any
    stages: Mapping[str, tuple[float, str]]
    obey_s: float = 3.0
    start_s: float = 60.0
    quit_s: float = 3.0


class _Open(msgspec.Struct):
    on_event: OnEvent
    on_end: OnEnd
    is_cancelled: bool = False


class WorkerClient:
    """Starts the worker when it is needed and turns its death into one end per open request.

    Attributes:
        on_death: Called when a worker is gone unasked, before its open requests get their ends:
            with the reason, and whether there was no open request.
        build: What the last worker said it is made of.
        patience_s: Added to the time in which a worker has to obey; for steps that nothing can end.
    """

    def __init__(self, plan: Plan, *, post: Post) -> None:
        self.on_death: Callable[[Exception, bool], None] = lambda error, was_idle: None
        self.build = ""
        self.patience_s = 0.0
        self._plan = plan
        self._post = post
        self._decoder = msgspec.json.Decoder(plan.events)
        self._encoder = msgspec.json.Encoder()
        self._timers = Timers(f"{plan.name}-timers")
        self._ids = itertools.count(1)
        self._environment = plan.environment
        self._child: Child | None = None
        self._is_closed = False
        self._open: dict[int, _Open] = {}
        self._blame: Exception | None = None
        self._life = (plan.start_s, "starting")

    @property
    def pid(self) -> int | None:
        """The running worker's process id, None where there is none."""
        return self._child.pid if self._child else None

    def add_environment(self, environment: Mapping[str, str]) -> None:
        """Give the next worker that is started these variables too."""
        self._environment = {**self._plan.environment, **environment}

    def submit(self, request: Callable[[int], Request], *, on_event: OnEvent, on_end: OnEnd) -> int:
        """Send a request, starting a worker if there is none; after `close` nothing happens.

        Args:
            request: Makes the message from the id it gets.
            on_event: Called for every event before the end.
            on_end: Called once: a `Done`, or the exception that ended the request.

        Returns:
            The id, for `cancel`.
        """
        request_id = next(self._ids)
        if self._is_closed:
            return request_id
        line = self._encoder.encode(request(request_id))
        self._open[request_id] = _Open(on_event, on_end)
        if len(line) > MAX_TO_WORKER_BYTES:
            too_long = PromptTooLong(text_bytes=len(line))
            self._post(lambda: self._end(request_id, too_long))
            return request_id
        if self._child is None:
            self._child = self._start()
        if len(self._open) == 1:
            self._expect_life(self._plan.start_s, "starting")
        if self._child:
            self._child.send(line)
        else:
            missing = EngineMissing(reason="its program cannot be executed")
            self._post(lambda: self._end(request_id, missing))
        return request_id

    def cancel(self, request_id: int) -> None:
        """Ask the worker to end that request; kill it if it does not obey in time."""
        request = self._open.get(request_id)
        if request is None or self._child is None or request.is_cancelled:
            return  # an impatient person does not move the deadline
        request.is_cancelled = True
        self._child.send(self._encoder.encode(Cancel(request_id=request_id)))
        self._timers.set(
            ("cancel", request_id),
            self._plan.obey_s + self.patience_s,
            lambda: self._post(lambda: self._disobeyed(request_id)),
        )

    def nudge(self, request_id: int) -> None:
        """Have that request go on to its next step, if it is open."""
        if request_id in self._open and self._child:
            self._child.send(self._encoder.encode(Nudge(request_id=request_id)))

    def dismiss(self) -> None:
        """End an idle worker, by force if need be; the next request starts another one."""
        child = self._child
        if self._open or child is None:
            return
        self._child = None
        child.send(self._encoder.encode(Quit()))
        child.close()
        self._timers.set(("dismiss", child), self._plan.obey_s, child.kill)

    def close(self) -> None:
        """End the worker, by force if need be, and wait for it. No ends are reported."""
        self._is_closed = True
        self._open.clear()
        self._timers.close()
        child, self._child = self._child, None
        if child is None:
            return
        child.send(self._encoder.encode(Quit()))
        child.close()
        if not child.wait(self._plan.quit_s):
            child.kill()
            child.wait(self._plan.obey_s)

    def _start(self) -> Child | None:
        plan = self._plan
        child = Child(
            plan.argv,
            name=plan.name,
            environment=self._environment,
            max_line_bytes=MAX_FROM_WORKER_BYTES,
            on_line=lambda line: self._decode(child, line),
            on_exit=lambda outcome: self._post(lambda: self._ended(child, outcome)),
        )
        try:
            child.start()
        except OSError as error:
            log.error("the %s worker cannot be started: %s", plan.name, error.strerror)  # noqa: TRY400
            return None
        self._blame = None
        return child

    def _decode(self, child: Child, line: bytes) -> None:
        """Runs on the reader thread."""
        try:
            message = self._decoder.decode(line)
            if isinstance(message, Failed):
                error_from_code(message.code, message.facts, message.detail)
            elif isinstance(message, Progress) and message.stage not in self._plan.stages:
                raise ValueError("a stage that nobody has heard of")
        except UNDECODABLE:
            # No traceback: the decoder quotes what it could not read.
            log.error("the %s worker broke the protocol", self._plan.name)  # noqa: TRY400
            child.kill()
            return
        self._post(lambda: self._receive(child, message))

    def _receive(self, child: Child, message: Ready | Event) -> None:
        if child is not self._child:
            return
        if isinstance(message, Ready):
            self.build = message.build
            self._expect_life(self._plan.start_s, "starting")
            if message.protocol != self._plan.protocol:
                mismatch = EngineMissing(reason="its version does not match the window's")
                self._kill(mismatch, child)
        elif isinstance(message, Done):
            self._end(message.request_id, message)
        elif isinstance(message, Failed):
            error = error_from_code(message.code, message.facts, message.detail)
            if message.request_id == NO_REQUEST:
                self._blame = error
            else:
                self._end(message.request_id, error)
        elif request := self._open.get(message.request_id):
            if isinstance(message, Progress):
                self._life = self._plan.stages[message.stage]
            self._expect_life(*self._life)
            request.on_event(message)

    def _end(self, request_id: int, end: End) -> None:
        self._timers.clear(("cancel", request_id))
        request = self._open.pop(request_id, None)
        if not self._open:
            self._timers.clear("silence")
        if request:
            request.on_end(end)

    def _ended(self, child: Child, outcome: Outcome) -> None:
        """The process is gone and reaped."""
        if child is not self._child:
            return  # `close` ended it
        self._child = None
        self._timers.clear("silence")
        detail = "\n".join(outcome.last_words)
        crash = EngineCrashed(reason=outcome.reason, detail=detail)
        error = self._blame or crash
        log.warning("the %s worker ended: %s", self._plan.name, outcome.reason)
        self.on_death(error, not self._open)
        for request_id, request in list(self._open.items()):
            # A kill for disobedience also ends requests that nobody cancelled.
            is_collateral = isinstance(error, Cancelled) and not request.is_cancelled
            self._end(request_id, crash if is_collateral else error)

    def _kill(self, blame: Exception, child: Child | None) -> None:
        """End the worker, if it still is that one; `blame` is what its open requests are told."""
        if child and child is self._child:
            self._blame = blame
            child.kill()

    def _expect_life(self, limit_s: float, activity: str) -> None:
        """Kill the worker if nothing is heard in that time while a request is open."""
        if not self._open:
            self._timers.clear("silence")
            return
        child, silent = self._child, EngineSilent(limit_s=round(limit_s), activity=activity)
        self._timers.set("silence", limit_s, lambda: self._post(lambda: self._kill(silent, child)))

    def _disobeyed(self, request_id: int) -> None:
        if request_id in self._open:
            log.warning("the %s worker did not obey a cancel in time", self._plan.name)
            self._kill(Cancelled(), self._child)
