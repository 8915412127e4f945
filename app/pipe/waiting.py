"""Waits for what tells its end on the owner's thread: for commands, which have no event loop."""

import queue
from collections.abc import Callable
from typing import Protocol, TypeVar

from app.pipe.client import Post

_Made = TypeVar("_Made")


class Closable(Protocol):
    """What ends its process when it is closed."""

    def close(self) -> None:
        """End what is running and report nothing."""


def wait_for(start: Callable[[Post, Callable[[_Made | Exception], None]], Closable]) -> _Made:
    """Have something of its own done in a process and wait for it.

    Args:
        start: Makes what owns the process and has it begin; gets what brings functions to this
            thread, and what is to be called at the end.

    Raises:
        Exception: What ended it.
    """
    posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    ends: list[_Made | Exception] = []
    owner = start(posted.put, ends.append)
    try:
        while not ends:
            posted.get()()
    finally:
        owner.close()
    if isinstance(ends[0], Exception):
        raise ends[0]
    return ends[0]
