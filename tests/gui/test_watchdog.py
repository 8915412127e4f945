"""A frozen window is noticed, with the place in the code."""

import contextlib
import linecache
import threading
import time
from collections.abc import Iterator

from PySide6.QtCore import QTimer

from app.ui.watchdog import Watchdog


def freeze_the_window(seconds: float) -> None:
    # Freezing on purpose is what this test is about; it waits for nothing.
    threading.Event().wait(seconds)


@contextlib.contextmanager
def watched(qtbot) -> Iterator[None]:
    """While things happen, the watchdog looks twenty times a second."""
    busy = QTimer(interval=10)
    turns = []
    busy.timeout.connect(lambda: turns.append(0))
    busy.start()
    watchdog = Watchdog()
    qtbot.waitUntil(lambda: len(turns) > 20)
    yield
    watchdog.close()
    busy.stop()


def test_a_freeze_is_logged_with_its_stack(qtbot, caplog):
    with watched(qtbot):
        caplog.clear()
        QTimer.singleShot(0, lambda: freeze_the_window(0.3))
        qtbot.waitUntil(lambda: "freeze_the_window" in caplog.text)
    assert "frozen for" in caplog.text
    assert "test_watchdog.py" in caplog.text
    caplog.clear()


def test_what_a_frozen_turn_held_dies_with_it_and_on_its_thread(qtbot, caplog, monkeypatch):
    """A painter that the watchdog kept alive ended on its thread: the window crashed."""
    has_returned, died_on = threading.Event(), []

    class Painter:
        def __del__(self) -> None:
            died_on.append(threading.get_ident())

    def paint() -> None:
        painter = Painter()
        freeze_the_window(0.3)
        assert painter

    def turn() -> None:
        paint()
        has_returned.set()

    # Where the library stops to look at files, if it is asked to: the frames are held there.
    monkeypatch.setattr(linecache, "checkcache", lambda *_: has_returned.wait(5))
    with watched(qtbot):
        caplog.clear()
        QTimer.singleShot(0, turn)
        qtbot.waitUntil(lambda: "paint" in caplog.text and bool(died_on))
    assert died_on == [threading.get_ident()]
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
