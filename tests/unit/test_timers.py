import queue
import threading

import pytest

from app.pipe.timers import Timers


@pytest.fixture
def timers():
    timers = Timers("test-timers")
    yield timers
    timers.close()


def test_deadlines_come_in_order_and_once(timers):
    rung = queue.SimpleQueue()
    timers.set("late", 0.05, lambda: rung.put("late"))
    timers.set("soon", 0.0, lambda: rung.put("soon"))
    assert [rung.get(timeout=5), rung.get(timeout=5)] == ["soon", "late"]
    assert rung.empty()


def test_setting_again_replaces_and_clearing_forgets(timers):
    rung = queue.SimpleQueue()
    timers.set("a", 0.01, lambda: rung.put("first"))
    timers.set("a", 0.02, lambda: rung.put("second"))
    timers.set("b", 0.015, lambda: rung.put("never"))
    timers.clear("b")
    timers.set("end", 0.05, lambda: rung.put("end"))
    assert [rung.get(timeout=5), rung.get(timeout=5)] == ["second", "end"]


def test_closing_ends_the_thread():
    timers = Timers("closing-timers")
    timers.set("never", 60, lambda: None)
    (thread,) = [t for t in threading.enumerate() if t.name == "closing-timers"]
    timers.close()
    thread.join(5)
    assert not thread.is_alive()
