"""Commands behind a slash: chosen by letters, arrows or a click, and never in the way of words."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QFileDialog, QMenu

from app.domain.chat import Thinking
from app.ui.chat import slash_desk


@pytest.fixture
def said(monkeypatch) -> list[str]:
    """What a screen reader is told by the list."""
    words: list[str] = []
    monkeypatch.setattr(slash_desk, "announce", lambda source, message: words.append(message))
    return words


def listed(desk) -> list[str]:
    if not desk.seen("slashList"):
        return []
    model = desk.widget("slashEntries").model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def key(desk, qtbot, name: str) -> None:
    qtbot.keyClick(desk.widget("messageInput"), getattr(Qt.Key, f"Key_{name}"))


def current(desk) -> str:
    return desk.widget("slashEntries").current


def test_a_slash_in_the_empty_field_lists_what_can_be_done(desk):
    desk.write("/")
    words = {"/new", "/private", "/fast", "/deep", "/attach", "/model", "/preset", "/prompts"}
    assert words | {"/find", "/search"} <= set(listed(desk))
    assert desk.widget("messageInput").hasFocus()
    first = desk.widget("slashEntries").model().index(0, 0).data()
    assert first == "/attach", "what cannot be done yet comes last"
    assert desk.widget("slashEntries").accessibleName() == "Commands"


def test_accents_need_not_be_typed():
    commands = [slash_desk.Command(word, "", list) for word in ("réglages", "modèle", "new")]
    assert [c.word for c in slash_desk.matching(commands, "Regl")] == ["réglages"]
    assert [c.word for c in slash_desk.matching(commands, "modè")] == ["modèle"]
    assert slash_desk.matching(commands, "?") == []


def test_letters_choose_and_enter_does_it(desk, qtbot):
    desk.ask("Hello")
    desk.write("/pri")
    assert listed(desk)[0] == "/private"
    key(desk, qtbot, "Return")
    assert desk.draft() == ""
    assert desk.seen("slashList") == []
    assert desk.chats.chats[0].is_private


def test_words_of_the_label_are_found_too(desk):
    desk.write("/saved")
    assert listed(desk) == ["/prompts"]


@pytest.mark.parametrize("taking", ["Return", "Tab"])
def test_arrows_go_through_the_list(desk, qtbot, said, taking):
    desk.load(thinking=Thinking.SWITCH)
    desk.write("/")
    assert current(desk) == "fast"
    assert said[-1].endswith("commands. fast, Answer at once")
    key(desk, qtbot, "Down")
    assert said[-1] == "deep, Think before answering"
    key(desk, qtbot, taking)
    assert desk.widget("effortSwitch").effort == "deep"
    assert desk.draft() == ""
    assert desk.widget("messageInput").hasFocus()


def test_what_cannot_be_done_says_why_and_does_nothing(desk, qtbot, said):
    desk.load(thinking=Thinking.NEVER)
    desk.write("/deep")
    row = desk.widget("slashEntries").model().index(0, 0)
    why = desk.widget("effortSwitch").toolTip()
    assert row.data(Qt.ItemDataRole.AccessibleTextRole) == f"/deep, {why}"
    key(desk, qtbot, "Return")
    assert said[-1] == why
    assert desk.draft() == "/deep"


def test_a_click_chooses(desk, qtbot):
    desk.write("/att")
    view = desk.widget("slashEntries")
    place = view.visualRect(view.model().index(0, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    (dialog,) = desk.window.findChildren(QFileDialog, "attachDialog")
    dialog.reject()
    assert desk.draft() == ""


def test_escape_closes_the_list_and_stops_no_answer(desk, qtbot):
    desk.load()
    desk.ask("Hello")
    desk.write("/fa")
    key(desk, qtbot, "Escape")
    assert desk.seen("slashList") == []
    assert desk.draft() == "/fa"
    assert desk.client.cancelled == []
    desk.write("st")
    assert desk.seen("slashList") == []


def test_two_slashes_are_one_that_is_sent(desk, qtbot):
    desk.load()
    desk.write("//new")
    assert desk.seen("slashList") == []
    key(desk, qtbot, "Return")
    assert desk.chats.chats[0].messages[0].text == "/new"


@pytest.mark.parametrize("text", ["/ new", "/etc/fstab", "a/new"])
def test_what_is_no_command_is_sent_as_it_is(desk, qtbot, text):
    desk.load()
    desk.write(text)
    assert desk.seen("slashList") == []
    key(desk, qtbot, "Return")
    assert desk.chats.chats[0].messages[0].text == text


def test_letters_taken_back_list_again(desk, qtbot):
    desk.write("/fax")
    assert listed(desk) == []
    key(desk, qtbot, "Backspace")
    assert listed(desk)[0] == "/fast"
    key(desk, qtbot, "Backspace")
    key(desk, qtbot, "Backspace")
    key(desk, qtbot, "Backspace")
    assert desk.seen("slashList") == []


def test_the_list_stays_when_the_window_becomes_active(desk, qtbot):
    field = desk.widget("messageInput")
    desk.widget("newChatButton").setFocus()
    qtbot.keyClicks(field, "/")
    assert field.hasFocus()
    assert desk.seen("slashList")
    desk.widget("sendButton").setFocus()
    assert desk.seen("slashList") == []


def test_a_path_that_is_pasted_opens_nothing(desk):
    desk.widget("messageInput").insertPlainText("/new")
    assert desk.seen("slashList") == []


def test_the_models_open_as_by_their_button(desk, qtbot):
    desk.write("/model")
    key(desk, qtbot, "Return")
    menu = desk.widget("modelPicker").menu()
    assert isinstance(menu, QMenu)
    assert menu.isVisible()
    menu.close()


def test_a_narrow_window_has_room_for_the_list(desk):
    desk.window.resize(480, 420)
    desk.write("/")
    (panel,) = desk.seen("slashList")
    assert desk.window.rect().contains(panel.geometry())


def test_a_screen_reader_finds_the_rows(desk):
    desk.write("/")
    interface = QAccessible.queryAccessibleInterface(desk.widget("slashEntries"))
    assert interface.child(0).text(QAccessible.Text.Name) == "/attach, Attach files"
