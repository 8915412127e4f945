"""Finding chats and messages from the sidebar."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont

from app.domain.kept_chat import Hit
from app.ui.chat.row_painting import MarkedText
from app.ui.chat.transcript import Transcript
from tests.helpers.chat_shelf import Shelf, keep
from tests.helpers.desk import Desk
from tests.helpers.old_chats import fill, many, old_chat

CHATS = [
    old_chat(1, "Wind and weather", days=400),
    old_chat(2, "Bread", days=1, says="Flour, water.\nNo wind at all."),
    old_chat(3, "Rivers", says="The Ebro; the cierzo is a wind there."),
]


@pytest.fixture
def desk(qtbot, _dressed, tmp_path) -> Desk:
    keep(tmp_path / "data", CHATS)
    return Desk(qtbot, data=tmp_path / "data")


@pytest.fixture
def shelf(desk) -> Shelf:
    shelf = Shelf(desk)
    desk.wait_for(lambda: "Rivers" in shelf.rows())
    return shelf


@pytest.fixture
def shown(monkeypatch) -> list[int]:
    """The messages that the transcript was asked to show."""
    shown: list[int] = []
    monkeypatch.setattr(
        Transcript, "show_message", lambda self, message_id: shown.append(message_id), raising=False
    )
    return shown


def look_for(desk, words: str) -> None:
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.keyClicks(desk.widget("searchField"), words)


FOUND = ["Chats", "Wind and weather", "Messages", "Rivers", "Bread"]


def test_titles_come_at_once_and_messages_when_the_typing_rests(desk, shelf):
    look_for(desk, "WÍND")
    assert shelf.rows() == ["Chats", "Wind and weather"]
    desk.wait_for(lambda: shelf.rows() == FOUND)
    assert "Model: The Ebro; the cierzo is a wind there." in shelf.spoken("Rivers")
    # Line breaks of a message are none in its row.
    assert "water. No wind" in shelf.spoken("Bread")
    desk.window.grab()
    assert not desk.seen("nothingFound")


def test_nothing_found_is_said_when_everything_was_looked_into(desk, shelf):
    look_for(desk, "xylophone")
    assert not desk.seen("nothingFound")
    desk.wait_for(lambda: desk.seen("nothingFound") != [])
    assert shelf.rows() == []
    desk.widget("searchField").clear()
    assert not desk.seen("nothingFound")
    assert "Rivers" in shelf.rows()


def test_going_through_what_was_found_opens_nothing_until_enter(desk, shelf, shown):
    shelf.click("Bread")
    desk.wait_for(lambda: len(desk.words()) == 2)
    look_for(desk, "wind")
    desk.wait_for(lambda: shelf.rows() == FOUND)
    desk.qtbot.keyClick(desk.widget("searchField"), Qt.Key.Key_Down)
    assert shelf.view.hasFocus()
    assert shelf.here() == "Wind and weather"
    shelf.key(Qt.Key.Key_Down)
    assert shelf.here() == "Rivers"
    assert desk.words()[0][1] == "Question of 2"
    shelf.key(Qt.Key.Key_Return)
    desk.wait_for(lambda: shown == [6])
    assert desk.words()[1][1] == "The Ebro; the cierzo is a wind there."
    # What was found stays there, for the next one.
    assert shelf.rows() == FOUND
    shelf.click("Bread")
    desk.wait_for(lambda: shown == [6, 4])


def test_a_hit_on_another_variant_opens_that(desk, shelf, shown):
    shelf.click("Rivers")
    desk.wait_for(lambda: len(desk.words()) == 2)
    desk.chats.edit_answer(3, 6, "Something else.")
    assert desk.words()[1][1] == "Something else."
    look_for(desk, "cierzo")
    desk.wait_for(lambda: shelf.rows() == ["Messages", "Rivers"])
    shelf.click("Rivers")
    desk.wait_for(lambda: shown == [6])
    assert desk.words()[1][1].startswith("The Ebro")


@pytest.mark.parametrize("place", ["field", "list"])
def test_escape_leads_back_to_the_composer(desk, shelf, place):
    look_for(desk, "wind")
    desk.wait_for(lambda: shelf.rows() == FOUND)
    if place == "list":
        desk.qtbot.keyClick(desk.widget("searchField"), Qt.Key.Key_Down)
        shelf.key(Qt.Key.Key_Escape)
    else:
        desk.qtbot.keyClick(desk.widget("searchField"), Qt.Key.Key_Escape)
    assert desk.widget("messageInput").hasFocus()
    assert desk.widget("searchField").text() == ""
    assert shelf.rows()[0] == "Today"


def test_the_answer_to_an_earlier_question_is_dropped(desk, shelf, monkeypatch):
    asked = []
    monkeypatch.setattr(desk.chat_library, "run", lambda work, then, **_: asked.append(then))

    def hit(message_id: int, excerpt: str) -> Hit:
        role = CHATS[2].messages[0].role
        facts = {"chat_id": 3, "role": role, "title": "", "created_ms": 1}
        return Hit(message_id=message_id, excerpt=excerpt, **facts)

    look_for(desk, "early")
    desk.wait_for(lambda: len(asked) == 1)
    desk.widget("searchField").setText("late")
    desk.wait_for(lambda: len(asked) == 2)
    early, late = asked
    late([hit(6, "the late one")])
    early([hit(5, "the early one")])
    assert "the late one" in shelf.spoken("Rivers")
    desk.widget("searchField").clear()
    late([])
    assert "Rivers" in shelf.rows()


def test_what_is_in_no_index_is_found_as_well(desk, shelf):
    desk.press("newPrivateChatButton")
    desk.load()
    desk.ask("Where is the treasure?")
    desk.client.write("Under the windmill.")
    desk.client.finish_answer()
    look_for(desk, "windmill")
    desk.wait_for(lambda: shelf.rows() == ["Messages", "Where is the treasure?"])
    shelf.click("Where is the treasure?")
    assert desk.words()[1][1] == "Under the windmill."


def test_chats_in_the_trash_are_not_found(desk, shelf):
    shelf.go_to("Rivers")
    shelf.key(Qt.Key.Key_Delete)
    look_for(desk, "wind")
    desk.wait_for(lambda: shelf.rows() == ["Chats", "Wind and weather", "Messages", "Bread"])


def test_of_very_many_the_newest_are_shown(desk, shelf):
    fill(desk.chat_library, many(2000))
    look_for(desk, "bread")
    assert shelf.rows()[0] == "The newest 100 chats"
    assert len(shelf.chats()) == 100


def test_a_sign_is_found_in_titles(desk, shelf):
    desk.chat_library.rename(desk.chat_library.chat(2), "🍞 for the week")
    desk.widget("searchField").setText("🍞")
    assert shelf.rows() == ["Chats", "🍞 for the week"]


def test_marks_stand_on_their_words_whatever_is_before_them(desk):
    words = "👩‍👩‍👧 and the wind"
    start = words.index("wind")
    red = QColor("red")
    text = MarkedText(words, [(start, start + 4)], font=QFont(), mark=red, width=400, lines=1)
    assert text.marked() == ["wind"]
    cut = MarkedText("wind " * 60, [(0, 4)], font=QFont(), mark=red, width=150, lines=2)
    assert cut.words().endswith("…")
    assert cut.line_count() == 2


def test_the_picture_in_the_field_has_its_name_and_leads_to_it(desk):
    field = desk.widget("searchField")
    picture = field.actions()[0]
    picture.trigger()
    assert field.hasFocus()
    assert picture.text() == field.accessibleName()
