"""One thread for everything of the library that may wait for a disk, in order."""

import functools
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from app.domain.errors import AppError
from app.pipe.client import Post

_T = TypeVar("_T")


class DiskThread:
    """Runs work one after the other; what becomes of it is told on the owner's thread."""

    def __init__(self, *, post: Post) -> None:
        self._post = post
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def run(self, work: Callable[[], _T], then: Callable[[_T | AppError], None]) -> None:
        """Do something as soon as what was asked before is done.

        Args:
            work: Runs on the thread.
            then: Gets what it returned or raised, on the owner's thread.
        """
        if self._is_closed:
            return
        if self._thread is None:
            # A daemon: a drive that hangs does not keep the program from ending.
            self._thread = threading.Thread(target=self._work, name="library", daemon=True)
            self._thread.start()
        self._waiting.put(lambda: self._do(work, then))

    def close(self, *, patience_s: float) -> None:
        """Wait until everything is done, for a while; nothing is told any more."""
        self._is_closed = True
        if self._thread:
            self._waiting.put(None)
            self._thread.join(patience_s)

    def _work(self) -> None:
        while work := self._waiting.get():
            work()

    def _do(self, work: Callable[[], _T], then: Callable[[_T | AppError], None]) -> None:
        try:
            result = work()
        except AppError as error:
            failure = error
            self._post(lambda: self._tell(then, failure))
        except Exception as error:  # noqa: BLE001 - a defect belongs on the owner's thread
            self._post(functools.partial(_raise, error))
        else:
            self._post(lambda: self._tell(then, result))

    def _tell(self, then: Callable[[_T | AppError], None], result: _T | AppError) -> None:
        if not self._is_closed:
            then(result)


def _raise(defect: Exception) -> None:
    raise defect
