"""Fast and Deep: choosing, what each model allows, and the same question in the other mode."""

import pathlib

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from app.domain.chat import Effort, Sampling, Thinking
from app.domain.errors import EngineCrashed
from app.engine.protocol import Generate


def shown(desk) -> str:
    switch = desk.widget("effortSwitch")
    (chosen,) = [b for b in switch.findChildren(QToolButton) if b.isChecked()]
    assert switch.accessibleName() == f"Thinking effort: {chosen.text()}"
    return chosen.text()


def press_segment(desk, name: str) -> None:
    buttons = desk.widget("effortSwitch").findChildren(QToolButton)
    next(b for b in buttons if b.text() == name).click()


def asked(desk) -> Generate:
    return [r for r in desk.client.requests if isinstance(r, Generate)][-1]


def answered(desk, question: str, answer: str) -> None:
    desk.ask(question)
    desk.client.write(answer)
    desk.client.finish_answer()


@pytest.mark.parametrize(
    ("thinking", "name", "words", "hint"),
    [
        (Thinking.ALWAYS, "Deep", "This model always thinks before it answers.", "Always thinks"),
        (Thinking.NEVER, "Fast", "This model always answers at once.", "Does not think"),
    ],
)
def test_a_model_without_a_choice_says_so(desk, qtbot, thinking, name, words, hint):
    desk.load(thinking=thinking)
    switch = desk.widget("effortSwitch")
    assert not switch.isEnabled()
    assert switch.toolTip() == switch.accessibleDescription() == words
    assert desk.widget("effortHint").isVisible()
    assert desk.widget("effortHint").text() == hint
    assert shown(desk) == name
    qtbot.keyClick(desk.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert shown(desk) == name


def test_the_effort_goes_with_the_question(desk):
    desk.load(thinking=Thinking.SWITCH)
    assert shown(desk) == "Fast"
    desk.ask("Quickly")
    assert asked(desk).conversation.effort is Effort.FAST
    desk.client.finish_answer()
    press_segment(desk, "Deep")
    desk.ask("Slowly")
    assert asked(desk).conversation.effort is Effort.DEEP


def test_the_keyboard_switches(desk, qtbot):
    desk.load(thinking=Thinking.SWITCH)
    for name in ("Deep", "Fast"):
        qtbot.keyClick(desk.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        assert shown(desk) == name
    assert desk.acts >= 2


def test_every_chat_keeps_its_effort(desk):
    desk.load(thinking=Thinking.SWITCH)
    press_segment(desk, "Deep")
    answered(desk, "A", "a")
    desk.press("newChatButton")
    assert shown(desk) == "Fast"
    desk.widget("chatPage").open_chat(desk.chats.chats[-1].chat_id)
    assert shown(desk) == "Deep"


def test_before_it_is_loaded_a_model_shows_what_was_last_known(desk):
    switch = desk.widget("effortSwitch")
    assert not switch.isEnabled()
    desk.load(thinking=Thinking.SWITCH)
    starter = desk.engine.state.model
    desk.window.open_model(pathlib.Path("/models/other.gguf"))
    assert not switch.isEnabled()
    desk.widget("chatPage").use_model(starter)
    assert desk.engine.state.loaded is None
    assert switch.isEnabled()


def test_the_same_question_can_be_answered_in_the_other_mode(desk):
    desk.load(thinking=Thinking.SWITCH)
    answered(desk, "Why?", "Because.")
    (again,) = desk.seen("answerAgainButton")
    assert again.text() == "Answer again: Deep"
    desk.press("answerAgainButton")
    assert desk.seen("answerAgainButton") == []
    assert asked(desk).conversation.effort is Effort.DEEP
    assert desk.statuses() == ["Working on the answer…"]
    desk.client.write("On second thoughts, …")
    desk.client.finish_answer()
    assert [words for _, words in desk.words()] == ["Why?", "On second thoughts, …"]
    (again,) = desk.seen("answerAgainButton")
    assert again.text() == "Answer again: Fast"


def test_when_the_second_answer_fails_the_first_one_stands(desk):
    desk.load(thinking=Thinking.SWITCH)
    answered(desk, "Why?", "Because.")
    desk.press("answerAgainButton")
    desk.client.end(desk.client.open_id(Generate), EngineCrashed(reason="signal 11"))
    assert [words for _, words in desk.words()] == ["Why?", "Because."]
    assert not desk.texts()[1].property("dimmed")
    assert desk.seen("answerAgainButton")


def test_only_the_last_answer_of_a_switching_model_can_be_asked_differently(desk):
    desk.load(thinking=Thinking.SWITCH)
    answered(desk, "One", "1")
    desk.ask("Two")
    assert desk.seen("answerAgainButton") == []
    desk.client.write("2")
    desk.client.finish_answer()
    assert len(desk.seen("answerAgainButton")) == 1


def test_a_model_that_never_thinks_is_not_asked_to(desk):
    desk.load()
    answered(desk, "One", "1")
    assert desk.seen("answerAgainButton") == []


def test_details_tell_how_an_answer_came_to_be(desk, qtbot):
    desk.load(thinking=Thinking.SWITCH, family="small")
    press_segment(desk, "Deep")
    desk.ask("Why?")
    desk.client.write("Hm.", is_thought=True)
    desk.client.write("Because.", part=1)
    desk.client.finish_answer(thought_s=12.3)
    (button,) = desk.seen("detailsButton")
    told = button.accessibleDescription()
    for words in (
        "Mode: Deep",
        "Seed: 1",
        "Temperature: 0.7",
        "Top-p: 0.95",
        "Model: SmolLM2 135M",
    ):
        assert words in told
    for words in ("Time spent thinking: 12 s", "Time to first token: 0.3 s", "42.1 tokens/s"):
        assert words in told
    button.click()
    (panel,) = desk.seen("detailsPanel")
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert desk.seen("detailsPanel") == []


def test_an_open_panel_goes_away_with_its_answer(desk):
    desk.load()
    answered(desk, "A", "a")
    desk.press("detailsButton")
    desk.press("newChatButton")
    assert desk.seen("detailsPanel") == []


def test_the_recommended_sampling_of_the_mode_is_used(desk):
    desk.load(thinking=Thinking.SWITCH, family="small")
    desk.ask("Quickly")
    assert asked(desk).sampling == Sampling(temperature=0.1, top_p=0.9)
