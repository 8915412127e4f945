"""What comes at a bad moment: another theme in the middle of an answer, a large paste, no room."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtWidgets import QWidget

from tests.helpers.desk import Desk
from tests.helpers.rich_answers import RICH

LEAST_WINDOW_PX = 300
DRAWN, FORMULAS = "\ufffc", 2


@pytest.fixture
def light(qapp):
    """Whatever the test does, the next one is in the light again."""
    yield qapp.styleHints().colorSchemeChanged
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)


def answer(desk: Desk) -> str:
    """What the model says, as it is on the screen now."""
    return next(words for who, words in desk.words() if who != "You")


def stream(desk: Desk, change=lambda: None) -> str:
    """Have a long answer written, with something in the middle of it."""
    desk.load()
    desk.ask("Tell me all")
    half = RICH.index("    def add")
    desk.client.write(RICH[:half])
    desk.wait_for(lambda: "Reading the wind" in answer(desk))
    change()
    desk.client.write(RICH[half:])
    desk.client.finish_answer()
    desk.wait_for(lambda: "Nothing of this was loaded" in answer(desk))
    desk.wait_for(lambda: answer(desk).count(DRAWN) == FORMULAS)
    return answer(desk)


def test_a_theme_that_changes_while_an_answer_is_written_changes_no_word(desk, qtbot, light):
    expected = stream(Desk(qtbot))
    assert stream(desk, lambda: light.emit(Qt.ColorScheme.Dark)) == expected


def test_a_paste_of_10_mb_is_refused_or_attached_and_never_written(desk):
    data = QMimeData()
    data.setText("word " * 2_000_000)
    desk.widget("messageInput").insertFromMimeData(data)
    assert len(desk.draft()) < 200_000
    assert desk.seen("errorBanner") or desk.seen("attachmentChip")


def test_a_window_that_is_dragged_to_300_px_has_everything_to_write_and_send(desk):
    desk.load()
    desk.window.setMinimumSize(0, 0)  # tiling window managers ask nobody
    desk.window.resize(LEAST_WINDOW_PX, LEAST_WINDOW_PX)
    desk.wait_for(lambda: desk.seen("sidebar") == [])
    for name in ("messageInput", "sendButton", "stopButton"):
        widget = desk.widget(name)
        corner = widget.mapTo(desk.window, QPoint(widget.width(), widget.height()))
        assert is_inside(desk.window, corner), name
    desk.ask("Still here?")
    desk.client.write("Yes.")
    desk.wait_for(lambda: answer(desk) == "Yes.")


def is_inside(window: QWidget, corner: QPoint) -> bool:
    return corner.x() <= window.width() and corner.y() <= window.height()
