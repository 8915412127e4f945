"""The small window above all others: a question, its answer, and nothing left of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from app.domain.errors import EngineCrashed
from app.engine.protocol import Generate
from tests.helpers.presence_desk import PresenceDesk


@pytest.fixture
def quick(qtbot, _dressed, tmp_path) -> PresenceDesk:
    desk = PresenceDesk(qtbot, tmp_path)
    desk.quick.ask_here()
    qtbot.waitExposed(desk.quick)
    return desk


def ask(desk: PresenceDesk, text: str) -> None:
    desk.qtbot.keyClicks(desk.part("quickInput"), text)
    desk.qtbot.keyClick(desk.part("quickInput"), Qt.Key.Key_Return)


def answer(desk: PresenceDesk, text: str) -> None:
    if not desk.engine.state.loaded:
        desk.client.finish_load()
    desk.client.write(text)


def shown(desk: PresenceDesk) -> str:
    return desk.part("quickAnswer").toPlainText()


def test_it_asks_and_shows_the_answer_while_it_is_written(quick):
    assert quick.part("quickInput").hasFocus()
    assert not quick.part("quickAnswerPane").isVisible()
    ask(quick, "Why is the sky blue?")
    assert "Loading" in quick.part("quickStatus").text()
    answer(quick, "Because of **Rayleigh**")
    assert shown(quick) == "Because of Rayleigh"
    answer(quick, " scattering.")
    assert quick.part("quickStopButton").isVisible()
    quick.client.finish_answer(tokens=9)
    assert shown(quick) == "Because of Rayleigh scattering."
    assert "9 tokens" in quick.part("quickStatus").text()
    assert not quick.part("quickStopButton").isVisible()


def test_it_disturbs_neither_the_open_chat_nor_its_draft(quick):
    quick.write("A draft")
    ask(quick, "Hi")
    answer(quick, "Hello")
    quick.client.finish_answer()
    assert quick.words() == []
    assert quick.draft() == "A draft"


def test_questions_follow_one_another(quick):
    ask(quick, "Hi")
    answer(quick, "Hello")
    quick.client.finish_answer()
    ask(quick, "Again")  # takes the place of the first: it is selected
    answer(quick, "Once more")
    assert shown(quick) == "Once more"
    (chat,) = [c for c in quick.chats.chats if c.messages]
    assert [m.text for m in chat.messages] == ["Hi", "Hello", "Again", "Once more"]
    assert chat.is_private


def test_a_second_question_waits_for_the_first(quick):
    ask(quick, "Hi")
    answer(quick, "Hel")
    quick.qtbot.keyClick(quick.part("quickInput"), Qt.Key.Key_Return)
    assert sum(isinstance(r, Generate) for r in quick.client.requests) == 1
    quick.part("quickStopButton").click()
    quick.client.finish_answer()
    quick.qtbot.keyClick(quick.part("quickInput"), Qt.Key.Key_Return)
    assert sum(isinstance(r, Generate) for r in quick.client.requests) == 2


def test_escape_leaves_nothing(quick):
    ask(quick, "Hi")
    answer(quick, "Hello")
    quick.client.finish_answer()
    quick.qtbot.keyClick(quick.part("quickInput"), Qt.Key.Key_Escape)
    assert not quick.quick.isVisible()
    assert [c for c in quick.chats.chats if c.messages] == []
    assert quick.window.isVisible()
    quick.quick.ask_here()
    assert shown(quick) == ""
    assert quick.part("quickInput").text() == ""


def test_escape_ends_an_answer_first(quick):
    ask(quick, "Hi")
    answer(quick, "Hel")
    quick.qtbot.keyClick(quick.part("quickInput"), Qt.Key.Key_Escape)
    assert quick.client.cancelled
    quick.client.finish_answer()
    assert [c for c in quick.chats.chats if c.messages] == []


def test_it_goes_on_in_the_window(quick):
    ask(quick, "Hi")
    answer(quick, "Hello")
    quick.part("quickOpenButton").click()
    assert not quick.quick.isVisible()
    answer(quick, " there")
    quick.client.finish_answer()
    assert [words for _, words in quick.words()] == ["Hi", "Hello there"]
    quick.wait_for(quick.widget("messageInput").hasFocus)


def test_an_error_is_a_sentence_in_it(quick):
    ask(quick, "Hi")
    quick.client.finish_load()
    error = EngineCrashed(reason="signal 11")
    quick.client.end(quick.client.open_id(Generate), error)
    assert quick.part("quickStatus").text() == str(error)


def test_a_long_answer_is_scrolled_from_the_question(quick):
    ask(quick, "Hi")
    answer(quick, "A line.\n\n" * 80)
    quick.client.finish_answer()
    bar = quick.part("quickAnswerPane").verticalScrollBar()
    assert bar.value() == bar.maximum() > 0, "it follows"
    quick.qtbot.keyClick(quick.part("quickInput"), Qt.Key.Key_PageUp)
    assert bar.value() == bar.maximum() - bar.pageStep()
    quick.qtbot.keyClick(quick.part("quickInput"), Qt.Key.Key_PageDown)
    assert bar.value() == bar.maximum()


def test_a_chat_that_is_deleted_in_the_window_is_gone_here(quick):
    ask(quick, "Hi")
    answer(quick, "Hello")
    quick.client.finish_answer()
    (chat,) = [c for c in quick.chats.chats if c.messages]
    quick.chat_library.delete([chat])
    assert shown(quick) == ""
    ask(quick, "Again")
    assert quick.quick.chat_id != chat.chat_id


def test_nothing_is_asked_by_an_empty_line(quick):
    ask(quick, "   ")
    assert not any(isinstance(r, Generate) for r in quick.client.requests)
    assert not quick.part("quickAnswerPane").isVisible()


def test_everything_in_it_has_a_name(quick):
    ask(quick, "Hi")
    for name in ("quickInput", "quickAnswer", "quickStopButton", "quickOpenButton"):
        part = quick.quick.findChild(QWidget, name)
        assert QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name), name
