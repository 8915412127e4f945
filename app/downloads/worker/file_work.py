"""Long work on files, in a thread, that ends soon when its request is cancelled."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
OnProgress = Callable[[int, int], None]

CHUNK_BYTES = 1 << 20
_REPORT_S = 0.2


class StoppedError(Exception):
    """The work was cancelled; whoever raises it has tidied up."""


async def run_in_thread(work: Callable[[threading.Event], Result]) -> Result:
    """Run `work` in a thread, and on cancel set its event and wait until it has seen it.

    Args:
        work: Looks at the event between two chunks, and then raises `StoppedError`.
    """
    stop = threading.Event()
    task = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait({task})
        task.exception()  # it was looked at
        raise


def rarely(on_progress: OnProgress) -> OnProgress:
    """Let reports through at most five times a second, and always the last one."""
    next_at = 0.0

    def report(done_bytes: int, total_bytes: int) -> None:
        nonlocal next_at
        now = time.monotonic()
        if now >= next_at or done_bytes == total_bytes:
            next_at = now + _REPORT_S
            on_progress(done_bytes, total_bytes)

    return report
