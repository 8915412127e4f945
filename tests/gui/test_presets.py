"""Presets and system prompts: what a person gives a chat, saves, and finds again."""

import pathlib

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QToolButton

from app.domain.chat import Effort, Role, Thinking
from app.domain.kept_chat import ChatSettings
from app.domain.model_file import ModelFile
from app.engine.protocol import Count, Generate
from app.services.engine_service import EnginePhase

NASTY = "Pi\u202erate\x07\n of\tthe sea"
PIRATE = ChatSettings(system="Talk like a pirate.", effort=Effort.DEEP, temperature=0.4)


@pytest.fixture
def ready(desk):
    desk.load(thinking=Thinking.SWITCH, family="small")
    desk.count(history_tokens=8)
    return desk


def lines(desk) -> dict[str, object]:
    """The preset menu as it is now: text before the description, and its action."""
    menu = desk.widget("presetButton").menu()
    menu.aboutToShow.emit()
    return {a.text().partition("\t")[0]: a for a in menu.actions() if a.text()}


def choose(desk, line: str) -> None:
    lines(desk)[line].trigger()


def open_panel(desk) -> None:
    if not desk.seen("answerSettings"):
        desk.press("answerSettingsButton")


def asked(desk) -> Generate:
    return [r for r in desk.client.requests if isinstance(r, Generate)][-1]


def system_asked(desk) -> list[str]:
    return [m.content for m in asked(desk).conversation.messages if m.role is Role.SYSTEM]


def write_system(desk, qtbot, text: str) -> None:
    open_panel(desk)
    field = desk.widget("systemField")
    qtbot.mouseClick(field.viewport(), Qt.MouseButton.LeftButton)
    field.selectAll()
    qtbot.keyClicks(field, text)


def shown_effort(desk) -> str:
    buttons = desk.widget("effortSwitch").findChildren(QToolButton)
    return next(b.text() for b in buttons if b.isChecked())


def name_it(desk, qtbot, name: str) -> None:
    (dialog,) = desk.seen("savePresetDialog")
    field = dialog.findChild(QLineEdit, "presetNameField")
    desk.wait_for(field.hasFocus)
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, name)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_new_chat_is_plain_and_says_so_nowhere(ready):
    assert ready.widget("answerSettingsButton").text() == ""
    assert ready.widget("answerSettingsButton").accessibleName() == "Answer settings"
    open_panel(ready)
    assert ready.widget("presetButton").accessibleName() == "Preset: Plain"
    ready.ask("Why?")
    assert system_asked(ready) == []


def test_a_preset_of_the_menu_goes_with_the_next_question(ready):
    open_panel(ready)
    menu = lines(ready)
    assert list(menu)[:2] == ["Plain", "Concise"]
    assert menu["Plain"].isChecked()
    assert menu["Concise"].text() == "Concise\tShort answers, straight to the point"
    choose(ready, "Concise")
    assert ready.widget("presetButton").accessibleName() == "Preset: Concise"
    assert ready.widget("answerSettingsButton").accessibleName() == "Answer settings: Concise"
    assert ready.widget("systemField").toPlainText().startswith("Answer briefly")
    ready.ask("Why?")
    assert system_asked(ready)[0].startswith("Answer briefly")


def test_the_mode_of_a_preset_begins_and_the_switch_has_the_last_word(ready):
    open_panel(ready)
    choose(ready, "Careful reasoning")
    assert shown_effort(ready) == "Deep"
    ready.widget("effortSwitch").toggle()
    assert shown_effort(ready) == "Fast"
    ready.ask("Why?")
    assert asked(ready).conversation.effort is Effort.FAST
    ready.client.finish_answer()
    open_panel(ready)
    choose(ready, "Careful reasoning")
    assert shown_effort(ready) == "Deep", "chosen anew"
    choose(ready, "Plain")
    assert shown_effort(ready) == "Fast"


def test_the_system_prompt_is_saved_on_leaving_the_field_and_counted(ready, qtbot):
    chat = ready.chats.chats[0]
    write_system(ready, qtbot, "  Answer in rhymes. ")
    assert chat.settings.system == ""
    qtbot.keyClick(ready.widget("systemField"), Qt.Key.Key_Tab)
    assert chat.settings.system == "Answer in rhymes."
    assert ready.widget("presetButton").accessibleName() == "Preset: Own settings"
    ready.wait_for(lambda: ready.client.is_open(Count))
    counted = ready.client.requests[ready.client.open_id(Count) - 1].conversation
    assert counted.messages[0].content == "Answer in rhymes."
    ready.count(system_tokens=1234, history_tokens=8)
    assert ready.widget("systemFieldTokens").text() == "1,234 tokens"
    ready.ask("Why?")
    assert system_asked(ready) == ["Answer in rhymes."]


