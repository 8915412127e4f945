"""Logs every time the window was frozen for more than 100 ms, and where the code was.

On Linux Qt emits `awake` after a turn of the event loop instead of before it, with the GLib and
with the Unix dispatcher (measured, 6.11.3), so the signals alone cannot tell work from waiting.
So while things happen a thread sends a ping into the event loop every 50 ms and times the answer.
A freeze may begin up to a period before the ping that meets it; that period is counted in, so
some freezes from 50 ms on are logged too. While little happens (a blinking cursor takes some turns
a second) there is one ping every two seconds, and the processor time of every turn fills the gap.
"""

import contextlib
import faulthandler
import logging
import re
import tempfile
import threading
import time

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Qt, Signal, Slot

log = logging.getLogger(__name__)

_LIMIT_S = 0.1
_PERIOD_S = 0.05
_QUIET_PERIOD_S = 2.0
_QUIET_TURNS = 40
_MOST_CALLS = 30
_THREAD = re.compile(r"hread 0x([0-9a-f]+) ")
_CALL = re.compile(r' +File "(.*)", line (\d+) in (.*)')


class Watchdog(QObject):
    """Watches the thread that made it, which runs the event loop; `close` ends it.

    The log lines hold code locations, never values.
    """

    # SAFETY: every plain attribute below holds one number or flag and is only ever replaced;
    # a stale one costs a ping that comes a period early or late.
    _ping = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._watched = threading.get_ident()
        self._answered = threading.Event()
        self._busy = threading.Event()
        self._closing = threading.Event()
        self._turns = 0
        self._processor_s = time.thread_time()
        self._is_caught = False
        self._ping.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        if dispatcher := QAbstractEventDispatcher.instance():
            dispatcher.awake.connect(self._turned)
        self._thread = threading.Thread(target=self._watch, name="ui-watchdog", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        self._answered.set()
        self._busy.set()
        self._thread.join()

    @Slot()
    def _answer(self) -> None:
        self._turns -= 1  # the turn that a ping takes is no activity
        self._answered.set()

    @Slot()
    def _turned(self) -> None:
        processor_s = time.thread_time()
        spent_s, self._processor_s = processor_s - self._processor_s, processor_s
        if spent_s > _LIMIT_S and not self._is_caught:
            log.warning("the window was frozen for %.0f ms, out of the blue", spent_s * 1000)
        self._is_caught = False
        self._turns += 1
        if self._turns == _QUIET_TURNS:
            self._busy.set()

    def _watch(self) -> None:
        answered_s = time.monotonic()
        while not self._closing.is_set():
            self._turns = 0
            self._busy.clear()
            if self._busy.wait(_QUIET_PERIOD_S):
                until_s = time.monotonic() + _QUIET_PERIOD_S
                while time.monotonic() < until_s and not self._closing.wait(_PERIOD_S):
                    answered_s = self._time_one_ping(answered_s)
            else:
                answered_s = self._time_one_ping(answered_s)

    def _time_one_ping(self, previous_s: float) -> float:
        """Send one; log if the event loop was busy too long.

        Args:
            previous_s: When the last answer came; the event loop was alive then.

        Returns:
            The same for this answer.
        """
        self._answered.clear()
        sent_s = time.monotonic()
        self._ping.emit()
        stack = ""
        if not self._answered.wait(_LIMIT_S - _PERIOD_S):
            self._is_caught = True
            stack = self._stack()
            while not self._answered.wait(_LIMIT_S) and not self._closing.is_set():
                pass
        now = time.monotonic()
        frozen_s = now - max(previous_s, sent_s - _PERIOD_S)
        if stack and frozen_s > _LIMIT_S and not self._closing.is_set():
            log.warning("the window was frozen for %.0f ms at:\n%s", frozen_s * 1000, stack)
        return now

    def _stack(self) -> str:
        # `sys._current_frames` is not for this: while somebody has a frame, what is in it lives on,
        # and a painter that ended here, off its thread, took the window's device away from another
        # one: a crash in Qt (met in a soak). This makes no frames.
        with contextlib.suppress(OSError), tempfile.TemporaryFile() as file:
            faulthandler.dump_traceback(file, all_threads=True)
            file.seek(0)
            return "\n".join(reversed(_calls(file.read().decode(), self._watched)))
        return ""


def _calls(dump: str, thread: int) -> list[str]:
    """What `faulthandler` says of one thread, the innermost first: file, line, function."""
    found, is_of_it = [], False
    for line in dump.splitlines():
        if head := _THREAD.search(line):
            is_of_it = int(head[1], 16) == thread
        elif is_of_it and (call := _CALL.match(line)):
            found.append("  {}:{} {}".format(*call.groups()))
    return found[:_MOST_CALLS]
