"""Saved prompts: found by typing, inserted by Enter, kept from the draft."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QMenu, QPlainTextEdit

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def shelf(desk):
    desk.prompts.add("Minutes", "Make minutes of these notes:")
    desk.prompts.add("Letter", "Write a letter to the town hall.")
    desk.prompts.add("Reminder", "Write a friendly letter.\n\nThree lengths.")
    return desk


def open_list(desk, qtbot) -> None:
    qtbot.keyClick(desk.widget("messageInput"), Qt.Key.Key_P, CONTROL_SHIFT)
    assert desk.seen("promptList")
    desk.wait_for(lambda: desk.window.focusWidget() is not desk.widget("messageInput"))


def names(desk) -> list[str]:
    view = desk.widget("promptEntries")
    model = view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def row_place(desk, row: int, *, at_end: bool = False) -> QPoint:
    view = desk.widget("promptEntries")
    place = view.visualRect(view.model().index(row, 0))
    return QPoint(place.right() - 12, place.center().y()) if at_end else place.center()


def dialog(desk, title: str):
    (found,) = desk.seen("promptDialog")
    assert found.windowTitle() == title
    name = found.findChild(QLineEdit, "promptNameField")
    text = found.findChild(QPlainTextEdit, "promptTextField")
    desk.wait_for(name.hasFocus)
    return found, name, text


def test_the_button_teaches_its_key(desk):
    assert desk.widget("promptsButton").toolTip() == "Saved prompts (Ctrl+Shift+P)"


def test_enter_inserts_at_the_cursor_what_was_typed_for(shelf, qtbot):
    shelf.write("Before  after")
    field = shelf.widget("messageInput")
    for _ in range(6):
        qtbot.keyClick(field, Qt.Key.Key_Left)
    open_list(shelf, qtbot)
    search = shelf.widget("promptSearch")
    assert search.hasFocus()
    assert names(shelf) == ["Reminder", "Letter", "Minutes"]
    qtbot.keyClicks(search, "letter")
    assert names(shelf) == ["Letter", "Reminder"], "names before words"
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert shelf.draft() == "Before Write a letter to the town hall. after"
    assert shelf.seen("promptList") == []
    assert field.hasFocus()
    field.undo()
    assert shelf.draft() == "Before  after"


def test_the_arrows_move_while_one_types(shelf, qtbot):
    open_list(shelf, qtbot)
    search = shelf.widget("promptSearch")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        qtbot.keyClick(search, key)
    qtbot.keyClick(search, Qt.Key.Key_Enter)
    assert shelf.draft() == "Write a letter to the town hall."


def test_a_click_inserts(shelf, qtbot):
    shelf.press("promptsButton")
    view = shelf.widget("promptEntries")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row_place(shelf, 2))
    assert shelf.draft() == "Make minutes of these notes:"


def test_it_opens_afresh_every_time(shelf, qtbot):
    open_list(shelf, qtbot)
    qtbot.keyClicks(shelf.widget("promptSearch"), "nothing of the kind")
    assert shelf.widget("noPrompts").text() == "No prompt has these words."
    assert not shelf.widget("promptEntries").isVisible()
    qtbot.keyClick(shelf.widget("promptSearch"), Qt.Key.Key_Return)
    assert shelf.draft() == ""
    qtbot.keyClick(shelf.widget("promptSearch"), Qt.Key.Key_Escape)  # empties the field
    qtbot.keyClick(shelf.widget("promptSearch"), Qt.Key.Key_Escape)
    assert shelf.seen("promptList") == []
    open_list(shelf, qtbot)
    assert shelf.widget("promptSearch").text() == ""
    assert len(names(shelf)) == 3


def test_without_prompts_it_says_what_they_are_for(desk, qtbot):
    open_list(desk, qtbot)
    assert "again and again" in desk.widget("noPrompts").text()
    assert not desk.widget("promptSearch").isVisible()
    assert desk.widget("newPromptButton").text() == "New prompt…"
    assert desk.widget("newPromptButton").hasFocus()


def test_the_draft_becomes_a_prompt(desk, qtbot):
    desk.write("Explain this to a child:")
    open_list(desk, qtbot)
    assert desk.widget("newPromptButton").text() == "Save the draft as a prompt…"
    desk.press("newPromptButton")
    found, name, text = dialog(desk, "New prompt")
    assert name.text() == text.toPlainText() == "Explain this to a child:"
    qtbot.keyClicks(name, "For children")  # all of the suggestion is chosen
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert not found.isVisible()
    (prompt,) = desk.prompts.all
    assert (prompt.name, prompt.text) == ("For children", "Explain this to a child:")
    assert desk.draft() == "Explain this to a child:", "the draft stays"
    assert desk.window.focusWidget() is desk.widget("messageInput")


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("", "Words", "It needs a name."),
        ("\u202e\u200b", "Words", "It needs a name."),
        ("letter", "Words", "There is a prompt “Letter” already. Choose another name."),
        ("New", " \n", "A prompt needs some words."),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(shelf, qtbot, name, text, sentence):
    open_list(shelf, qtbot)
    shelf.press("newPromptButton")
    found, name_field, text_field = dialog(shelf, "New prompt")
    name_field.setText(name)
    text_field.setPlainText(text)
    found.findChild(type(shelf.widget("saveButton")), "saveButton").click()
    assert found.isVisible()
    assert shelf.widget("formProblem").text() == sentence
    assert len(shelf.prompts.all) == 3


def test_f2_edits(shelf, qtbot):
    open_list(shelf, qtbot)
    qtbot.keyClick(shelf.widget("promptSearch"), Qt.Key.Key_F2)
    _, name, text = dialog(shelf, "Edit the prompt")
    assert name.text() == "Reminder"
    text.setPlainText("Other words")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert shelf.prompts.find("reminder")[0].text == "Other words"
    assert [p.name for p in shelf.prompts.all] == ["Reminder", "Letter", "Minutes"]


def test_delete_has_undo(shelf, qtbot):
    open_list(shelf, qtbot)
    view = shelf.widget("promptEntries")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert names(shelf) == ["Reminder", "Minutes"]
    assert view.currentIndex().data() == "Minutes"
    assert shelf.widget("promptDeleted").text() == "“Letter” was deleted."
    shelf.press("promptDeletedButton")
    assert names(shelf) == ["Reminder", "Letter", "Minutes"]


def test_the_dots_of_a_row_open_its_menu(shelf, qtbot):
    shelf.press("promptsButton")
    view = shelf.widget("promptEntries")
    place = row_place(shelf, 1, at_end=True)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    (menu,) = [m for m in shelf.window.findChildren(QMenu, "promptMenu") if m.isVisible()]
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == ["Insert", "Edit…", "Delete"]
    actions["Delete"].trigger()
    menu.close()
    assert names(shelf) == ["Reminder", "Minutes"]
    assert shelf.draft() == ""
    assert shelf.seen("promptList"), "a menu is no press elsewhere"


def test_the_key_leads_to_the_chat_from_everywhere(shelf, qtbot):
    shelf.press("sidebarButton")
    qtbot.keyClick(shelf.window, Qt.Key.Key_P, CONTROL_SHIFT)
    assert shelf.seen("promptList")


def test_hostile_prompts_are_text(desk, qtbot):
    desk.prompts.add("<b>bold</b> \u202eevil" + "x" * 300, "<img src=x>\n" + "y" * 5000)
    open_list(desk, qtbot)
    (name,) = names(desk)
    assert name.startswith("<b>bold</b> evil")
    qtbot.keyClick(desk.widget("promptSearch"), Qt.Key.Key_Return)
    assert desk.draft().startswith("<img src=x>\nyyy")


@pytest.mark.parametrize("size", [(480, 420), (520, 640)])
def test_it_fits_a_small_window(shelf, size):
    shelf.window.resize(*size)
    for number in range(20):
        shelf.prompts.add(f"Prompt {number}", "words")
    shelf.press("promptsButton")
    panel = shelf.widget("promptList")
    shelf.wait_for(lambda: shelf.window.rect().contains(panel.geometry()))
