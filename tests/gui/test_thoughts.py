"""Thoughts: apart from the answer, counted while they grow, folded when they are done."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.domain.chat import FinishReason
from app.domain.errors import EngineCrashed
from app.ui.chat.message_text import MessageText
from app.ui.chat.message_view import MessageView


def thought(desk) -> MessageText:
    # What was given up is hidden until it is deleted.
    views = [view for view in desk.window.findChildren(MessageView) if not view.isHidden()]
    found = [view.findChild(MessageText, "thoughtText") for view in views]
    return next(filter(None, found))


def fold(desk):
    (button,) = desk.seen("thoughtButton")
    return button


def test_a_thought_streams_open_with_its_count(desk):
    desk.start_thought("Let me see.")
    assert fold(desk).text() == fold(desk).accessibleName() == "Thinking… 345 tokens"
    assert fold(desk).accessibleDescription() == "Expanded"
    assert thought(desk).isVisible()
    assert thought(desk).toPlainText() == "Let me see."
    assert thought(desk).accessibleName() == "SmolLM2 135M thinks"
    assert [words for _, words in desk.words()] == ["Why?"]


def test_it_folds_when_the_answer_begins_and_tells_its_time_at_the_end(desk):
    desk.start_thought()
    desk.client.write("Because.", part=1)
    desk.wait_for(lambda: not thought(desk).isVisible())
    assert fold(desk).text() == "Thought · 345 tokens"
    desk.client.finish_answer(thought_s=12.2, reasoning_tokens=345)
    assert fold(desk).text() == "Thought for 12 s · 345 tokens"
    assert fold(desk).accessibleDescription() == "Folded"
    assert [words for _, words in desk.words()] == ["Why?", "Because."]


def test_the_keyboard_unfolds_it_and_nothing_jumps(desk, qtbot):
    desk.start_thought("word " * 400)
    desk.client.write("Because.", part=1)
    desk.client.finish_answer(thought_s=12, reasoning_tokens=345)
    button = fold(desk)
    before = button.mapTo(desk.window, button.pos()).y()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert thought(desk).isVisible()
    assert button.accessibleDescription() == "Expanded"
    assert button.mapTo(desk.window, button.pos()).y() == before
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert not thought(desk).isVisible()


def test_what_the_person_unfolds_stays_unfolded(desk):
    desk.start_thought()
    desk.press("thoughtButton")
    desk.press("thoughtButton")
    desk.client.write("Because.", part=1)
    desk.client.finish_answer(thought_s=2, reasoning_tokens=345)
    assert thought(desk).isVisible()


def test_copy_leaves_the_thought_out(desk):
    desk.start_thought("secret deliberation")
    desk.client.write("Because.", part=1)
    desk.client.finish_answer(thought_s=12, reasoning_tokens=345)
    desk.press("copyButton")
    assert QGuiApplication.clipboard().text() == "Because."


def test_a_thought_can_be_selected_and_is_literal(desk):
    desk.start_thought("<b>a</b><img src='file:///etc/hostname'>")
    shown = thought(desk)
    shown.selectAll()
    assert shown.createMimeDataFromSelection().text() == "<b>a</b><img src='file:///etc/hostname'>"
    assert shown.createMimeDataFromSelection().formats() == ["text/plain"]


@pytest.mark.parametrize("is_stopped", [True, False])
def test_a_thought_that_was_cut_off_says_so(desk, is_stopped):
    desk.start_thought()
    if is_stopped:
        desk.client.finish_answer(
            FinishReason.CANCELLED, is_thought_open=True, reasoning_tokens=345
        )
    else:
        desk.client.die(EngineCrashed(reason="signal 9"))
    assert fold(desk).text() == "Stopped while thinking · 345 tokens"
    assert thought(desk).isVisible()


def test_several_thoughts_are_shown_one_after_the_other(desk):
    desk.start_thought("First.")
    desk.client.write("Or rather: ", part=1)
    desk.client.write("Second.", part=2, is_thought=True, reasoning_tokens=400)
    desk.wait_for(lambda: thought(desk).isVisible())
    desk.client.write("Because.", part=3)
    desk.client.finish_answer(thought_s=3, reasoning_tokens=400)
    assert thought(desk).toPlainText() == "First.\n\nSecond."
    assert desk.words()[1][1] == "Or rather: Because."


def test_thoughts_without_a_word_between_them_are_kept_apart(desk):
    desk.start_thought("First.")
    desk.client.write("Second.", part=1, is_thought=True)
    desk.client.finish_answer(thought_s=3)
    assert thought(desk).toPlainText() == "First.\n\nSecond."


def test_an_answer_without_a_thought_has_no_block(desk):
    desk.load()
    desk.ask("Why?")
    desk.client.write("Because.")
    assert desk.seen("thoughtButton") == []


def test_a_thought_comes_in_the_calm_rhythm_of_answers(desk):
    desk.start_thought("0 ")
    for number in range(1, 100):
        desk.client.write(f"{number} ", is_thought=True, reasoning_tokens=number)
    # One flush later, not a hundred lay-outs.
    assert thought(desk).toPlainText() == "0 "
    desk.wait_for(lambda: thought(desk).toPlainText().endswith("99 "))
    assert fold(desk).text() == "Thinking… 99 tokens"
    transcript = desk.widget("transcript")
    desk.wait_for(lambda: not transcript._flush_timer.isActive())


def test_a_growing_thought_leaves_other_messages_alone(desk, monkeypatch):
    desk.start_thought()
    question = desk.texts()[0]
    laid_out = []
    measure = MessageText.size_for
    monkeypatch.setattr(
        MessageText, "size_for", lambda self, width: laid_out.append(self) or measure(self, width)
    )
    desk.client.write(" more", is_thought=True)
    desk.wait_for(lambda: thought(desk).toPlainText().endswith("more"))
    assert question not in laid_out
    assert len(laid_out) <= 2


def test_a_chat_that_is_opened_again_shows_its_thought(desk):
    desk.start_thought("Let me see.")
    desk.press("newChatButton")
    assert desk.seen("thoughtButton") == []
    desk.client.write(" Yes.", is_thought=True)
    desk.widget("chatPage").open_chat(desk.chats.chats[-1].chat_id)
    assert thought(desk).isVisible()
    assert thought(desk).toPlainText() == "Let me see. Yes."


def test_answer_now_ends_the_thought_once(desk):
    button = desk.widget("answerNowButton")
    assert not button.isEnabled()
    desk.start_thought()
    assert button.isEnabled()
    desk.press("answerNowButton")
    assert len(desk.client.nudged) == 1
    desk.client.write(" and", is_thought=True)
    assert not button.isEnabled()
    desk.client.write("Because.", part=1)
    assert not button.isEnabled()


def test_answer_now_belongs_to_the_open_chat(desk):
    desk.start_thought()
    desk.press("newChatButton")
    assert not desk.widget("answerNowButton").isEnabled()
    desk.widget("chatPage").open_chat(desk.chats.chats[-1].chat_id)
    assert desk.widget("answerNowButton").isEnabled()


def test_answer_now_is_over_when_the_answer_is(desk):
    desk.start_thought()
    desk.client.finish_answer(FinishReason.CANCELLED, is_thought_open=True)
    assert not desk.widget("answerNowButton").isEnabled()


def test_answer_now_stands_beside_the_thought_while_it_goes_on(desk):
    desk.start_thought()
    desk.press("answerNowLink")
    assert len(desk.client.nudged) == 1
    (link,) = desk.seen("answerNowLink")
    assert not link.isEnabled()
    assert not desk.widget("answerNowButton").isEnabled()
    desk.client.write("Because.", part=1)
    desk.wait_for(lambda: desk.seen("answerNowLink") == [])
