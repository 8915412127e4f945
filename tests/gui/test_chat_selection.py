"""Selecting over several messages: with the mouse, by message, or the whole chat."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.engine.protocol import Generate
from tests.helpers.long_talk import LongTalk, long_messages

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
NO_BUTTON, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton


@pytest.fixture
def talk(desk):
    """Two questions and their answers."""
    desk.load()
    for question, asked in (("First question", "An **answer** here"), ("Second one", "`Done`")):
        desk.ask(question)
        desk.client.write(asked)
        desk.client.finish_answer()
    return desk


def mouse(widget: QWidget, kind: QEvent.Type, at: QPoint, held=LEFT) -> None:
    """Send what the system would: all of a drag goes to the widget where it began."""
    button = NO_BUTTON if kind == QEvent.Type.MouseMove else LEFT
    place = widget.mapToGlobal(at)
    event = QMouseEvent(
        kind, QPointF(at), QPointF(place), button, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)


def drag(begin: QWidget, at: QPoint, end: QWidget, to: QPoint) -> None:
    """Press in one widget and let go in another."""
    mouse(begin, QEvent.Type.MouseButtonPress, at)
    there = begin.mapFromGlobal(end.mapToGlobal(to))
    mouse(begin, QEvent.Type.MouseMove, (at + there) / 2)
    mouse(begin, QEvent.Type.MouseMove, there)
    mouse(begin, QEvent.Type.MouseButtonRelease, there, NO_BUTTON)


def place_in(text, position: int) -> QPoint:
    """Where a character is in the viewport of a text."""
    cursor = text.textCursor()
    cursor.setPosition(position)
    return text.cursorRect(cursor).center()


def selected(desk) -> list[str]:
    return [text.textCursor().selectedText() for text in desk.texts()]


def copied() -> str:
    return QGuiApplication.clipboard().text()


def press(desk, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    desk.qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


def across(desk) -> None:
    """Drag from the middle of the first question into the last answer."""
    texts = desk.texts()
    texts[0].setFocus()
    begin, end = texts[0].viewport(), texts[-1].viewport()
    drag(begin, place_in(texts[0], 6), end, place_in(texts[-1], 2))


def test_a_drag_into_another_message_selects_all_between(talk):
    across(talk)
    assert selected(talk) == ["question", "An answer here", "Second one", "Do"]


def test_a_drag_upwards_does_the_same(talk):
    texts = talk.texts()
    drag(texts[2].viewport(), place_in(texts[2], 6), texts[1].viewport(), place_in(texts[1], 3))
    assert selected(talk) == ["", "answer here", "Second", ""]


def test_a_drag_that_comes_back_is_of_one_message_again(talk):
    first, second = (text.viewport() for text in talk.texts()[:2])
    mouse(first, QEvent.Type.MouseButtonPress, place_in(talk.texts()[0], 0))
    there = first.mapFromGlobal(second.mapToGlobal(QPoint(5, 5)))
    mouse(first, QEvent.Type.MouseMove, there)
    assert selected(talk)[0] == "First question"
    back = place_in(talk.texts()[0], 5)
    mouse(first, QEvent.Type.MouseMove, back)
    mouse(first, QEvent.Type.MouseButtonRelease, back, NO_BUTTON)
    assert selected(talk) == ["First", "", "", ""]
    talk.texts()[0].setFocus()
    press(talk, Qt.Key.Key_C, CONTROL)
    assert copied() == "First"


def test_a_drag_may_begin_beside_the_words(talk):
    column, texts = talk.widget("transcript").viewport(), talk.texts()
    drag(column, QPoint(2, 2), texts[1].viewport(), place_in(texts[1], 2))
    assert selected(talk) == ["First question", "An", "", ""]


def test_words_are_copied_without_marks_and_markdown_with_who_said_it(talk):
    across(talk)
    press(talk, Qt.Key.Key_C, CONTROL)
    talk.wait_for(lambda: copied() == "question\n\nAn answer here\n\nSecond one\n\nDo")
    press(talk, Qt.Key.Key_C, CONTROL | SHIFT)
    assert copied() == (
        "**You**\n\nquestion\n\n**SmolLM2 135M**\n\nAn **answer** here\n\n"
        "**You**\n\nSecond one\n\n**SmolLM2 135M**\n\n`Done`"
    )


@pytest.mark.parametrize("way", ["escape", "click", "arrow"])
def test_it_ends(talk, way):
    across(talk)
    match way:
        case "escape":
            press(talk, Qt.Key.Key_Escape)
        case "arrow":
            press(talk, Qt.Key.Key_Right)
        case "click":
            talk.qtbot.mouseClick(talk.texts()[1].viewport(), LEFT)
    assert selected(talk) == ["", "", "", ""]


def test_escape_ends_what_is_selected_before_it_stops_an_answer(talk):
    talk.ask("Third")
    talk.client.write("Words that come")
    across(talk)
    press(talk, Qt.Key.Key_Escape)
    assert not any(selected(talk))
    assert talk.client.is_open(Generate)
    talk.client.write(" and go on")
    talk.client.finish_answer()
    assert talk.texts()[-1].toPlainText() == "Words that come and go on"


def test_one_selection_at_a_time(talk):
    texts = talk.texts()
    for text in texts[:2]:
        drag(text.viewport(), place_in(text, 0), text.viewport(), place_in(text, 4))
    assert selected(talk) == ["", "An a", "", ""]


def test_by_message_with_the_keyboard(talk):
    talk.texts()[1].setFocus()
    press(talk, Qt.Key.Key_Down, ALT | SHIFT)
    assert selected(talk) == ["", "An answer here", "", ""]
    press(talk, Qt.Key.Key_Down, ALT | SHIFT)
    assert selected(talk) == ["", "An answer here", "Second one", ""]
    press(talk, Qt.Key.Key_Up, ALT | SHIFT)
    press(talk, Qt.Key.Key_Up, ALT | SHIFT)
    assert selected(talk) == ["First question", "An answer here", "", ""]


def test_words_that_stream_in_join_a_selection_of_the_whole_chat(talk):
    talk.ask("Third")
    talk.client.write("Words")
    talk.texts()[0].setFocus()
    press(talk, Qt.Key.Key_A, CONTROL)
    talk.client.write(" and more")
    talk.wait_for(lambda: talk.texts()[-1].toPlainText() == "Words and more")
    assert selected(talk)[-1] == "Words and more"
    press(talk, Qt.Key.Key_C, CONTROL)
    talk.wait_for(lambda: copied().endswith("Third\n\nWords and more"))


def test_the_whole_of_a_long_chat_is_copied(desk):
    long = LongTalk(desk, long_messages(120))
    long.view(120).text.setFocus()
    press(desk, Qt.Key.Key_A, CONTROL)
    press(desk, Qt.Key.Key_C, CONTROL)
    desk.wait_for(lambda: copied().startswith("Question 1?\n\nNumber 2."))
    assert copied().count("Question") == 60
    assert "- b" not in copied()
    assert "• b" in copied()
    press(desk, Qt.Key.Key_C, CONTROL | SHIFT)
    assert copied().count("**You**") == copied().count("**m**") == 60
    long.bar.setValue(0)
    long.rest()
    assert long.view(1).text.textCursor().selectedText() == "Question 1?"
    assert len(long.views()) < 60


def test_the_mouse_beyond_the_edge_scrolls(desk):
    long = LongTalk(desk, long_messages(60))
    long.rest()
    text, before = long.view(60).text, long.bar.value()
    viewport = text.viewport()
    mouse(viewport, QEvent.Type.MouseButtonPress, QPoint(3, 3))
    above = viewport.mapFromGlobal(long.column.viewport().mapToGlobal(QPoint(10, -80)))
    mouse(viewport, QEvent.Type.MouseMove, above)
    desk.wait_for(lambda: long.bar.value() < before - 1500)
    mouse(viewport, QEvent.Type.MouseButtonRelease, above, NO_BUTTON)
    assert not long.column._drag._timer.isActive()
    long.rest()
    first = next(iter(long.seen()))
    assert first <= 50
    desk.qtbot.keyClick(text, Qt.Key.Key_C, CONTROL | SHIFT)
    assert copied().count("**m**") >= (60 - first) // 2


def test_the_menu_acts_on_all_that_is_selected(talk):
    across(talk)
    text = talk.texts()[1]
    where = QPoint(4, 4)
    QApplication.sendEvent(
        text.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, text.mapToGlobal(where)),
    )
    (menu,) = talk.widget("transcript").findChildren(QMenu, "transcriptMenu")
    actions = {action.text(): action for action in menu.findChildren(QAction)}
    actions["Copy as Markdown"].trigger()
    assert copied().startswith("**You**\n\nquestion")
    actions["Select the whole chat"].trigger()
    assert selected(talk)[0] == "First question"
    menu.close()
