"""What chats and folders are called: names show as what they are, and none is there twice."""

import pytest

from app.domain.kept_chat import Draft
from app.services.chat_library import ChatLibrary
from app.services.chats import clean_title, title_of
from tests.helpers.keeping import KeptStage

HIDDEN = "\u202egpj\u202c\u200b.exe\x00\x1b[2J\u2066x\ufeff"


@pytest.mark.parametrize("name", [clean_title, title_of])
def test_a_title_holds_nothing_unseen_and_nothing_that_turns_text(name):
    assert name(f"photo {HIDDEN}") == "photo gpj.exe[2Jx"
    assert name("\u200b \u2060") == ""
    assert name("  Letters \t home ") == "Letters home"
    assert name("خانه‌ها 👩‍👧") == "خانه‌ها 👩‍👧", "joiners are part of words and emoji"


def test_a_title_is_not_endless():
    assert len(clean_title("word " * 100)) <= 200
    assert title_of("word " * 100) == ("word " * 12).rstrip() + "…"
    assert title_of("short\nand more") == "short"
    assert title_of("\u202e" * 10_000 + "word") == ""


def test_folders_differ_by_more_than_their_case():
    library = ChatLibrary()
    library.set_folders(["Kitchen", "Work"])
    chat = library.new_chat(folder="Work")
    library.rename_folder("Work", "KITCHEN")
    assert library.folders == ["Kitchen"]
    assert chat.info.folder == "Kitchen"
    library.rename_folder("Kitchen", "kitchen")
    assert library.folders == ["kitchen"]
    assert chat.info.folder == "kitchen"
    library.set_folders(["kitchen", "Kitchen", "Café", "Cafe\u0301"])
    assert library.folders == ["kitchen", "Café"]


def test_a_chat_that_lost_all_its_words_keeps_its_new_name(tmp_path):
    stage = KeptStage(tmp_path).open()
    chat = stage.library.new_chat()
    stage.library.keep_draft(chat, Draft(text="What I was about to"))
    stage.library.keep_draft(chat, Draft())
    stage.library.rename(chat, "Letters")
    stage.close()
    again = KeptStage(tmp_path).open()
    titles = [c.title for c in again.library.chats]
    again.close()
    assert titles == ["Letters"]


def test_so_does_one_whose_question_was_taken_back(tmp_path):
    stage = KeptStage(tmp_path).open()
    stage.load()
    other, chat = stage.library.new_chat(), None
    stage.ask(other, "Busy")
    chat = stage.library.new_chat()
    stage.chats.ask(chat.chat_id, "Never mind")
    stage.settle()
    stage.chats.take_back(chat.chat_id, chat.messages[0].message_id)
    stage.library.rename(chat, "Letters")
    stage.settle()
    with stage.on_disk() as disk:
        titles = {info.title for info in disk.chats.infos()}
    stage.close()
    assert "Letters" in titles


def test_a_new_chat_is_not_kept_for_being_looked_at(tmp_path):
    stage = KeptStage(tmp_path).open()
    chat = stage.library.new_chat()
    stage.library.change(chat, is_pinned=True)
    stage.close()
    again = KeptStage(tmp_path).open()
    chats = list(again.library.chats)
    again.close()
    assert chats == []
