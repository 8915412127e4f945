"""Earlier questions by Up and Down; nothing that was being written is lost."""

import pytest
from PySide6.QtCore import Qt

from tests.helpers.desk import Desk


@pytest.fixture
def asked(desk):
    """A chat with three questions, one of them asked twice."""
    desk.load()
    for question in ("First", "Second\nwith a line", "Third", "First"):
        desk.ask(question)
        desk.client.finish_answer()
    return desk


def press(desk, qtbot, *keys: str) -> str:
    for key in keys:
        qtbot.keyClick(desk.widget("messageInput"), getattr(Qt.Key, f"Key_{key}"))
    return desk.draft()


def test_up_brings_the_questions_newest_first_each_once(asked, qtbot):
    assert press(asked, qtbot, "Up") == "First"
    assert press(asked, qtbot, "Up") == "Third"
    assert press(asked, qtbot, "Up") == "Second\nwith a line"
    assert press(asked, qtbot, "Up", "Up") == "Second\nwith a line"
    assert press(asked, qtbot, "Down") == "Third"
    assert press(asked, qtbot, "Down", "Down") == ""
    assert press(asked, qtbot, "Down") == ""


def test_what_was_being_written_comes_back(asked, qtbot):
    asked.write("A new one")
    assert press(asked, qtbot, "Up") == "A new one"  # the cursor goes to the beginning first
    assert press(asked, qtbot, "Home", "Up") == "First"
    assert press(asked, qtbot, "Down") == "A new one"


def test_up_inside_of_a_text_moves_the_cursor(asked, qtbot):
    asked.widget("messageInput").insert_text("one\ntwo")
    assert press(asked, qtbot, "Up") == "one\ntwo"
    assert asked.widget("messageInput").textCursor().blockNumber() == 0


def test_what_is_changed_on_the_way_stays_there(asked, qtbot):
    press(asked, qtbot, "Up", "End")
    asked.write(" of all")
    assert press(asked, qtbot, "Down") == ""
    assert press(asked, qtbot, "Up") == "First of all"


def test_a_draft_beside_the_question_that_is_sent_again_stays(asked, qtbot):
    asked.write("Half a thought")
    press(asked, qtbot, "Home", "Up", "Return")
    assert asked.chats.chats[0].messages[-1].text == ""  # the answer to it
    assert asked.chats.chats[0].messages[-2].text == "First"
    assert asked.draft() == "Half a thought"


def test_another_chat_and_back_finds_the_draft_not_the_old_question(asked, qtbot):
    asked.write("Half a thought")
    press(asked, qtbot, "Home", "Up")
    chat_id = asked.chats.chats[0].chat_id
    asked.press("newChatButton")
    assert asked.draft() == ""
    assert press(asked, qtbot, "Up") == ""
    asked.widget("chatPage").open_chat(chat_id)
    assert asked.draft() == "Half a thought"


def test_a_changed_question_and_the_draft_both_outlive_a_visit(asked, qtbot):
    asked.write("Half a thought")
    press(asked, qtbot, "Home", "Up", "End")
    asked.write("!")
    chat_id = asked.chats.chats[0].chat_id
    asked.press("newChatButton")
    asked.widget("chatPage").open_chat(chat_id)
    assert asked.draft() == "Half a thought\n\nFirst!"


@pytest.mark.usefixtures("_dressed")
def test_what_is_kept_for_the_next_start_is_the_draft(qtbot, tmp_path):
    desk = Desk(qtbot, data=tmp_path)
    desk.load()
    desk.ask("Asked")
    desk.wait_for(lambda: len(desk.client.requests) > 1)
    desk.client.finish_answer()
    desk.write("Written")
    press(desk, qtbot, "Home", "Up")
    assert desk.draft() == "Asked"
    desk.window.settle()
    assert desk.chat_library.draft(desk.chats.chats[0].chat_id).text == "Written"


def test_with_shift_the_keys_select(asked, qtbot):
    field = asked.widget("messageInput")
    qtbot.keyClick(field, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert asked.draft() == ""
