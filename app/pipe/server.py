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

from app.pipe.channel import Channel
from app.pipe.messages import Cancel, Event, Nudge, Quit, Ready, Request

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
        self._channel = Channel(commands)
        self._cancelled = cancelled
        self._on_begin = on_begin
        self._on_cancel = on_cancel
        self._on_nudge = on_nudge
        # SAFETY: a cancel finds its request either waiting or running, never between the two.
        self._requests_lock = threading.Lock()
        self._running: int | None = None
        self._is_quitting = False
        self._waiting: dict[int, Request] = {}
        self._arrived: queue.SimpleQueue[int | None] = queue.SimpleQueue()

    def send(self, message: Ready | Event) -> None:
        """Write one message; from any thread."""
        self._channel.send(message)

    def serve(self, ready: Ready, handlers: dict[type[Request], Handler]) -> None:
        """Say `ready`, then handle requests until told to quit; what waits by then is done before.

        A handler sends its own `Done`. Whatever it raises becomes the request's `Failed`: an
        `AppError` by its code, anything else as a bug with a traceback that holds no values.
        """
        self.send(ready)
        self._channel.listen(self._take, self._parent_gone)
        while (request_id := self._arrived.get()) is not None:
            with self._requests_lock:
                request = self._waiting.pop(request_id, None)
                if request is None:
                    continue
                self._running = request_id
                self._on_begin()
            try:
                handlers[type(request)](request)
            except Exception as error:  # noqa: BLE001 - the one place that turns bugs into reports
                self._channel.send_failure(request_id, error)
            with self._requests_lock:
                self._running = None
        # Without tearing down what native libraries hold: that takes time and may crash.
        os._exit(0)

    def _parent_gone(self) -> None:
        """End: native code may still be busy, and there is no other way out of it."""
        if not self._is_quitting:
            os._exit(0)

    def _take(self, command: Request | Cancel | Nudge | Quit) -> None:
        if isinstance(command, Quit):
            with self._requests_lock:
                self._is_quitting = True
                if self._running is not None:
                    self._on_cancel()
            self._arrived.put(None)
            return
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
