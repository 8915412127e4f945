"""A child process as seen from its parent: lines in, lines out, one end.

Threads: `send`, `close` and `kill` may be called from any thread and do not wait for the child.
`on_line` and `on_exit` run on the child's reader thread; `on_exit` comes exactly once, after the
last line, when the process is reaped and no zombie is left.
"""

import collections
import contextlib
import logging
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping

import msgspec

from app.domain.reports import frames_of
from app.pipe.command import HIDE_CONSOLE
from app.pipe.lines import LineBuffer, LineTooLongError

log = logging.getLogger(__name__)

_CHUNK_BYTES = 65536
_STDERR_LINES_KEPT = 40


class Outcome(msgspec.Struct, frozen=True):
    """How a child ended.

    Attributes:
        exit_code: As `Popen.returncode`: negative is the signal that ended it.
        last_words: The end of its stderr, for the report.
    """

    exit_code: int
    last_words: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """A few plain words."""
        if self.exit_code == -signal.SIGABRT:
            return "it aborted"
        if self.exit_code == -getattr(signal, "SIGKILL", 9):
            return "it was ended by the system, perhaps for lack of memory"
        if self.exit_code < 0:
            with contextlib.suppress(ValueError):
                return f"signal {signal.Signals(-self.exit_code).name}"
        return f"exit code {self.exit_code}"


class Child:
    """One running child process."""

    def __init__(
        self,
        argv: list[str],
        *,
        name: str,
        environment: Mapping[str, str],
        max_line_bytes: int,
        on_line: Callable[[bytes], None],
        on_exit: Callable[[Outcome], None],
    ) -> None:
        self._log = logging.getLogger(f"app.{name}.native")
        self._buffer = LineBuffer(max_line_bytes)
        self._on_line = on_line
        self._on_exit = on_exit
        self._last_words: collections.deque[str] = collections.deque(maxlen=_STDERR_LINES_KEPT)
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._argv = argv
        self._environment = environment
        self._name = name

    def start(self) -> None:
        """Start the process.

        Raises:
            OSError: The program cannot be executed.
        """
        self._process = subprocess.Popen(
            self._argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, **self._environment},
            creationflags=HIDE_CONSOLE,
        )
        self._stderr_thread = self._start_thread("stderr", self._read_stderr)
        self._start_thread("writer", self._write)
        self._reader_thread = self._start_thread("reader", self._read)

    @property
    def pid(self) -> int:
        """The operating system's process id."""
        return self._process.pid

    def send(self, line: bytes) -> None:
        """Queue one line (without its line end); a writer thread waits for the pipe."""
        self._outbox.put(line + b"\n")

    def close(self) -> None:
        """Close the child's stdin after what is queued: it should exit by itself."""
        self._outbox.put(None)

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    def wait(self, timeout_s: float) -> bool:
        """Wait until the process is reaped; False if it still runs after that time."""
        self._reader_thread.join(timeout_s)
        return not self._reader_thread.is_alive()

    def _start_thread(self, job: str, target: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=target, name=f"{self._name}-{job}", daemon=True)
        thread.start()
        return thread

    def _write(self) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        # A dead child breaks the pipe; the reader thread reports the death.
        with contextlib.suppress(OSError), stdin:
            while (data := self._outbox.get()) is not None:
                view = memoryview(data)
                while view:
                    view = view[stdin.write(view) :]

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        with stdout:
            try:
                while chunk := os.read(stdout.fileno(), _CHUNK_BYTES):
                    for line in self._buffer.feed(chunk):
                        self._on_line(line)
            except LineTooLongError as error:
                self._last_words.append(f"protocol: {error}")
                self.kill()
            except Exception as error:  # noqa: BLE001 - nobody else would ever hear of its end
                report = frames_of(error)
                log.error("the %s process cannot be understood:\n%s", self._name, report)  # noqa: TRY400
                self.kill()
        self._stderr_thread.join()
        exit_code = self._process.wait()
        self._outbox.put(None)
        self._on_exit(Outcome(exit_code, tuple(self._last_words)))

    def _read_stderr(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        buffer = LineBuffer(1 << 20)
        with stderr, contextlib.suppress(LineTooLongError):
            while chunk := os.read(stderr.fileno(), _CHUNK_BYTES):
                for raw in buffer.feed(chunk):
                    line = raw.decode("utf-8", "replace").rstrip()
                    self._last_words.append(line)
                    self._log.debug("%s", line)
