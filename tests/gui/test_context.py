"""How much room there is, what to do when there is none, and answers that get nowhere."""

import pytest
from PySide6.QtCore import Qt

from app.domain.chat import Thinking
from app.domain.errors import NotEnoughMemory
from app.domain.picture_grid import PictureGrid
from app.engine.protocol import Count, Generate, Load, Repeating


@pytest.fixture
def full(desk):
    """A chat of two turns that does not fit any more."""
    desk.load(thinking=Thinking.SWITCH)
    for question in ("First", "Second"):
        desk.ask(question)
        desk.client.write(f"{question} answer")
        desk.client.finish_answer()
    desk.write("Third")
    desk.count(history_tokens=3900, draft_tokens=1)
    return desk


def notice(desk) -> str:
    return desk.widget("noticeText").text() if desk.seen("noticeBar") else ""


def test_the_gauge_tells_the_parts(desk):
    desk.load()
    desk.write("Hello")
    desk.count(
        system_tokens=10,
        history_tokens=1200,
        thought_tokens=200,
        document_tokens=100,
        image_tokens=90,
        draft_tokens=4,
    )
    gauge = desk.widget("contextGauge")
    assert gauge.value() == 1604
    parts = ("System: 10", "History: 1,200", "Thoughts: 200", "Documents: 100", "Pictures: 90")
    for words in (*parts, "Draft: 4", "Free: 2,492", "1,604 of 4,096 tokens used (39 %)"):
        assert words in gauge.toolTip().split("\n")
        assert words in gauge.accessibleDescription()
    assert desk.widget("draftTokens").text() == "4 tokens"


def test_the_gauge_opens_by_keyboard(desk, qtbot):
    desk.load()
    desk.count(history_tokens=8)
    gauge = desk.widget("contextGauge")
    gauge.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(gauge, Qt.Key.Key_Space)
    (panel,) = desk.seen("contextPanel")
    assert panel.accessibleName()
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert desk.seen("contextPanel") == []
    assert gauge.hasFocus()


def test_what_is_counted_is_the_chat_and_the_draft(desk):
    desk.load()
    desk.write("Hello")
    desk.wait_for(lambda: desk.client.is_open(Count))
    request = desk.client.requests[desk.client.open_id(Count) - 1]
    assert [m.text for m in request.conversation.messages] == ["Hello"]


def test_a_count_that_is_late_is_not_believed(desk):
    desk.load()
    desk.write("Hello")
    desk.wait_for(lambda: desk.client.is_open(Count))
    desk.write(" again")
    desk.count(history_tokens=4000, draft_tokens=50)
    assert desk.widget("draftTokens").text() == ""
    desk.count(history_tokens=8, draft_tokens=2)
    assert desk.widget("draftTokens").text() == "2 tokens"


def test_nothing_is_counted_while_an_answer_is_written(desk, qtbot):
    desk.load()
    desk.ask("Hello")
    desk.write("next")
    assert desk.widget("draftTokens").text() == ""
    desk.widget("chatPage").drafting._counter.count_now()
    assert not desk.client.is_open(Count)
    desk.client.write("Yes")
    desk.client.finish_answer()
    desk.count(history_tokens=60, draft_tokens=1)
    assert desk.widget("contextGauge").value() == 61


def test_what_does_not_fit_is_said_before_sending(full, qtbot):
    assert notice(full) == (
        "With room for an answer this takes 4,157 tokens, and the model can keep 4,096 in mind."
    )
    assert not full.widget("sendButton").isEnabled()
    qtbot.keyClick(full.widget("messageInput"), Qt.Key.Key_Return)
    assert full.draft() == "Third"
    assert full.widget("draftTokens").text() == "1 token: does not fit"
    assert not full.client.is_open(Generate)
    full.widget("messageInput").clear()
    full.count(history_tokens=3000)
    assert notice(full) == ""


def test_the_oldest_turn_is_left_out_and_shown_so(full):
    full.press("leaveOutButton")
    # At once: the person waits for it.
    assert full.client.is_open(Count)
    full.count(history_tokens=900, draft_tokens=1)
    assert notice(full) == ""
    assert full.widget("sendButton").isEnabled()
    (divider,) = full.seen("leftOutDivider")
    assert divider.accessibleName() == "Not read by the model any more"
    dimmed = {t.toPlainText(): bool(t.property("dimmed")) for t in full.texts()}
    assert dimmed == {
        "First": True,
        "First answer": True,
        "Second": False,
        "Second answer": False,
    }
    tops = {t.toPlainText(): t.mapTo(full.window, t.rect().topLeft()).y() for t in full.texts()}
    line = divider.mapTo(full.window, divider.rect().topLeft()).y()
    assert tops["First answer"] < line < tops["Second"]
    full.press("sendButton")
    request = full.client.requests[full.client.open_id(Generate) - 1]
    texts = [m.text for m in request.conversation.messages]
    assert texts == ["Second", "Second answer", "Third"]


