"""Presets with the real worker and the real store: what the model reads, what stays for good."""

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from app.domain.chat import Effort
from app.engine.protocol import Count, Counted, SegmentTokens, Tokenise
from app.program import Program
from app.services.answer_queue import AnswerWishes
from app.services.chat_library import ChatLibrary
from app.services.chat_presets import ChatPresets
from app.services.chat_prompts import conversation_for, unasked
from app.settings.folders import folders_for

PATIENCE_MS = 60_000


@pytest.fixture
def presets():
    return ChatPresets(ChatLibrary())


def asked_like(engine, preset, effort=None):
    """The question as the services put it, once the model is loaded."""
    engine.ask("Hi", max_tokens=1)
    loaded = engine.service.state.loaded
    return conversation_for(loaded, preset.settings, [], unasked("Why?", ()), effort)


def segments_of(engine, conversation):
    asked = engine.request(lambda i: Tokenise(request_id=i, conversation=conversation))
    return [(e.kind, e.text) for e in asked.events if isinstance(e, SegmentTokens)]


def test_a_v15_model_reads_the_system_prompt_where_its_makers_put_it(
    run_engine, mistral4_model, presets
):
    engine = run_engine(mistral4_model)
    deep = presets.find("Careful reasoning")
    conversation = asked_like(engine, deep, deep.settings.effort)
    assert conversation.effort is Effort.DEEP
    assert segments_of(engine, conversation)[:6] == [
        ("control", "<s>"),
        ("control", "[SYSTEM_PROMPT]"),
        ("text", deep.settings.system),
        ("control", "[/SYSTEM_PROMPT]"),
        ("control", "[MODEL_SETTINGS]"),
        ("text", '{"reasoning_effort": "high"}'),
    ]
    plain = asked_like(engine, presets.find("Plain"))
    assert ("control", "[SYSTEM_PROMPT]") not in segments_of(engine, plain)


def test_the_starter_reads_it_through_its_template(run_engine, starter, presets):
    engine = run_engine(starter)
    concise = presets.find("Concise")
    conversation = asked_like(engine, concise)
    words = "".join(text for _, text in segments_of(engine, conversation))
    assert words.startswith(f"<|im_start|>system\n{concise.settings.system}<|im_end|>")
    counted = engine.request(lambda i: Count(request_id=i, conversation=conversation)).end
    assert isinstance(counted, Counted)
    assert counted.system_tokens > 40


def test_a_preset_made_in_the_window_is_there_the_next_time(qtbot, qapp, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    folders = folders_for(tmp_path / "data")

    def start() -> Program:
        program = Program(qapp, folders, None)
        program.chats.wishes = AnswerWishes(temperature=0)
        qtbot.addWidget(program.window)
        program.window.show()
        qtbot.waitExposed(program.window)
        qtbot.waitUntil(lambda: program.library.is_open, timeout=PATIENCE_MS)
        return program

    def find(program, name):
        return program.window.findChild(object, name)

    first = start()
    find(first, "answerSettingsButton").click()
    field = find(first, "systemField")
    field.setFocus()
    qtbot.keyClicks(field, "Always answer with the word Moncayo.")
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    find(first, "useForNewButton").click()
    name = first.window.findChild(QLineEdit, "presetNameField")
    name.selectAll()
    qtbot.keyClicks(name, "Mountain")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    first.chats.ask(first.chats.chats[0].chat_id, "Hi")
    chat = first.chats.chats[0]
    qtbot.waitUntil(lambda: bool(chat.messages and chat.messages[-1].usage), timeout=PATIENCE_MS)
    counted = first.chats.chats[0].messages[-1].usage.prompt_tokens
    assert counted > 20
    first.close()

    again = start()
    try:
        qtbot.waitUntil(
            lambda: again.library.new_settings.preset == "Mountain", timeout=PATIENCE_MS
        )
        assert again.chats.chats[0].settings.system == "Always answer with the word Moncayo."
        find(again, "newChatButton").click()
        assert again.chats.chats[0].settings.preset == "Mountain"
        said = find(again, "answerSettingsButton").accessibleName()
        assert said == "Answer settings: Mountain"
    finally:
        again.close()
