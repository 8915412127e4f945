"""Presets: those that come along, the person's own, and what chats get from them."""

import pytest

from app.domain.chat import Effort, Role, TextPart, Thinking
from app.domain.errors import ChatsReadOnly, NameMissing, PresetNameTaken
from app.domain.kept_chat import ChatMessage, ChatSettings, MessageState, Preset
from app.domain.placement.values import Placement
from app.engine.protocol import Loaded
from app.services.chat_library import ChatLibrary
from app.services.chat_presets import PLAIN, ChatPresets
from app.services.chat_prompts import conversation_for, unasked
from tests.helpers.keeping import KeptStage

PIRATE = ChatSettings(system="Talk like a pirate.", effort=Effort.DEEP, temperature=0.4)
NASTY = "Pi\u202erate\x07\n  \u200b of\tthe\x00 sea\ufeff"


@pytest.fixture
def library():
    return ChatLibrary()


@pytest.fixture
def presets(library):
    return ChatPresets(library)


@pytest.fixture
def runs(tmp_path):
    """Begin a run of the program on the same folder; the one before ends first."""
    open_runs = []

    def start() -> KeptStage:
        if open_runs:
            open_runs[-1].close()
        open_runs.append(KeptStage(tmp_path).open())
        return open_runs[-1]

    yield start
    open_runs[-1].close()


def say(library, chat, text="Hello"):
    message = ChatMessage(
        message_id=library.next_message_id(),
        role=Role.USER,
        parts=(TextPart(text),),
        state=MessageState.DONE,
    )
    chat.add(message)
    library.keep(chat, message)


def names(presets):
    return [preset.name for preset in presets.own]


def test_what_comes_along_is_complete_and_guesses_no_sampling(presets):
    built_in = {preset.name: preset for preset in presets.built_in}
    assert next(iter(built_in)) == PLAIN
    assert {"Concise", "Writing help", "Code", "Translate", "Careful reasoning"} <= set(built_in)
    assert built_in[PLAIN].settings == ChatSettings()
    assert built_in["Careful reasoning"].settings.effort is Effort.DEEP
    for preset in presets.built_in:
        settings = preset.settings
        assert 0 < len(preset.description) <= 60
        assert not preset.description.endswith(".")
        assert bool(settings.system) == (preset.name != PLAIN)
        assert settings.system == settings.system.strip()
        assert len(settings.system) < 900, "it is read again with every chat"
        assert (settings.temperature, settings.top_p, settings.thinking_tokens) == (None,) * 3
        assert not settings.model


def test_a_chat_gets_the_settings_and_they_are_its_own(library, presets):
    chat = library.new_chat()
    assert presets.of(chat) == (presets.find(PLAIN), False)
    pirate = presets.add("Pirate", PIRATE)
    presets.apply(chat, pirate)
    assert chat.settings.system == "Talk like a pirate."
    assert presets.of(chat) == (pirate, False)
    library.change(chat, settings=ChatSettings(preset="Pirate", system="Talk like a parrot."))
    assert presets.of(chat) == (pirate, True)
    presets.apply(chat, presets.find(PLAIN))
    assert chat.settings == ChatSettings()


def test_what_a_preset_becomes_later_does_not_reach_its_chats(library, presets):
    chat = library.new_chat()
    pirate = presets.add("Pirate", PIRATE)
    presets.apply(chat, pirate)
    presets.change(pirate, ChatSettings(system="Sing."))
    assert chat.settings.system == "Talk like a pirate."
    assert presets.of(chat).is_changed


def test_settings_without_a_preset_are_the_chats_own(library, presets):
    chat = library.new_chat()
    library.change(chat, settings=ChatSettings(temperature=1.0))
    assert presets.of(chat) == (None, False)
    gone = presets.add("Pirate", PIRATE)
    presets.apply(chat, gone)
    presets.delete(gone)
    assert presets.of(chat) == (None, False)
    assert chat.settings.system == "Talk like a pirate.", "it goes on as before"


