"""Variants on the screen: ‹ 2/3 ›, editing, continuing, comparing, deleting."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QMenu, QPlainTextEdit, QPushButton

from app.domain.chat import FinishReason, Thinking
from app.engine.protocol import Generate
from app.ui.chat.compare_dialog import CompareDialog
from app.ui.chat.message_text import MessageText


def answered(desk, question, answer, **how):
    desk.ask(question)
    desk.client.write(answer)
    desk.client.finish_answer(**how)


def said(desk):
    return [words for _, words in desk.words()]


def choose(menu: QMenu, label: str) -> None:
    (action,) = [a for a in menu.findChildren(QAction) if a.text() == label]
    action.trigger()


def again(desk, place=-1):
    """Have the answer at that place given once more, from its menu."""
    more = desk.seen("moreButton")[place]
    choose(more.filled_menu(), "Answer again")


@pytest.fixture
def talk(desk):
    desk.load()
    answered(desk, "Why?", "Because.")
    return desk


@pytest.fixture
def two(talk):
    again(talk)
    talk.client.write("For a reason.")
    talk.client.finish_answer()
    return talk


def test_one_step_leads_from_variant_to_variant(two):
    assert said(two) == ["Why?", "For a reason."]
    (count,) = two.seen("variantMenuButton")
    assert (count.text(), count.accessibleName()) == ("2/2", "Variant 2 of 2")
    (forward,) = two.seen("nextVariantButton")
    assert not forward.isEnabled()
    two.press("previousVariantButton")
    assert said(two) == ["Why?", "Because."]
    assert two.seen("variantMenuButton")[0].text() == "1/2"
    two.press("nextVariantButton")
    assert said(two) == ["Why?", "For a reason."]


def test_one_answer_alone_has_no_variants_to_show(talk):
    assert talk.seen("variantMenuButton") == []


def test_a_question_is_edited_in_its_place(talk):
    talk.press("editButton")
    (field,) = talk.seen("messageEditorInput")
    assert field.hasFocus()
    assert field.toPlainText() == "Why?"
    talk.qtbot.keyClicks(field, "Why not?")  # all of it was selected
    talk.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert talk.client.requests[-1].conversation.messages[-1].text == "Why not?"
    talk.client.write("Hm.")
    talk.client.finish_answer()
    assert said(talk) == ["Why not?", "Hm."]
    talk.press("previousVariantButton")
    assert said(talk) == ["Why?", "Because."]


def test_escape_leaves_a_question_as_it_was(talk):
    talk.press("editButton")
    (field,) = talk.seen("messageEditorInput")
    talk.qtbot.keyClicks(field, "Other")
    talk.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert talk.seen("messageEditorInput") == []
    assert said(talk) == ["Why?", "Because."]
    assert talk.seen("editButton")


def test_what_was_not_saved_is_there_when_the_chat_is_opened_again(talk):
    talk.press("editButton")
    talk.qtbot.keyClicks(talk.seen("messageEditorInput")[0], "Half a thou")
    page = talk.widget("chatPage")
    page.new_chat()
    page.open_chat(talk.chats.chats[-1].chat_id)
    (field,) = talk.seen("messageEditorInput")
    assert isinstance(field, QPlainTextEdit)
    assert field.toPlainText() == "Half a thou"


def test_an_answer_is_edited_and_the_chat_goes_on_from_it(talk):
    choose(talk.seen("moreButton")[0].filled_menu(), "Edit the answer")
    (field,) = talk.seen("messageEditorInput")
    talk.qtbot.keyClicks(field, "As I say.")
    talk.press("saveEditButton")
    assert said(talk) == ["Why?", "As I say."]
    talk.ask("So?")
    texts = [m.text for m in talk.client.requests[-1].conversation.messages]
    assert texts == ["Why?", "As I say.", "So?"]


@pytest.mark.parametrize("reason", [FinishReason.CANCELLED, FinishReason.LENGTH])
def test_an_answer_that_ended_too_early_can_be_continued(desk, reason):
    desk.load()
    answered(desk, "Count", "1, 2,", reason=reason)
    desk.press("continueButton")
    assert desk.seen("continueButton") == []
    desk.client.write(" 3")
    desk.client.finish_answer()
    assert said(desk) == ["Count", "1, 2, 3"]


def test_another_model_can_answer(talk, tmp_path):
    other = tmp_path / "other.gguf"
    other.touch()
    talk.window.open_model(other)
    menu = talk.seen("moreButton")[0].filled_menu()
    menu.aboutToShow.emit()
    (models,) = [a.menu() for a in menu.actions() if a.text() == "Answer again with"]
    assert [a.text() for a in models.actions()] == ["SmolLM2 135M", "other"]
    models.actions()[0].trigger()
    talk.client.finish_load()
    talk.client.write("I say so too.")
    talk.client.finish_answer()
    assert said(talk) == ["Why?", "I say so too."]


def test_an_answer_in_the_middle_can_be_had_again(talk):
    answered(talk, "And?", "Nothing.")
    again(talk, 0)
    assert talk.client.requests[-1].conversation.messages[-1].text == "Why?"
    talk.client.write("Otherwise.")
    talk.client.finish_answer()
    assert said(talk) == ["Why?", "Otherwise."]
    talk.press("previousVariantButton")
    assert said(talk) == ["Why?", "Because.", "And?", "Nothing."]


def test_a_variant_is_deleted_and_comes_back(two):
    choose(two.seen("variantMenuButton")[0].filled_menu(), "Delete this variant")
    assert said(two) == ["Why?", "Because."]
    assert two.seen("undoBar")
    two.press("undoButton")
    assert said(two) == ["Why?", "For a reason."]
    assert two.seen("undoBar") == []


def test_going_elsewhere_makes_a_deletion_final(two):
    choose(two.seen("variantMenuButton")[0].filled_menu(), "Delete this variant")
    two.widget("chatPage").new_chat()
    assert two.seen("undoBar") == []
    two.widget("chatPage").open_chat(two.chats.chats[-1].chat_id)
    assert said(two) == ["Why?", "Because."]


def test_two_variants_side_by_side(two):
    choose(two.seen("variantMenuButton")[0].filled_menu(), "Compare two variants…")
    (dialog,) = two.window.findChildren(CompareDialog)
    texts = [t.toPlainText() for t in dialog.findChildren(MessageText)]
    assert texts == ["Because.", "For a reason."]
    left = dialog.findChildren(QComboBox)[0]
    names = [left.itemText(i) for i in range(2)]
    assert names == ["1 of 2 · SmolLM2 135M", "2 of 2 · SmolLM2 135M"]
    dialog.findChildren(QPushButton, "useVariantButton")[0].click()
    assert said(two) == ["Why?", "Because."]


def test_the_other_mode_is_one_press_away(desk):
    desk.load(thinking=Thinking.SWITCH)
    answered(desk, "Why?", "Because.")
    desk.press("answerAgainButton")
    assert desk.client.is_open(Generate)
