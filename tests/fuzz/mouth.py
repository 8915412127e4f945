"""A worker that says what an input says: in place of process and clock, everything else is real."""

import contextlib
import queue
from collections.abc import Callable, Hashable, Iterator
from unittest import mock

from app.pipe.child import Outcome
from app.pipe.lines import LineBuffer, LineTooLongError

_MODULES = (
    *("app.pipe.client", "app.media.process_queue"),
    *("app.exchange.reader_client", "app.exchange.writer_client"),
)


class Mouth:
    """Has the interface of `app.pipe.child.Child`; `say` takes the place of its reader thread."""

    def __init__(
        self,
        *_: object,
        max_line_bytes: int,
        on_line: Callable[[bytes], None],
        on_exit: Callable[[Outcome], None],
        **_more: object,
    ) -> None:
        self.pid = 1
        self._lines = LineBuffer(max_line_bytes)
        self._on_line = on_line
        self._on_exit = on_exit
        self._is_over = False
        self.is_killed = False

    def start(self) -> None:
        _mouths.append(self)

    def send(self, line: bytes) -> None:
        """Nobody listens."""

    def close(self) -> None:
        """Nobody listens."""

    def kill(self) -> None:
        self.is_killed = True

    def wait(self, _timeout_s: float) -> bool:
        return True

    def say(self, data: bytes) -> None:
        """Say it in one go."""
        try:
            for line in () if self._is_over else self._lines.feed(data):
                self._on_line(line)
        except LineTooLongError:
            self.kill()

    def end(self) -> None:
        """Be gone."""
        if not self._is_over:
            self._is_over = True
            self._on_exit(Outcome(1))


class _StoppedClock:
    """Deadlines that never come."""

    def __init__(self, name: str) -> None:
        """Count nothing."""

    def set(self, _key: Hashable, after_s: float, _function: Callable[[], None]) -> None:
        assert after_s >= 0

    def clear(self, key: Hashable) -> None:
        """There is none."""

    def close(self) -> None:
        """There is none."""


class Posts(queue.SimpleQueue[Callable[[], None]]):
    """What waits for the owner's thread."""

    def run(self) -> None:
        while not self.empty():
            self.get()()


_mouths: list[Mouth] = []


@contextlib.contextmanager
def mouths() -> Iterator[list[Mouth]]:
    """Every worker that is started meanwhile, in order."""
    _mouths.clear()
    with contextlib.ExitStack() as stack:
        for module in _MODULES:
            stack.enter_context(mock.patch(f"{module}.Child", Mouth))
            stack.enter_context(mock.patch(f"{module}.Timers", _StoppedClock))
        yield _mouths
