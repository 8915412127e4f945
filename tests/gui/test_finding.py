"""Find words in the open chat."""

import pytest
from PySide6.QtCore import Qt


@pytest.fixture
def talk(desk):
    desk.load()
    said = (("Where is Soria?", "Soria is in Spain. 🙂 Soria!"), ("And so?", "ok"))
    for question, answer in said:
        desk.ask(question)
        desk.client.write(answer)
        desk.client.finish_answer()
    return desk


def find(desk, words):
    """Press Ctrl+F and type."""
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = desk.widget("findField")
    assert field.hasFocus()
    desk.qtbot.keyClicks(field, words)
    return field


def count(desk):
    return desk.widget("findCount").text()


def marked_words(desk):
    return [s.cursor.selectedText() for text in desk.texts() for s in text.extraSelections()]


def test_all_places_are_marked_and_the_newest_is_looked_at(talk):
    find(talk, "soria")
    assert count(talk) == "3 of 3"
    assert marked_words(talk) == ["Soria", "Soria", "Soria"]


def test_enter_goes_round(talk):
    field = find(talk, "soria")
    talk.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert count(talk) == "1 of 3"
    talk.qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert count(talk) == "3 of 3"
    talk.press("findPreviousButton")
    assert count(talk) == "2 of 3"


def test_what_is_not_there_is_said(talk):
    find(talk, "Teruel")
    assert count(talk) == "Not found"
    assert not talk.widget("findNextButton").isEnabled()


def test_escape_ends_it(talk):
    field = find(talk, "soria")
    talk.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert talk.seen("findBar") == []
    assert marked_words(talk) == []


def test_signs_of_regular_expressions_are_words(talk):
    find(talk, "?")
    assert count(talk) == "2 of 2"


def test_a_place_far_up_comes_into_sight(desk):
    desk.load()
    desk.ask("needle in here")
    desk.client.write("x\n" * 300)
    desk.client.finish_answer()
    find(desk, "needle")
    question = desk.texts()[0]
    place = question.mapTo(desk.widget("transcript"), question.rect().center())
    assert desk.widget("transcript").rect().contains(place)
