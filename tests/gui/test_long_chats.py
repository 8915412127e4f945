"""Long chats: views near the screen only, and nothing visible moves by itself."""

import gc

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton

from app.domain.chat import TextPart, ThoughtPart
from app.ui.chat.message_view import MessageView
from tests.helpers.kept_chats import answer, question
from tests.helpers.long_talk import FIRST_ID, LongTalk, long_messages

MOST_VIEWS = 60


@pytest.fixture
def talk(desk) -> LongTalk:
    return LongTalk(desk, long_messages(300))


def wheel(talk: LongTalk, notches: int) -> None:
    """Turn the wheel over the middle of the page, up where positive."""
    place = talk.column.viewport().rect().center()
    event = QWheelEvent(
        place.toPointF(),
        talk.column.viewport().mapToGlobal(place).toPointF(),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(talk.column.viewport(), event)


def test_a_chat_opens_at_its_end_with_a_bar_for_all_of_it(talk):
    assert talk.bar.value() == talk.bar.maximum() > 300 * 50
    assert list(talk.seen())[-1] == 300
    talk.rest()
    assert len(talk.views()) < MOST_VIEWS
    assert list(talk.seen())[-1] == 300


def test_the_wheel_moves_all_by_the_same_and_nothing_moves_by_itself(talk):
    talk.rest()
    for _ in range(40):
        before = talk.seen()
        wheel(talk, 1)
        after = talk.seen()
        moves = {after[i] - before[i] for i in before.keys() & after.keys()}
        assert len(moves) == 1
        assert moves.pop() > 0
        talk.rest()
        assert talk.seen() == after
    assert next(iter(talk.seen())) < 280
    assert len(talk.views()) < MOST_VIEWS


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.93])
def test_the_bar_goes_anywhere_and_the_screen_is_full(talk, share):
    talk.bar.setValue(int(talk.bar.maximum() * share))
    seen = talk.seen()
    ids = list(seen)
    assert ids == list(range(ids[0], ids[-1] + 1))
    assert abs(ids[0] - 300 * share) < 40
    talk.rest()  # words of what came into sight may be drawn a moment later
    last = talk.view(list(talk.seen())[-1])
    assert next(iter(talk.seen().values())) <= 30
    assert talk.top(last) + last.height() + 30 > talk.column.viewport().height()
    if seen[ids[0]] <= 0:
        assert talk.seen()[ids[0]] == seen[ids[0]]


def test_the_first_and_the_last_are_reached(talk):
    talk.bar.setValue(0)
    talk.rest()
    assert talk.seen()[1] == 24
    assert talk.bar.value() == 0
    talk.bar.setValue(talk.bar.maximum())
    talk.rest()
    assert list(talk.seen())[-1] == 300
    assert talk.bar.value() == talk.bar.maximum()