def test_a_renamed_preset_keeps_its_chats_and_its_star(library, presets):
    chat = library.new_chat()
    pirate = presets.add("Pirate", PIRATE)
    presets.apply(chat, pirate)
    presets.use_for_new_chats(pirate)
    corsair = presets.rename(pirate, "Corsair")
    assert presets.of(chat) == (corsair, False)
    assert presets.default == "Corsair"
    assert library.new_settings.preset == "Corsair"
    assert presets.rename(corsair, " Corsair ") == corsair
    assert presets.rename(corsair, "CORSAIR").name == "CORSAIR"


def test_a_renamed_preset_keeps_its_chats_in_the_trash(runs):
    run = runs()
    presets, chat = ChatPresets(run.library), run.library.new_chat()
    pirate = presets.add("Pirate", PIRATE)
    presets.apply(chat, pirate)
    say(run.library, chat)
    run.library.move_to_trash(chat)
    assert run.library.trash == [chat]
    corsair = presets.rename(pirate, "Corsair")
    assert presets.of(chat) == (corsair, False)


@pytest.mark.parametrize("written", ["", "   ", "\n\t", "\u202e\u200b\x00", "\u200d"])
def test_a_name_has_to_be_seen(presets, written):
    with pytest.raises(NameMissing) as refused:
        presets.add(written, PIRATE)
    assert str(refused.value) == "It needs a name."
    assert presets.own == []


def test_hostile_names_are_one_plain_line(presets):
    assert presets.add(NASTY, PIRATE).name == "Pirate of the sea"
    long = presets.add("x" * 300, PIRATE)
    assert len(long.name) == 80
    assert len(presets.duplicate(long).name) == 80
    assert presets.add("half an emoji \ud83d", PIRATE).name == "half an emoji ?"
    assert presets.add("👩\u200d🚀", PIRATE).name == "👩\u200d🚀", "joined as it was written"


@pytest.mark.parametrize("written", ["Pirate", "  pirate ", "PIRATE", "concise", "plain"])
def test_names_are_unique_for_people(presets, written):
    pirate = presets.add("Pirate", PIRATE)
    with pytest.raises(PresetNameTaken):
        presets.add(written, PIRATE)
    other = presets.add("Other", PIRATE)
    if written.strip().casefold() != "pirate":
        return
    with pytest.raises(PresetNameTaken):
        presets.rename(other, written)
    assert names(presets) == [pirate.name, "Other"]


def test_duplicate_order_delete_and_undo(presets):
    first, second = presets.add("A", PIRATE), presets.add("B", PIRATE)
    assert presets.duplicate(first).name == "A 2"
    assert presets.duplicate(presets.find("Code")).name == "Code 2"
    presets.move(second, -5)
    assert names(presets) == ["B", "A", "A 2", "Code 2"]
    presets.move(second, 1)
    assert names(presets) == ["A", "B", "A 2", "Code 2"]
    presets.use_for_new_chats(second)
    removed = presets.delete(second)
    assert names(presets) == ["A", "A 2", "Code 2"]
    assert presets.default == ""
    presets.add("b", PIRATE)
    assert presets.put_back(removed).name == "B 2"
    assert names(presets) == ["A", "B 2", "A 2", "Code 2", "b"]
    assert presets.default == "B 2"


def test_new_chats_begin_with_the_default(library):
    kept = []
    presets = ChatPresets(library, keep_default=kept.append)
    told = []
    presets.on_change = lambda: told.append(1)
    empty = library.new_chat()
    presets.use_for_new_chats(presets.find("Concise"))
    assert empty.settings.preset == "Concise", "nothing was said in it yet"
    say(library, empty)
    assert library.new_chat().settings == empty.settings
    presets.use_for_new_chats(presets.find(PLAIN))
    assert empty.settings.preset == "Concise", "something was said in it"
    assert kept == ["Concise", ""]
    assert len(told) == 2


def test_a_default_that_comes_along_holds_from_the_first_chat(library):
    ChatPresets(library, default="Translate")
    assert library.new_chat().settings.system.startswith("Translate")


def test_a_default_that_is_gone_is_plain(library):
    presets = ChatPresets(library, default="Nobody knows it")
    assert library.new_chat().settings == ChatSettings()
    assert presets.default == "Nobody knows it", "its file may be locked today and here tomorrow"


