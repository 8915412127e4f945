"""The library of prompts: saved, found by words, changed, brought back."""

import pytest

from app.domain.errors import ChatsFaulty, NameMissing, PromptEmpty, PromptNameTaken
from app.domain.kept_chat import SavedPrompt
from app.services.chat_library import ChatLibrary
from app.services.saved_prompts import SavedPrompts
from tests.helpers.damage import spoil_page
from tests.helpers.keeping import KeptStage


@pytest.fixture
def prompts():
    return SavedPrompts(ChatLibrary())


def names(found):
    return [prompt.name for prompt in found]


def test_the_newest_stands_first_and_nothing_comes_along(prompts):
    assert prompts.all == []
    prompts.add("Letter", "Write a letter")
    prompts.add("Poem", "Write a poem")
    assert names(prompts.all) == ["Poem", "Letter"]


def test_words_find_prompts_by_name_first(prompts):
    prompts.add("Résumé of a text", "Sum it up in five sentences")
    prompts.add("Letter", "A friendly letter with a resume of last week")
    prompts.add("天気", "明日の天気予報")
    assert names(prompts.find("")) == names(prompts.find(" \n")) == names(prompts.all)
    assert names(prompts.find("resume")) == ["Résumé of a text", "Letter"]
    assert names(prompts.find("let week")) == ["Letter"]
    assert names(prompts.find("天気")) == ["天気"]
    assert prompts.find("nothing of the kind") == []


def test_a_prompt_needs_a_name_and_words(prompts):
    with pytest.raises(NameMissing):
        prompts.add("\u202e ", "Words")
    with pytest.raises(PromptEmpty):
        prompts.add("Name", " \n ")
    assert prompts.all == []


def test_names_are_unique_and_plain(prompts):
    prompts.add("Letter", "one")
    other = prompts.add("Other\x00\n\u2066one", "two")
    assert other.name == "Other one"
    with pytest.raises(PromptNameTaken) as refused:
        prompts.add("letter", "three")
    assert str(refused.value) == "There is a prompt “Letter” already. Choose another name."
    with pytest.raises(PromptNameTaken):
        prompts.change("Other one", "LETTER", "two")
    assert prompts.change("Letter", "LETTER", "more").text == "more"
    assert prompts.free_name("letter") == "letter 2"


def test_text_stays_as_it_was_written(prompts):
    text = "  Indented\n\n\tand more \u202e kept <b>as it is</b>  "
    assert prompts.add("A", text).text == text
    assert prompts.add("B", "half \ud83d").text == "half ?"


def test_what_was_deleted_comes_back_where_it_was(prompts):
    for name in ("C", "B", "A"):
        prompts.add(name, "words")
    removed = prompts.delete("B")
    assert names(prompts.all) == ["A", "C"]
    prompts.put_back(removed)
    assert names(prompts.all) == ["A", "B", "C"]


def test_prompts_survive_a_restart(tmp_path):
    run = KeptStage(tmp_path).open()
    prompts = SavedPrompts(run.library)
    prompts.load()
    run.settle()
    prompts.add("Old", "words")
    prompts.add("New", "more words")
    prompts.change("Old", "Old", "other words")
    run.close()
    again = KeptStage(tmp_path).open()
    prompts = SavedPrompts(again.library)
    prompts.load()
    again.settle()
    assert prompts.all == [
        SavedPrompt(name="New", text="more words"),
        SavedPrompt(name="Old", text="other words"),
    ]
    again.close()
    assert not [*run.troubles(), *again.troubles()]


def test_where_only_they_are_damaged_the_chats_are_kept_as_before(tmp_path):
    run = KeptStage(tmp_path).open()
    prompts = SavedPrompts(run.library)
    prompts.load()
    prompts.add("Old", "words")
    run.close()
    spoil_page(tmp_path / "chats.db", "saved_prompt")
    again = KeptStage(tmp_path).open()
    SavedPrompts(again.library).load()
    again.settle()
    assert [type(trouble) for trouble in again.troubles()] == [ChatsFaulty]
    again.close()
