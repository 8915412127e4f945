"""The worker's end: a private channel, a reader thread, one request at a time.

The reader thread answers cancels of waiting requests itself and ends the process when the parent
is gone (end of file on stdin), whatever the main thread is doing in native code. The main thread
runs the handlers.
"""

import os
import queue
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from app.domain.errors import AppError
from app.domain.reports import frames_of
from app.pipe.lines import LineBuffer
from app.pipe.messages import (
    MAX_TO_WORKER_BYTES,
    Cancel,
    Event,
    Failed,
    Nudge,
    Quit,
    Ready,
    Request,
)

_CHUNK_BYTES = 65536

Handler = Callable[[Any], None]


class Server:
    """Receives requests on stdin and answers on what was stdout.

    Args:
        commands: The union type of everything the parent may send.
        cancelled: Makes the `Done` of a request that was cancelled before it began.
        on_begin: Called before a request is handled: forget an earlier cancel.
        on_cancel: Called on the reader thread when the running request is to be cancelled.
        on_nudge: Called there when the running request is to go on to its next step.
    """

    def __init__(
        self,
        commands: Any,  # noqa: ANN401 - a union type
        *,
        cancelled: Callable[[Request], Event],
        on_begin: Callable[[], None],
        on_cancel: Callable[[], None],
        on_nudge: Callable[[], None] = lambda: None,
    ) -> None:
        # Native code prints to fd 1. The protocol gets a private copy, fd 1 becomes stderr.
        self._out = os.dup(1)
        os.dup2(2, 1)
        os.set_inheritable(self._out, False)
        self._decoder = msgspec.json.Decoder(commands)
        self._encoder = msgspec.json.Encoder()
        self._cancelled = cancelled
        self._on_begin = on_begin
        self._on_cancel = on_cancel
        self._on_nudge = on_nudge
        self._send_lock = threading.Lock()
        # SAFETY: a cancel finds its request either waiting or running, never between the two.
        self._requests_lock = threading.Lock()
        self._running: int | None = None
        self._waiting: dict[int, Request] = {}
        self._arrived: queue.SimpleQueue[int | None] = queue.SimpleQueue()

    def send(self, message: Ready | Event) -> None:
        """Write one message; from any thread."""
        data = memoryview(self._encoder.encode(message) + b"\n")
        with self._send_lock:
            while data:
                data = data[os.write(self._out, data) :]

    def serve(self, ready: Ready, handlers: dict[type[Request], Handler]) -> None:
        """Say `ready`, then handle requests until told to quit.

        A handler sends its own `Done`. Whatever it raises becomes the request's `Failed`: an
        `AppError` by its code, anything else as a bug with a traceback that holds no values.
        """
        self.send(ready)
        threading.Thread(target=self._read, name="pipe-reader", daemon=True).start()
        while (request_id := self._arrived.get()) is not None:
            with self._requests_lock:
                request = self._waiting.pop(request_id, None)
                if request is None:
                    continue
                self._running = request_id
                self._on_begin()
            try:
                handlers[type(request)](request)
            except AppError as error:
                self.send(
                    Failed(
                        request_id=request_id,
                        code=error.code,
                        facts=error.facts,
                        detail=error.detail,
                    )
                )
            except Exception as error:  # noqa: BLE001 - the one place that turns bugs into reports
                self.send(Failed(request_id=request_id, code="bug", detail=frames_of(error)))

    def _read(self) -> None:
        buffer = LineBuffer(MAX_TO_WORKER_BYTES)
        try:
            # Not sys.stdin: a daemon thread inside a BufferedReader aborts the interpreter.
            while chunk := os.read(0, _CHUNK_BYTES):
                for line in buffer.feed(chunk):
                    self._take(self._decoder.decode(line))
        except Exception as error:  # noqa: BLE001 - a worker that cannot hear is of no use
            os.write(2, frames_of(error).encode() + b"\n")
            os._exit(1)
        os._exit(0)  # the parent is gone; native code may still be busy

    def _take(self, command: Request | Cancel | Nudge | Quit) -> None:
        if isinstance(command, Quit):
            os._exit(0)
        if isinstance(command, Nudge):
            with self._requests_lock:
                if command.request_id == self._running:
                    self._on_nudge()
            return
        if isinstance(command, Cancel):
            with self._requests_lock:
                request = self._waiting.pop(command.request_id, None)
                if command.request_id == self._running:
                    self._on_cancel()
            if request:
                self.send(self._cancelled(request))
            return
        with self._requests_lock:
            self._waiting[command.request_id] = command
        self._arrived.put(command.request_id)
