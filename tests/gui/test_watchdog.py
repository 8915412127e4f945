"""A frozen window is noticed, with the place in the code."""

import threading
import time

from PySide6.QtCore import QTimer

from app.ui.watchdog import Watchdog


def freeze_the_window(seconds: float) -> None:
    # Freezing on purpose is what this test is about; it waits for nothing.
    threading.Event().wait(seconds)


def test_a_freeze_is_logged_with_its_stack(qtbot, caplog):
    busy = QTimer(interval=10)
    turns = []
    busy.timeout.connect(lambda: turns.append(0))
    busy.start()
    watchdog = Watchdog()
    qtbot.waitUntil(lambda: len(turns) > 20)
    caplog.clear()
    QTimer.singleShot(0, lambda: freeze_the_window(0.3))
    qtbot.waitUntil(lambda: "freeze_the_window" in caplog.text)
    watchdog.close()
    busy.stop()
    assert "frozen for" in caplog.text
    assert "test_watchdog.py" in caplog.text
    caplog.clear()


def test_work_out_of_the_blue_is_logged(qtbot, caplog):
    watchdog = Watchdog()

    def work() -> None:
        end_s = time.thread_time() + 0.15
        while time.thread_time() < end_s:
            pass

    QTimer.singleShot(0, work)
    qtbot.waitUntil(lambda: "frozen for" in caplog.text)
    watchdog.close()
    caplog.clear()