@pytest.mark.parametrize("way", ["escape", "elsewhere", "window", "chat"])
def test_the_system_prompt_is_saved_however_the_field_is_left(ready, qtbot, way):
    ready.ask("First")
    ready.client.finish_answer()
    chat = ready.chats.chats[0]
    write_system(ready, qtbot, "Sing.")
    field = ready.widget("systemField")
    if way == "escape":
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    elif way == "elsewhere":
        qtbot.mouseClick(ready.widget("transcript").viewport(), Qt.MouseButton.LeftButton)
    elif way == "window":
        ready.window.close()
    else:
        qtbot.keyClick(field, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        assert ready.chats.chats[0] is not chat
        assert ready.chats.chats[0].settings == ChatSettings()
    assert chat.settings.system == "Sing."
    assert not ready.seen("answerSettings")


def test_enter_begins_a_line_and_a_huge_paste_is_refused(ready, qtbot):
    write_system(ready, qtbot, "One")
    field = ready.widget("systemField")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClicks(field, "Two")
    assert field.toPlainText() == "One\nTwo"
    QGuiApplication.clipboard().setText("x" * 200_000)
    field.paste()
    assert field.toPlainText() == "One\nTwo"
    assert "200,000 characters" in ready.widget("errorText").text()


def test_what_is_written_stays_while_an_answer_ends(ready, qtbot):
    ready.ask("Why?")
    write_system(ready, qtbot, "Half a sent")
    ready.client.finish_answer()
    assert ready.widget("systemField").toPlainText() == "Half a sent"


def test_save_as_preset_and_use_it_in_another_chat(ready, qtbot):
    write_system(ready, qtbot, "Talk like a pirate.")
    ready.widget("effortSwitch").toggle()
    open_panel(ready)
    choose(ready, "Save as preset…")
    name_it(ready, qtbot, "")
    assert ready.widget("formProblem").text() == "It needs a name."
    name_it(ready, qtbot, "concise")
    assert ready.widget("formProblem").text() == (
        "There is a preset “Concise” already. Choose another name."
    )
    name_it(ready, qtbot, "Pirate & co")
    assert ready.seen("savePresetDialog") == []
    chat = ready.chats.chats[0]
    assert chat.settings == ChatSettings(
        preset="Pirate & co", system="Talk like a pirate.", effort=Effort.DEEP
    )
    ready.ask("Why?")
    ready.client.finish_answer()
    ready.press("newChatButton")
    open_panel(ready)
    assert next(iter(lines(ready))) == "Pirate && co", "their own stand first"
    choose(ready, "Pirate && co")
    assert shown_effort(ready) == "Deep"
    ready.ask("And?")
    assert system_asked(ready) == ["Talk like a pirate."]


def test_a_changed_chat_says_so_and_its_preset_can_follow(ready, qtbot):
    pirate = ready.presets.add("Pirate", PIRATE)
    ready.presets.apply(ready.chats.chats[0], pirate)
    write_system(ready, qtbot, "Talk like a parrot.")
    qtbot.keyClick(ready.widget("systemField"), Qt.Key.Key_Tab)
    assert ready.widget("presetButton").accessibleName() == "Preset: Pirate (changed)"
    choose(ready, "Save the changes in “Pirate”")
    assert ready.presets.find("Pirate").settings.system == "Talk like a parrot."
    assert ready.widget("presetButton").accessibleName() == "Preset: Pirate"
    assert "Save the changes in “Pirate”" not in lines(ready)


def test_use_for_all_new_chats_takes_a_preset_as_it_is(ready):
    open_panel(ready)
    assert ready.seen("useForNewButton") == []
    assert ready.seen("isDefault")
    choose(ready, "Translate")
    ready.press("useForNewButton")
    assert ready.seen("isDefault")
    ready.ask("Why?")
    ready.press("newChatButton")
    assert ready.chats.chats[0].settings.preset == "Translate"
    assert ready.widget("answerSettingsButton").accessibleName() == "Answer settings: Translate"


def test_use_for_all_new_chats_makes_a_preset_of_own_settings(ready, qtbot):
    write_system(ready, qtbot, "Sing.")
    qtbot.keyClick(ready.widget("systemField"), Qt.Key.Key_Tab)
    ready.press("useForNewButton")
    assert ready.widget("presetForNewBox").isChecked()
    name_it(ready, qtbot, "Singer")
    assert ready.presets.default == "Singer"
    ready.ask("Why?")
    ready.press("newChatButton")
    assert ready.chats.chats[0].settings.system == "Sing."


def test_hostile_names_are_shown_plain_and_short(ready):
    ready.presets.add(NASTY, PIRATE)
    ready.presets.add("<b>" + "x" * 300, ChatSettings(system="\u202e<img src=x>\nmore"))
    open_panel(ready)
    menu = lines(ready)
    assert "Pirate of the sea" in menu
    long = next(action for name, action in menu.items() if name.startswith("<b>"))
    assert len(long.text()) < 100
    assert "\u202e" not in long.text()
    choose(ready, next(name for name in menu if name.startswith("<b>")))
    panel, button = ready.widget("answerSettings"), ready.widget("presetButton")
    assert panel.rect().contains(button.mapTo(panel, button.rect().bottomRight()))
    assert ready.widget("answerSettingsButton").width() <= 190


def test_the_row_has_room_at_520_px(ready):
    ready.presets.apply(ready.chats.chats[0], ready.presets.find("Careful reasoning"))
    ready.window.resize(520, 600)
    ready.wait_for(lambda: ready.widget("composer").width() < 520)
    assert ready.widget("answerSettingsButton").text() == ""
    send, composer = ready.widget("sendButton"), ready.widget("composer")
    assert composer.rect().contains(send.mapTo(composer, send.rect().bottomRight()))
    ready.window.resize(1080, 600)
    ready.wait_for(lambda: ready.widget("answerSettingsButton").text() == "Careful reasoning")


def test_a_chat_asks_for_its_model_and_says_which(ready, tmp_path):
    file = tmp_path / "ministral.gguf"
    file.touch()
    settings = ChatSettings(model="Ministral 3 8B", model_path=str(file))
    ready.presets.apply(ready.chats.chats[0], ready.presets.add("Small", settings))
    open_panel(ready)
    assert lines(ready)["Small"].text() == "Small\tUses Ministral 3 8B"
    assert ready.widget("chatModel").text() == "Uses Ministral 3 8B"
    ready.write("W")
    assert ready.engine.state.model == ModelFile(name="Ministral 3 8B", path=file)
    assert ready.engine.state.phase is EnginePhase.LOADING, "it is loaded while one types"
    assert ready.seen("errorBanner") == []


def test_a_model_that_is_gone_is_told_once(ready):
    settings = ChatSettings(model="Ministral 3 8B", model_path="/nowhere/ministral.gguf")
    ready.presets.apply(ready.chats.chats[0], ready.presets.add("Small", settings))
    ready.write("W")
    assert ready.seen("errorBanner"), "in time to choose another one"
    ready.ask("hy?")
    assert ready.seen("errorBanner")
    words = ready.widget("errorText").text()
    assert words.startswith(
        "This chat asks for Ministral 3 8B, which is no longer on this PC, so SmolLM2 135M answers."
    )
    assert asked(ready)
    assert "SmolLM2" in ready.widget("modelPicker").accessibleName()
    ready.client.finish_answer()
    ready.press("dismissButton")
    ready.ask("And?")
    ready.client.finish_answer()
    assert ready.seen("errorBanner") == []


def test_the_model_that_the_person_chooses_wins_over_the_chats(ready, tmp_path):
    file = tmp_path / "ministral.gguf"
    file.touch()
    settings = ChatSettings(model="Ministral 3 8B", model_path=str(file), system="Sing.")
    ready.presets.apply(ready.chats.chats[0], ready.presets.add("Small", settings))
    ready.window.open_model(pathlib.Path("/models/other.gguf"))
    assert ready.chats.chats[0].settings == ChatSettings(preset="Small", system="Sing.")
    ready.ask("Why?")
    assert ready.engine.state.model.path == pathlib.Path("/models/other.gguf")
    open_panel(ready)
    choose(ready, "Small")
    assert ready.seen("chatModel")
    ready.press("anyModelButton")
    assert ready.seen("chatModel") == []
    assert ready.chats.chats[0].settings.model_path == ""


def test_a_draft_that_moves_to_a_new_chat_keeps_its_character(ready):
    ready.presets.apply(ready.chats.chats[0], ready.presets.find("Code"))
    ready.ask("Why?")
    ready.client.finish_answer()
    ready.write("long")
    ready.count(history_tokens=4000, draft_tokens=90)
    ready.press("newChatWithDraftButton")
    assert ready.chats.chats[0].settings.preset == "Code"