def test_words_that_stream_in_do_not_move_what_is_looked_at_far_up(talk):
    talk.desk.load()
    talk.desk.ask("And now?")
    talk.bar.setValue(talk.bar.maximum() // 2)
    talk.rest()
    before = talk.seen()
    talk.desk.client.write("line\n" * 100)
    talk.desk.client.finish_answer()
    talk.rest()
    assert talk.seen() == before
    talk.bar.setValue(talk.bar.maximum())
    talk.rest()
    assert talk.view(302).text.toPlainText().count("line") == 100


def test_a_hundred_thousand_messages_open_and_scroll(desk):
    talk = LongTalk(desk, long_messages(100_000))
    assert talk.bar.value() == talk.bar.maximum()
    assert list(talk.seen())[-1] == 100_000
    for share in (0.9, 0.3, 0.0):
        talk.bar.setValue(int(talk.bar.maximum() * share))
        wheel(talk, -3)
        talk.rest()
        assert len(talk.views()) < MOST_VIEWS
    assert next(iter(talk.seen())) < 10


def test_what_has_the_keyboard_or_is_selected_stays(talk):
    talk.rest()
    text = talk.view(300).text
    text.setFocus()
    cursor = text.textCursor()
    cursor.setPosition(0)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfWord, QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    other = talk.view(299)
    talk.bar.setValue(0)
    talk.rest()
    assert other not in talk.views()
    assert talk.view(300).text is text
    assert text.hasFocus()
    talk.desk.widget("messageInput").setFocus()
    talk.bar.setValue(talk.bar.maximum() // 2)
    talk.rest()
    assert talk.view(300).text.textCursor().selectedText() == "Number"


def test_a_key_brings_back_the_message_that_it_moves_in(talk):
    talk.rest()
    text = talk.view(300).text
    text.setFocus()
    talk.bar.setValue(0)
    talk.rest()
    assert 300 not in talk.seen()
    talk.desk.qtbot.keyClick(text, Qt.Key.Key_Right)
    assert 300 in talk.seen()


def test_what_is_being_written_anew_stays(talk):
    talk.rest()
    view = talk.view(299)
    view._edit.click()
    talk.desk.qtbot.keyClicks(talk.desk.seen("messageEditorInput")[0], "Half a thou")
    talk.bar.setValue(0)
    talk.rest()
    (field,) = talk.desk.seen("messageEditorInput")
    assert field.toPlainText() == "Half a thou"
    assert 299 not in talk.seen()
    talk.desk.qtbot.keyClicks(field, "ght")
    talk.desk.qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert field.toPlainText() == "Half a thought\n"
    assert 299 in talk.seen()


def test_alt_and_an_arrow_reach_messages_that_had_no_view(talk):
    talk.view(300).text.setFocus()
    for message_id in range(299, 240, -1):
        focus = QApplication.focusWidget()
        talk.desk.qtbot.keyClick(focus, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        assert talk.view(message_id).text.hasFocus()
        assert message_id in talk.seen()


def test_alt_with_home_and_end_go_to_the_first_and_the_last(talk):
    talk.view(300).text.setFocus()
    for key, number in ((Qt.Key.Key_Home, 1), (Qt.Key.Key_End, 300)):
        focus = QApplication.focusWidget()
        talk.desk.qtbot.keyClick(focus, key, Qt.KeyboardModifier.AltModifier)
        assert talk.view(number).text.hasFocus()
        assert number in talk.seen()


def test_another_variant_far_up_appears_where_the_one_before_was(talk):
    talk.desk.load()
    chat = talk.chat
    first = answer(FIRST_ID + 1000, "Otherwise.", FIRST_ID + 149, model="m")
    chat.add(first)
    chat.open(FIRST_ID + 300)
    page = talk.desk.widget("chatPage")
    page._transcript.open_chat(chat)
    talk.column.show_message(FIRST_ID + 150)
    talk.rest()
    before = talk.seen()
    (forward,) = talk.view(150).findChildren(QToolButton, "nextVariantButton")
    forward.click()
    talk.rest()
    assert talk.view(150).text.toPlainText() == "Otherwise."
    assert len(chat.messages) == 150
    assert 150 in talk.seen()
    (back,) = talk.view(150).findChildren(QToolButton, "previousVariantButton")
    back.click()
    talk.rest()
    assert len(chat.messages) == 300
    assert 150 in before.keys() & talk.seen().keys()


def test_the_thirtieth_message_that_is_left_out_has_the_divider_below_it(talk):
    talk.chat.info = msgspec.structs.replace(talk.chat.info, reads_after=FIRST_ID + 30)
    talk.column.show_left_out()
    talk.column.show_message(FIRST_ID + 31)
    talk.rest()
    (divider,) = talk.desk.seen("leftOutDivider")
    above, below = talk.view(30), talk.view(31)
    assert talk.top(above) + above.height() < talk.top(divider) < talk.top(below)
    assert above.text.property("dimmed")
    assert not below.text.property("dimmed")


def test_a_private_chat_says_so_until_something_is_asked(desk):
    desk.load()
    desk.widget("chatPage").new_private_chat()
    assert desk.seen("privateNote")
    desk.ask("Why?")
    assert not desk.seen("privateNote")


def test_a_place_is_found_where_no_view_was(talk):
    desk = talk.desk
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.keyClicks(desk.widget("findField"), "Number 12.")
    desk.wait_for(lambda: desk.widget("findCount").text() == "1 of 1")
    assert 12 in talk.seen()
    (mark,) = talk.view(12).text.extraSelections()
    assert mark.cursor.selectedText() == "Number 12."


def test_a_search_goes_on_from_the_newest_place_to_all(talk):
    desk = talk.desk
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.keyClicks(desk.widget("findField"), "question")
    desk.wait_for(lambda: desk.widget("findCount").text() == "150 of 150")
    assert 299 in talk.seen()
    desk.qtbot.keyClick(desk.widget("findField"), Qt.Key.Key_Return)
    assert desk.widget("findCount").text() == "1 of 150"
    assert 1 in talk.seen()


def test_a_thought_that_was_unfolded_is_so_when_it_comes_back(desk):
    thoughtful = answer(
        FIRST_ID + 2,
        parent_id=FIRST_ID + 1,
        model="m",
        parts=(ThoughtPart("Let me see."), TextPart("Yes.")),
    )
    first, _, *others = long_messages(100)
    talk = LongTalk(desk, (first, thoughtful, *others))
    talk.bar.setValue(0)
    desk.press("thoughtButton")
    talk.bar.setValue(talk.bar.maximum())
    talk.rest()
    assert 2 not in talk.numbers()
    talk.bar.setValue(0)
    talk.rest()
    assert [t.toPlainText() for t in desk.seen("thoughtText")] == ["Let me see."]


def test_the_text_may_grow_while_an_answer_streams(talk, qapp):
    desk = talk.desk
    desk.load()
    desk.ask("And now?")
    desk.client.write("line\n" * 30)
    sheet = qapp.styleSheet()
    try:
        qapp.setStyleSheet(sheet + "QTextEdit#messageText { font-size: 24pt; }")
        desk.client.write("line\n" * 30)
        talk.rest()
        talk.desk.wait_for(lambda: talk.bar.value() == talk.bar.maximum())
        view = talk.view(302)
        assert view.text.toPlainText().count("line") == 60
        assert view.text.height() >= view.text.document().size().height() - 1
    finally:
        qapp.setStyleSheet(sheet)


@pytest.mark.parametrize("is_followed", [True, False])
def test_another_width_keeps_the_place(talk, is_followed):
    talk.rest()
    if not is_followed:
        talk.bar.setValue(talk.bar.maximum() // 2)
        talk.rest()
    before = next(iter(talk.seen()))
    talk.desk.window.resize(500, 700)
    talk.rest()
    assert (talk.bar.value() == talk.bar.maximum()) is is_followed
    if not is_followed:
        assert next(iter(talk.seen())) in (before, before + 1)


def test_three_hundred_pixels_are_enough(talk):
    talk.desk.window.resize(300, 600)
    talk.rest()
    width = talk.column.viewport().width()
    for view in talk.views():
        right = view.mapTo(talk.column.viewport(), QPoint(view.width(), 0)).x()
        assert right <= width
    assert list(talk.seen())[-1] == 300


def test_a_screen_reader_hears_the_end_of_an_answer_and_no_token(desk, monkeypatch):
    heard = []
    monkeypatch.setattr("PySide6.QtGui.QAccessible.updateAccessibility", heard.append)
    desk.load()
    desk.ask("Why?")
    for _ in range(5):
        desk.client.write("Because ")
    assert heard == []
    desk.client.finish_answer()
    (event,) = heard
    assert event.message() == "SmolLM2 135M has answered."


def test_a_listener_learns_where_in_the_chat_a_message_is(talk):
    assert talk.view(300).accessibleName() == "Message 300 of 300"
    assert talk.view(300).text.accessibleName() == "m answers"
    assert talk.view(299).text.accessibleName() == "You"


def test_signs_that_turn_words_around_stay_out_of_labels(desk):
    name = "m\u202eodel\x07\nx"
    said = answer(2, "words \u202e and \x00 \x07", 1, model=name)
    talk = LongTalk(desk, (question(1, "\u2066 \x1b[31m?"), said))
    spoken = [talk.view(2).text.accessibleName(), talk.view(2)._speaker.text()]
    for words in spoken:
        assert not set(words) & set("\u202e\x07\n")


def test_the_keyboard_may_be_in_what_another_path_leaves_out(talk):
    talk.view(300).text.setFocus()
    talk.chat.add(answer(FIRST_ID + 1000, "Otherwise.", FIRST_ID + 9, model="m"))
    talk.column.show_path(9)
    talk.rest()
    assert list(talk.seen())[-1] == 10
    assert talk.view(10).text.hasFocus()


def test_a_step_of_loading_looks_at_no_message(desk, monkeypatch):
    """A model says a thousand times how far it is; the chat has a hundred thousand messages."""
    talk = LongTalk(desk, long_messages(300))
    desk.engine.prepare()
    looks = []
    messages = type(talk.chat).messages
    monkeypatch.setattr(
        type(talk.chat),
        "messages",
        property(lambda chat: looks.append(chat) or messages.fget(chat)),
    )
    for permille in range(100, 200, 10):
        desk.client.load_progress(permille)
    assert not looks


def test_an_answer_that_is_left_leaves_little_to_the_garbage_collector(desk, qtbot):
    (first, second) = long_messages(2)
    talk = LongTalk(desk, (first, answer(second.message_id, "# Heading\n" * 3000, FIRST_ID + 1)))
    qtbot.waitUntil(lambda: all(view.is_drawn() for view in talk.views()))
    gc.collect()
    desk.widget("chatPage").new_chat()
    qtbot.waitUntil(lambda: not talk.column.findChildren(MessageView))
    assert gc.collect() < 10_000, "it would take a turn of the event loop that is felt"
