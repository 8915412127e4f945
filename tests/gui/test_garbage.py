"""When widgets that nobody needs may die."""

import gc
import threading

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.garbage import Garbage


class Island(QWidget):
    """A widget in a cycle: only a collection can free it."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def islands() -> int:
    return sum(isinstance(widget, Island) for widget in QApplication.allWidgets())


class Busy(QWidget):
    """Allocates enough to set off a collection while Qt goes through its list of widgets."""

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Allocate."""
        self.made = [[] for _ in range(2 * gc.get_threshold()[0])]
        super().changeEvent(event)


@pytest.fixture
def garbage(qapp):
    gc.collect()
    keeper = Garbage(qapp)
    yield keeper
    shiboken6.delete(keeper)
    gc.unfreeze()


def test_no_widget_dies_while_qt_tells_all_of_a_style(qtbot, qapp, garbage):
    busy = Busy()
    qtbot.addWidget(busy)
    for _ in range(100):
        Island()
    busy.show()
    qapp.setStyleSheet(qapp.styleSheet() + " ")
    assert islands() == 100
    qtbot.waitUntil(lambda: islands() == 0)


def test_another_thread_never_collects(qtbot, garbage):
    Island()
    keep = []
    thread = threading.Thread(target=lambda: keep.extend([] for _ in range(100_000)))
    thread.start()
    thread.join()
    assert islands() == 1
    qtbot.waitUntil(lambda: islands() == 0)


def test_what_survived_is_not_looked_at_again_until_somebody_rests(qtbot, garbage):
    kept = [Island()]
    while gc.get_count()[2] <= gc.get_threshold()[2]:
        gc.collect(1)
    qtbot.waitUntil(lambda: gc.get_count()[2] == 0)
    kept.clear()
    gc.collect()
    assert islands() == 1
    garbage.take_all()
    qtbot.waitUntil(lambda: islands() == 0)
