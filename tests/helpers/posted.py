"""An event loop of one queue: what is posted runs when a test waits."""

import queue
from collections.abc import Callable

_PATIENCE_S = 60


class Posted:
    """Base of what owns something that calls back.

    Attributes:
        posted: What waits to be run.
    """

    def __init__(self) -> None:
        self.posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.post = self.posted.put

    def wait(self, condition: Callable[[], object]) -> None:
        while not condition():
            self.posted.get(timeout=_PATIENCE_S)()

    def run_what_is_posted(self) -> None:
        while not self.posted.empty():
            self.posted.get()()
