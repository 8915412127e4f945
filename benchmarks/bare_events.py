"""The base of stop: how late an otherwise empty Qt program gets an event from another thread.

Run as a child: every line on stdin posts one event; its lateness is answered as `{"late_ms"}`.
"""

import json
import sys
import threading
import time

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication


class _Receiver(QObject):
    posted = Signal(float)
    ended = Signal()

    def receive(self, posted_s: float) -> None:
        print(json.dumps({"late_ms": (time.perf_counter() - posted_s) * 1000}), flush=True)


def _read(receiver: _Receiver) -> None:
    for _ in sys.stdin:
        receiver.posted.emit(time.perf_counter())
    receiver.ended.emit()  # quit() of another thread holds the interpreter lock and waits for ours


if __name__ == "__main__":
    application = QApplication(["bare", "-platform", "offscreen"])
    receiver = _Receiver()
    receiver.posted.connect(receiver.receive, Qt.ConnectionType.QueuedConnection)
    receiver.ended.connect(application.quit)
    threading.Thread(target=_read, args=[receiver]).start()
    application.exec()