def test_presets_survive_a_restart_with_all_they_hold(runs):
    first = runs()
    presets = ChatPresets(first.library)
    presets.load()
    first.settle()
    whole = ChatSettings(
        system="Ahoy!\nSecond line",
        effort=Effort.FAST,
        model="Ministral 3 8B",
        model_path="/models/ministral.gguf",
        temperature=0.0,
        top_p=0.5,
        thinking_tokens=700,
    )
    presets.add("Pirate", whole)
    presets.add("Second", PIRATE)
    presets.move(presets.find("Second"), -1)
    chat = first.library.new_chat()
    presets.apply(chat, presets.find("Pirate"))
    say(first.library, chat)
    again = runs()
    presets = ChatPresets(again.library, default="Pirate")
    presets.load()
    again.settle()
    assert presets.own == [
        Preset(name="Second", settings=PIRATE),
        Preset(name="Pirate", settings=whole),
    ]
    assert presets.of(again.library.chats[0]) == (presets.own[1], False)
    assert again.library.new_chat().settings.model_path == "/models/ministral.gguf"
    assert not [*first.troubles(), *again.troubles()]


def test_an_own_default_reaches_the_empty_chat_that_waited_for_it(runs):
    first = runs()
    presets = ChatPresets(first.library)
    presets.add("Pirate", PIRATE)
    again = runs()
    presets = ChatPresets(again.library, default="Pirate")
    chat = again.library.new_chat()
    assert chat.settings == ChatSettings()
    presets.load()
    again.settle()
    assert chat.settings.preset == "Pirate"


def test_what_is_added_before_the_list_is_here_stays(runs):
    first = runs()
    ChatPresets(first.library).add("Kept", PIRATE)
    again = runs()
    presets = ChatPresets(again.library)
    presets.load()
    presets._list.items = [Preset(name="Early", settings=PIRATE)]
    again.settle()
    assert names(presets) == ["Kept", "Early"]
    third = runs()
    presets = ChatPresets(third.library)
    presets.load()
    third.settle()
    assert names(presets) == ["Kept", "Early"]


def test_a_restore_brings_the_presets_of_the_backup_alone(runs):
    run = runs()
    presets = ChatPresets(run.library)
    presets.load()
    run.settle()
    presets.add("Old", PIRATE)
    run.settle()
    presets.add("New", PIRATE)
    run.settle()
    run.keeper.run(lambda store: store.presets.put_presets([Preset(name="Old", settings=PIRATE)]))
    presets.load()
    run.settle()
    assert names(presets) == ["Old"]


def test_a_refusal_of_the_disk_is_told_and_the_preset_holds_for_this_run(runs, monkeypatch):
    run = runs()
    presets = ChatPresets(run.library)
    monkeypatch.setattr(run.keeper._store._database, "is_read_only", True)
    presets.add("Pirate", PIRATE)
    run.settle()
    (trouble,) = run.troubles()
    assert isinstance(trouble, ChatsReadOnly)
    assert names(presets) == ["Pirate"]


@pytest.mark.parametrize("tokenizer", ["v15", "template"])
def test_the_model_is_asked_with_the_system_prompt_of_the_preset(library, presets, tokenizer):
    loaded = Loaded(
        request_id=1,
        name="m",
        architecture="mistral4",
        parameters=1,
        file_bytes=1,
        context_tokens=4096,
        limit_tokens=4096,
        load_s=0.1,
        placement=Placement(context_tokens=4096),
        tokenizer=tokenizer,
        thinking=Thinking.SWITCH,
    )
    chat = library.new_chat()
    presets.apply(chat, presets.find("Concise"))
    asked = conversation_for(loaded, chat.settings, [], unasked("Why?", ()), None)
    assert [m.role for m in asked.messages] == [Role.SYSTEM, Role.USER]
    assert asked.messages[0].content == presets.find("Concise").settings.system
    presets.apply(chat, presets.find(PLAIN))
    asked = conversation_for(loaded, chat.settings, [], unasked("Why?", ()), None)
    assert [m.role for m in asked.messages] == [Role.USER]