def test_everything_can_be_left_out(full):
    full.press("leaveOutButton")
    full.count(history_tokens=4000, draft_tokens=1)
    full.press("leaveOutButton")
    full.count(history_tokens=4000, draft_tokens=1)
    assert full.seen("leaveOutButton") == []
    assert full.seen("answerAgainButton") == []
    assert all(t.property("dimmed") for t in full.texts())
    assert full.seen("leftOutDivider")


def test_a_chat_with_a_divider_opens_with_it(full):
    full.press("leaveOutButton")
    full.press("newChatButton")
    assert full.seen("leftOutDivider") == []
    full.widget("chatPage").open_chat(full.chats.chats[-1].chat_id)
    assert full.seen("leftOutDivider")


def test_a_larger_context_is_loaded(full):
    full.press("largerContextButton")
    request = full.client.requests[full.client.open_id(Load) - 1]
    assert request.wishes.context_tokens == 8192
    assert notice(full) == ""
    full.client.finish_load(context_tokens=8192)
    full.count(history_tokens=3900, draft_tokens=1)
    assert notice(full) == ""


def test_a_draft_that_takes_the_place_of_one_that_was_too_long_is_sent_at_once(desk, qtbot):
    desk.load()
    desk.widget("messageInput").insertPlainText("long " * 2000)
    desk.count(history_tokens=8, draft_tokens=4000)
    assert not desk.widget("sendButton").isEnabled()
    desk.widget("messageInput").selectAll()
    desk.write("Hi")
    qtbot.keyClick(desk.widget("messageInput"), Qt.Key.Key_Return)
    assert desk.client.is_open(Generate)


def test_a_context_that_does_not_fit_memory_is_given_up(full):
    full.press("largerContextButton")
    error = NotEnoughMemory(name="toy", context_tokens=8192, needed_bytes=2**34, free_bytes=2**30)
    full.client.end(full.client.open_id(Load), error)
    full.wait_for(lambda: full.client.is_open(Load))
    assert full.client.requests[full.client.open_id(Load) - 1].wishes.context_tokens == 4096
    full.client.finish_load()
    assert "8,192" in full.widget("errorText").text()
    assert full.draft() == "Third"


def test_no_larger_context_than_the_model_was_made_for(desk):
    desk.load(limit_tokens=4096)
    desk.write("Hello")
    desk.count(history_tokens=3900, draft_tokens=1)
    assert notice(desk)
    assert desk.seen("largerContextButton") == []
    # The chat is new already, and nothing was said in it that could be left out.
    assert desk.seen("newChatWithDraftButton") == []
    assert desk.seen("leaveOutButton") == []


def test_a_new_chat_takes_the_draft_along(desk):
    desk.load(grid=PictureGrid(cell_px=28, longest_px=1540))
    desk.ask("First")
    desk.client.finish_answer()
    desk.drop("/photos/cat.png")
    desk.reader.finish()
    desk.write("Second")
    desk.count(history_tokens=3900, draft_tokens=1)
    desk.press("newChatWithDraftButton")
    assert desk.words() == []
    assert desk.draft() == "Second"
    assert len(desk.seen("attachmentChip")) == 1
    assert notice(desk) == ""
    desk.widget("chatPage").open_chat(desk.chats.chats[-1].chat_id)
    assert desk.draft() == ""
    assert desk.seen("attachmentChip") == []


def test_a_new_chat_for_a_private_draft_is_private_too(desk):
    desk.load()
    desk.press("newPrivateChatButton")
    desk.ask("First")
    desk.client.finish_answer()
    desk.write("A secret")
    desk.count(history_tokens=3900, draft_tokens=1)
    desk.press("newChatWithDraftButton")
    assert desk.draft() == "A secret"
    assert desk.chats.chats[0].is_private
    assert desk.chats.chats[0].messages == []


def test_an_answer_that_repeats_itself_can_be_stopped(desk):
    desk.load()
    desk.ask("Hello")
    desk.client.write("again and again")
    request = desk.client.open_id(Generate)
    desk.client.event(Repeating(request_id=request))
    assert notice(desk) == "The answer seems to repeat itself."
    desk.press("stopRepeatingButton")
    assert desk.client.cancelled == [request]
    desk.client.finish_answer()
    assert notice(desk) == ""


def test_an_answer_that_repeats_itself_may_go_on(desk):
    desk.load()
    desk.ask("Hello")
    desk.client.write("again and again")
    desk.client.event(Repeating(request_id=desk.client.open_id(Generate)))
    desk.press("newChatButton")
    assert notice(desk) == ""
    desk.widget("chatPage").open_chat(desk.chats.chats[-1].chat_id)
    desk.press("goOnButton")
    assert notice(desk) == ""
    assert desk.client.cancelled == []


def test_the_notice_fits_a_narrow_window(full):
    full.window.resize(480, 640)
    full.wait_for(lambda: full.seen("sidebar") == [])
    for name in ("leaveOutButton", "largerContextButton", "newChatWithDraftButton"):
        (button,) = full.seen(name)
        assert button.mapTo(full.window, button.rect().topRight()).x() < 480
        assert button.width() >= button.sizeHint().width()
