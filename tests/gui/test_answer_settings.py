"""The settings panel: what holds for the open chat, and what the model may do meanwhile."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QToolButton

from app.domain.chat import Thinking
from app.domain.kept_chat import ChatSettings
from app.engine.protocol import Generate, Unload
from app.services.answer_queue import AnswerWishes
from app.services.idle_work import ReadAhead


@pytest.fixture
def panel(desk):
    desk.load(thinking=Thinking.SWITCH, family="small")
    desk.count(history_tokens=8)  # the engine has nothing more to do
    desk.changes = []
    desk.window.preferences_changed.connect(lambda: desk.changes.append(1))
    desk.press("answerSettingsButton")
    return desk


def fill(desk, qtbot, name: str, text: str) -> None:
    field = desk.widget(name)
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_empty_fields_show_what_is_recommended_for_the_mode(panel, qtbot):
    assert panel.widget("temperatureField").placeholderText() == "0.1 (recommended)"
    assert panel.widget("topPField").placeholderText() == "0.9 (recommended)"
    assert panel.widget("thinkingBudgetField").placeholderText() == "Automatic"
    panel.press("answerSettingsButton")
    panel.widget("effortSwitch").toggle()
    panel.press("answerSettingsButton")
    assert panel.widget("temperatureField").placeholderText() == "0.7 (recommended)"


def test_numbers_go_with_the_next_question_of_this_chat(panel, qtbot):
    fill(panel, qtbot, "temperatureField", "0,35")
    fill(panel, qtbot, "thinkingBudgetField", "500")
    (chat,) = panel.chats.chats
    assert chat.settings == ChatSettings(temperature=0.35, thinking_tokens=500)
    assert panel.chats.wishes == AnswerWishes(), "other chats are as they were"
    assert panel.changes == []
    panel.widget("effortSwitch").toggle()
    panel.ask("Why?")
    request = panel.client.requests[panel.client.open_id(Generate) - 1]
    assert request.sampling.temperature == 0.35
    assert request.sampling.top_p == 0.95
    assert request.thinking_tokens == 500
    panel.press("newChatButton")
    panel.press("answerSettingsButton")
    assert panel.widget("temperatureField").text() == ""


def test_every_chat_shows_its_own_numbers(panel, qtbot):
    fill(panel, qtbot, "topPField", "0.5")
    panel.ask("Why?")
    panel.client.finish_answer()
    panel.press("newChatButton")
    panel.press("answerSettingsButton")
    assert panel.widget("topPField").text() == ""
    first = panel.chats.chats[-1]
    panel.widget("chatPage").open_chat(first.chat_id)
    assert panel.seen("answerSettings") == [], "another chat is another panel"
    panel.press("answerSettingsButton")
    assert panel.widget("topPField").text() == "0.5"


def test_wishes_of_earlier_versions_hold_until_they_are_forgotten(desk):
    desk.load(thinking=Thinking.SWITCH, family="small")
    desk.chats.wishes = AnswerWishes(temperature=0.3, top_p=0.8, thinking_tokens=900)
    changes = []
    desk.window.preferences_changed.connect(lambda: changes.append(1))
    desk.press("answerSettingsButton")
    assert desk.widget("temperatureField").placeholderText() == "0.3"
    assert desk.widget("thinkingBudgetField").placeholderText() == "900"
    (words,) = desk.seen("wishesForAll")
    assert words.text() == "All chats: temperature 0.3, top-p 0.8, 900 tokens for thinking"
    desk.press("forgetWishesButton")
    assert desk.chats.wishes == AnswerWishes()
    assert changes == [1]
    assert desk.seen("wishesForAll") == []
    desk.press("answerSettingsButton")
    desk.press("answerSettingsButton")
    assert desk.widget("temperatureField").placeholderText() == "0.1 (recommended)"


def test_an_emptied_field_is_recommended_again(panel, qtbot):
    (chat,) = panel.chats.chats
    fill(panel, qtbot, "topPField", "0.5")
    assert chat.settings.top_p == 0.5
    fill(panel, qtbot, "topPField", "")
    assert chat.settings == ChatSettings()


@pytest.mark.parametrize(
    ("name", "written", "shown"),
    [("temperatureField", "99", "5"), ("topPField", "3", "1"), ("topPField", "0", "0.01")],
)
def test_numbers_are_kept_within_bounds(panel, qtbot, name, written, shown):
    fill(panel, qtbot, name, written)
    assert panel.widget(name).text() == shown


def test_letters_are_no_numbers(panel, qtbot):
    fill(panel, qtbot, "temperatureField", "warm")
    assert panel.widget("temperatureField").text() == ""
    assert panel.chats.chats[0].settings == ChatSettings()


def test_when_to_read_ahead_is_chosen(panel):
    switch = panel.widget("readAheadSwitch")
    assert switch.accessibleName()
    labels = {b.text(): b for b in switch.findChildren(QToolButton)}
    assert list(labels) == ["Off", "On mains power", "Always"]
    assert labels["On mains power"].isChecked()
    labels["Always"].click()
    assert panel.idle.read_ahead is ReadAhead.ALWAYS
    assert panel.changes == [1]


def test_when_memory_is_freed_is_chosen(panel, qtbot):
    assert panel.widget("unloadAfterField").placeholderText() == "Never"
    fill(panel, qtbot, "unloadAfterField", "20")
    assert panel.idle.unload_after_s == 1200
    fill(panel, qtbot, "unloadAfterField", "")
    assert panel.idle.unload_after_s is None


def test_memory_is_freed_now(panel):
    panel.press("freeMemoryButton")
    assert panel.client.is_open(Unload)
    assert not panel.widget("freeMemoryButton").isEnabled()


def test_memory_is_not_freed_under_an_answer(desk):
    desk.load()
    desk.ask("Hello")
    desk.press("answerSettingsButton")
    assert not desk.widget("freeMemoryButton").isEnabled()


def test_every_part_has_a_name_and_the_keyboard_gets_in_and_out(panel, qtbot):
    fields = (
        *("presetButton", "systemField", "temperatureField", "topPField"),
        *("thinkingBudgetField", "unloadAfterField"),
    )
    assert all(panel.widget(name).accessibleName() for name in fields)
    assert panel.widget("presetButton").hasFocus()
    for name in fields[1:5]:
        qtbot.keyClick(panel.window.focusWidget(), Qt.Key.Key_Tab)
        assert panel.widget(name).hasFocus()
    qtbot.keyClick(panel.window.focusWidget(), Qt.Key.Key_Escape)
    assert panel.seen("answerSettings") == []
    assert panel.widget("answerSettingsButton").hasFocus()


def test_a_press_elsewhere_closes_it(panel, qtbot):
    qtbot.mouseClick(panel.widget("transcript").viewport(), Qt.MouseButton.LeftButton)
    assert panel.seen("answerSettings") == []


def test_another_panel_takes_its_place(panel):
    gauge = panel.widget("contextGauge")
    gauge.keyPressEvent(
        QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)
    )
    assert panel.seen("answerSettings") == []
    assert panel.seen("contextPanel")


def test_it_fits_the_smallest_window(panel):
    panel.press("answerSettingsButton")
    panel.window.resize(480, 420)
    panel.press("answerSettingsButton")
    (settings,) = panel.seen("answerSettings")
    assert panel.window.rect().contains(settings.geometry())
