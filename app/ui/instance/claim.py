"""Decides whether this process is the window of a data folder."""

import pathlib
import threading
import time

from app.domain.errors import WindowSilent
from app.services.window_lock import WindowLock

# The other one holds the lock, but does not listen: it is starting, or it is about to end.
_MOST_S = 15.0
_BETWEEN_S = 0.05


def claim(
    data: pathlib.Path, model: pathlib.Path | None, *, is_quick: bool = False
) -> WindowLock | None:
    """Be the window, or have the one that is there come to the front.

    Args:
        data: The folder that only one window works on.
        model: What a window that is there should use.
        is_quick: It should open the quick question, and stay where it is itself.

    Returns:
        What this process holds while it is the window; None where another one comes.

    Raises:
        WindowSilent: Another one is there and does not answer.
    """
    lock = WindowLock(data)
    if lock.take():
        return lock
    # Only now: QtNetwork takes 10 ms of the start.
    from app.ui.instance.caller import Reply, call
    from app.ui.instance.summons import address

    begun_s = time.monotonic()
    while time.monotonic() - begun_s < _MOST_S:
        reply = call(address(data), model, is_quick=is_quick)
        if reply is Reply.COMES:
            return None
        if reply is Reply.SILENT:
            break
        if lock.take():
            return lock
        threading.Event().wait(_BETWEEN_S)
    raise WindowSilent
