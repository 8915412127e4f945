"""Asking, waiting, stopping, taking back."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.domain.chat import FinishReason
from app.domain.errors import ContextFull
from app.engine.protocol import Generate, Load


def test_enter_sends_and_the_answer_appears(desk, qtbot):
    desk.write("Hello")
    qtbot.keyClick(desk.widget("messageInput"), Qt.Key.Key_Return)
    assert desk.draft() == ""
    desk.client.finish_load()
    desk.client.write("Good ")
    desk.client.write("day.")
    desk.client.finish_answer()
    assert desk.words() == [("You", "Hello"), ("SmolLM2 135M answers", "Good day.")]
    assert desk.statuses() == ["37 tokens · 42.1 tokens/s"]


def test_shift_enter_begins_a_line(desk, qtbot):
    desk.write("one")
    qtbot.keyClick(
        desk.widget("messageInput"), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier
    )
    desk.write("two")
    assert desk.draft() == "one\ntwo"
    assert desk.chats.chats[0].messages == []


def test_blank_text_cannot_be_sent(desk, qtbot):
    send = desk.widget("sendButton")
    assert not send.isEnabled()
    desk.write("  ")
    qtbot.keyClick(desk.widget("messageInput"), Qt.Key.Key_Return)
    assert not send.isEnabled()
    assert desk.draft() == "  "


def test_typing_loads_the_model(desk):
    assert desk.client.requests == []
    desk.write("H")
    assert [type(r) for r in desk.client.requests] == [Load]
    desk.write("ello")
    assert len(desk.client.requests) == 1


def test_what_happens_before_the_first_word_is_said(desk):
    desk.ask("Hello")
    desk.client.load_progress(430)
    assert desk.statuses() == ["Loading the model… 43 %"]
    assert "Loading 43 %" in desk.widget("modelPicker").accessibleName()
    desk.client.finish_load()
    assert "312 MiB" in desk.widget("modelPicker").accessibleName()
    desk.client.read(1024, 8000)
    assert desk.statuses() == ["Reading 1,024 of 8,000 tokens"]
    desk.client.write("Yes")
    assert desk.statuses() == []


def test_stop_keeps_what_there_is(desk, qtbot):
    desk.load()
    stop = desk.widget("stopButton")
    assert not stop.isEnabled()
    desk.ask("Hello")
    desk.client.write("Good ")
    assert stop.isEnabled()
    qtbot.keyClick(desk.widget("messageInput"), Qt.Key.Key_Escape)
    assert desk.client.cancelled == [desk.client.open_id(Generate)]
    desk.client.finish_answer(FinishReason.CANCELLED)
    assert desk.words()[1][1] == "Good"
    assert desk.statuses()[0].startswith("Stopped.")
    assert not stop.isEnabled()


def test_ends_are_told_apart(desk):
    desk.load()
    desk.ask("Hello")
    desk.client.write("a")
    desk.client.finish_answer(FinishReason.LENGTH)
    desk.ask("Again")
    desk.client.finish_answer(tokens=0)
    cut, empty = desk.statuses()
    assert cut.startswith("Ended: the limit was reached.")
    assert empty.startswith("The model gave an empty answer.")


def test_a_second_question_waits_and_can_be_taken_back(desk):
    desk.load()
    desk.ask("First")
    desk.ask("Second")
    assert desk.statuses() == ["Working on the answer…", "Waiting for its turn."]
    desk.write("draft")
    desk.press("takeBackButton")
    assert desk.draft() == "Second\n\ndraft"
    desk.client.write("Answer")
    desk.client.finish_answer()
    assert [words for _, words in desk.words()] == ["First", "Answer"]
    assert not desk.client.is_open(Generate)


def test_an_answer_stands_before_the_waiting_question(desk):
    desk.load()
    desk.ask("First")
    desk.ask("Second")
    desk.client.write("Answer")
    assert [words for _, words in desk.words()] == ["First", "Answer", "Second"]
    # Screen readers go by the order of the children.
    assert [t.toPlainText() for t in desk.texts()] == ["First", "Answer", "Second"]


def test_a_question_that_does_not_fit_comes_back(desk):
    desk.load()
    desk.ask("Too long")
    request = desk.client.open_id(Generate)
    desk.client.end(request, ContextFull(context_tokens=4096, needed_tokens=9000))
    assert desk.draft() == "Too long"
    assert "4,096" in desk.widget("errorText").text()
    assert desk.seen("retryButton") == []


def test_copy_takes_the_answer(desk):
    desk.load()
    desk.ask("Hello")
    desk.client.write("<b>Good</b> day")
    desk.client.finish_answer()
    desk.press("copyButton")
    assert QGuiApplication.clipboard().text() == "<b>Good</b> day"


def test_the_gauge_shows_the_last_answer(desk):
    gauge = desk.widget("contextGauge")
    desk.load()
    assert not gauge.isEnabled()
    desk.ask("Hello")
    desk.client.finish_answer(tokens=100)
    assert gauge.isEnabled()
    assert gauge.value() == 612
    assert "612 of 4,096" in gauge.toolTip()
