"""The worker's end of the pipe: messages out under a lock, commands in on a thread of its own."""

import os
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from app.domain.errors import AppError
from app.domain.reports import frames_of
from app.pipe.lines import LineBuffer
from app.pipe.messages import MAX_TO_WORKER_BYTES, Event, Failed, Ready

_CHUNK_BYTES = 65536


class Channel:
    """Commands come from stdin, messages go to what was stdout.

    Args:
        commands: The union type of everything the parent may send.
    """

    def __init__(self, commands: Any) -> None:  # noqa: ANN401 - a union type
        # Native code prints to fd 1. The protocol gets a private copy, fd 1 becomes stderr.
        self._out = os.dup(1)
        os.dup2(2, 1)
        os.set_inheritable(self._out, False)
        self._decoder = msgspec.json.Decoder(commands)
        self._encoder = msgspec.json.Encoder()
        self._send_lock = threading.Lock()

    def send(self, message: Ready | Event) -> None:
        """Write one message; from any thread."""
        data = memoryview(self._encoder.encode(message) + b"\n")
        with self._send_lock:
            while data:
                data = data[os.write(self._out, data) :]

    def send_failure(self, request_id: int, error: BaseException) -> None:
        """End a request badly: an `AppError` by its code, anything else as a bug without values."""
        if isinstance(error, AppError):
            failed = Failed(
                request_id=request_id, code=error.code, facts=error.facts, detail=error.detail
            )
        else:
            failed = Failed(request_id=request_id, code="bug", detail=frames_of(error))
        self.send(failed)

    def listen(self, take: Callable[[Any], None], on_end: Callable[[], None]) -> None:
        """Hand every command to `take` on a thread of its own; `on_end` when the parent is gone."""
        threading.Thread(
            target=self._read, args=(take, on_end), name="pipe-reader", daemon=True
        ).start()

    def _read(self, take: Callable[[Any], None], on_end: Callable[[], None]) -> None:
        buffer = LineBuffer(MAX_TO_WORKER_BYTES)
        try:
            # Not sys.stdin: a daemon thread inside a BufferedReader aborts the interpreter.
            while chunk := os.read(0, _CHUNK_BYTES):
                for line in buffer.feed(chunk):
                    take(self._decoder.decode(line))
        except Exception as error:  # noqa: BLE001 - a worker that cannot hear is of no use
            os.write(2, frames_of(error).encode() + b"\n")
            os._exit(1)
        on_end()
