"""Work that waits, one piece after the other, on a thread of its own."""

import functools
import queue
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from app.pipe.client import Post

_T = TypeVar("_T")
_E = TypeVar("_E", bound=Exception)


class SerialWork(Generic[_E]):
    """Does what it is given in that order and hands what comes out to the owner's thread."""

    def __init__(self, name: str, failure: type[_E], *, post: Post) -> None:
        """Wire it; the thread is started with the first piece.

        Args:
            name: Of the thread.
            failure: What is handed over as a result; any other exception is a defect and is raised
                on the owner's thread.
            post: Runs a function on the owner's thread.
        """
        self._name = name
        self._failure = failure
        self._post = post
        self._todo: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def do(self, work: Callable[[], _T], then: Callable[[_T | _E], None]) -> None:
        """Call `work` on the thread and then `then`, on the owner's, with its result."""

        def run() -> None:
            try:
                result: _T | _E = work()
            except self._failure as error:
                result = error
            except Exception as error:  # noqa: BLE001 - a defect belongs on the owner's thread
                self._post(functools.partial(_raise, error))
                return
            self._post(lambda: None if self._is_closed else then(result))

        self._todo.put(run)
        if self._thread is None:
            # A daemon: a drive that hangs does not keep the program from ending.
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def do_soon(
        self, work: Callable[[], _T], then: Callable[[_T | _E], None], *, patience_s: float
    ) -> None:
        """The same, but where it takes no longer than that, `then` was called on return."""
        results: queue.SimpleQueue[_T] = queue.SimpleQueue()
        self.do(lambda: results.put(work()), lambda _: None)
        try:
            result = results.get(timeout=patience_s)
        except queue.Empty:
            # Begun when the one above is over: its result is there, or it had none.
            self.do(results.get_nowait, then)
        else:
            then(result)

    def close(self, *, patience_s: float) -> None:
        """Finish what is there, unless that takes longer; nothing is handed over any more."""
        self._is_closed = True
        self._todo.put(None)
        if self._thread:
            self._thread.join(patience_s)

    def _run(self) -> None:
        while run := self._todo.get():
            run()


def _raise(error: Any) -> None:  # noqa: ANN401
    raise error
