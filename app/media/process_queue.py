"""One throw-away media process at a time, in the order in which their sources came.

All methods and callbacks of `ProcessQueue` belong to one thread, the owner's, as they do in
`app.pipe.client`; only `Order.take` runs on the reader thread of the process.
"""

import collections
import os
import signal
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import msgspec

from app.domain.attachments import Source
from app.domain.errors import AppError, error_from_code
from app.domain.file_names import shown_name
from app.domain.undecodable import UNDECODABLE
from app.media.protocol import MAX_SOURCE_BYTES, Job, Reply, Result
from app.pipe.child import Child, Outcome
from app.pipe.client import Post
from app.pipe.command import worker_command
from app.pipe.messages import Failed
from app.pipe.timers import Timers

_ROLE = "--media-worker"
_CLOSE_S = 3.0
# How a process ends that used up its processor time; Windows has no such limit.
_OUT_OF_TIME_CODE = -getattr(signal, "SIGXCPU", 1 << 30)


Made = TypeVar("Made")


class LieError(Exception):
    """A process that a file may have taken over said what cannot be; the message says what."""


class Faults(NamedTuple):
    """How the errors of one kind of file are called. All have a name, some a reason or a limit."""

    empty: type[AppError]
    file_too_large: type[AppError]
    too_slow: type[AppError]
    crashed: type[AppError]
    missing: type[AppError]


class Order(msgspec.Struct, Generic[Made], frozen=True, kw_only=True):
    """A file to be opened.

    Attributes:
        job: What the process is asked; `name_of` and `path_of` say what of the source it gets.
        max_reply_bytes: More is a broken protocol.
        take: Makes of the answer what is wanted; may raise an `AppError` or a `LieError`.
        on_end: Called once: with what `take` made, or the exception that ended it.
    """

    source: Source
    job: Job
    max_reply_bytes: int
    take: Callable[[Result], Made]
    on_end: Callable[[Made | Exception], None]


class _Running(msgspec.Struct, Generic[Made]):
    """`end` is written on the reader thread, before the process is reported gone."""

    order: Order[Made]
    child: Child | None = None
    end: Made | Exception | None = None
    is_late: bool = False


class ProcessQueue(Generic[Made]):
    """Opens files without making anybody wait.

    Args:
        post: Brings a function to the owner's thread.
        faults: The errors of this kind of file.
        limit_s: For one process, from its start to its end.
    """

    def __init__(self, *, post: Post, faults: Faults, limit_s: float) -> None:
        self._post = post
        self._faults = faults
        self._limit_s = limit_s
        self._timers = Timers("media-timers")
        self._waiting: collections.deque[Order[Made]] = collections.deque()
        self._running: _Running[Made] | None = None

    def add(self, order: Order[Made]) -> None:
        """Open a file as soon as those before it are done."""
        self._waiting.append(order)
        if self._running is None:
            self._start_next()

    def close(self) -> None:
        """End what is running and forget what is waiting. No ends are reported."""
        self._waiting.clear()
        self._timers.close()
        running, self._running = self._running, None
        if running and running.child:
            running.child.kill()
            running.child.wait(_CLOSE_S)

    def _start_next(self) -> None:
        if not self._waiting:
            return
        self._running = running = _Running(self._waiting.popleft())
        order = running.order
        if refusal := self._refuse(order.source):
            self._post(lambda: self._end(running, refusal))
            return
        child = Child(
            worker_command(_ROLE),
            name="media",
            environment={},
            max_line_bytes=order.max_reply_bytes,
            on_line=lambda line: self._take(running, line),
            on_exit=lambda outcome: self._post(lambda: self._ended(running, outcome)),
        )
        try:
            child.start()
        except OSError as error:
            missing = self._faults.missing(reason=error.strerror or type(error).__name__)
            self._post(lambda: self._end(running, missing))
            return
        running.child = child
        child.send(msgspec.json.encode(order.job))
        if order.source.data:
            child.send(order.source.data)
        self._timers.set("limit", self._limit_s, lambda: self._post(lambda: self._kill(running)))

    def _refuse(self, source: Source) -> AppError | None:
        if source.path or 0 < len(source.data) <= MAX_SOURCE_BYTES:
            return None
        name = name_of(source)
        if not source.data:
            return self._faults.empty(name=name)
        return self._faults.file_too_large(name=name, limit_bytes=MAX_SOURCE_BYTES)

    def _take(self, running: _Running[Made], line: bytes) -> None:
        """Make the end of what the process said; runs on the reader thread."""
        if running.end is not None:
            return
        name = name_of(running.order.source)
        try:
            reply = msgspec.json.decode(line, type=Reply)
            if isinstance(reply, Failed):
                running.end = error_from_code(reply.code, reply.facts, reply.detail)
            else:
                running.end = running.order.take(reply)
        except AppError as error:
            running.end = error
        except LieError as lie:
            running.end = self._faults.crashed(name=name, reason=str(lie))
        except UNDECODABLE:
            # Or facts that do not belong to the error's sentence. No detail, because the decoder
            # quotes what it could not read.
            running.end = self._faults.crashed(name=name, reason="it broke the protocol")

    def _kill(self, running: _Running[Made]) -> None:
        if running is self._running and running.child:
            running.is_late = True
            running.child.kill()

    def _ended(self, running: _Running[Made], outcome: Outcome) -> None:
        """The process is gone and reaped."""
        self._end(running, self._death(running, outcome) if running.end is None else running.end)

    def _death(self, running: _Running[Made], outcome: Outcome) -> AppError:
        name, detail = name_of(running.order.source), "\n".join(outcome.last_words)
        if running.is_late or outcome.exit_code == _OUT_OF_TIME_CODE:
            return self._faults.too_slow(name=name, detail=detail)
        return self._faults.crashed(name=name, reason=outcome.reason, detail=detail)

    def _end(self, running: _Running[Made], end: Made | Exception) -> None:
        if running is not self._running:
            return  # `close` ended it
        self._timers.clear("limit")
        self._running = None
        running.order.on_end(end)
        if self._running is None:
            self._start_next()


def name_of(source: Source) -> str:
    """What the source is called in sentences."""
    return shown_name(source.name)


def path_of(source: Source) -> bytes:
    """Its path as it goes to the process."""
    return os.fsencode(source.path)
