"""Questions that wait, are taken back or cannot be written, over a real store."""

import itertools
import pathlib

import msgspec
import pytest

from app.domain.attachments import DocumentAttachment, DocumentPage, Source
from app.domain.errors import ChatsDiskFull
from app.domain.kept_chat import Draft, MessageState
from app.engine.protocol import Generate
from app.store.chats import Chats
from tests.helpers.keeping import KeptStage


@pytest.fixture
def start(tmp_path):
    """Start the program, as often as wanted, always with the same chats."""
    stages: list[KeptStage] = []

    def start_one() -> KeptStage:
        for stage in stages:
            stage.close()
        stages.append(KeptStage(tmp_path / "data"))
        return stages[-1]

    yield start_one
    for stage in stages:
        stage.close()


@pytest.fixture
def stage(start):
    stage = start().open()
    stage.load()
    return stage


def texts(chat) -> list[str]:
    return [m.text for m in chat.messages]


def titles(stage) -> list[str]:
    return [c.title for c in stage.library.chats]


def opened(start):
    """The newest chat, as it is after a restart."""
    again = start().open()
    chat = again.library.chats[0]
    again.library.load(chat)
    again.wait(lambda: chat.is_loaded)
    return chat


def asked(stage) -> list[str]:
    requests = [r for r in stage.client.requests if isinstance(r, Generate)]
    return [r.conversation.messages[-1].text for r in requests]


def queue(stage, chat, *questions: str) -> None:
    for question in questions:
        stage.chats.ask(chat.chat_id, question)
    stage.settle()


def test_nothing_is_answered_that_waits_in_a_chat_that_is_deleted(stage, start):
    chat = stage.library.new_chat()
    stage.ask(chat, "one")
    stage.client.write("Some")
    queue(stage, chat, "two")
    stage.chats.give_up(chat.chat_id)
    stage.library.move_to_trash(chat)
    stage.client.finish_answer()
    stage.settle()
    assert asked(stage) == ["one"]
    assert [m.state for m in chat.messages][::2] == [MessageState.DONE, MessageState.UNANSWERED]
    assert chat.queued == [], "it would be there twice when the chat is loaded again"
    stage.library.bring_back(chat)
    stage.chats.ask_again(chat.chat_id, chat.messages[-1].message_id)
    stage.client.write("More")
    stage.client.finish_answer()
    assert texts(opened(start)) == ["one", "Some", "two", "More"]


def test_a_question_on_its_way_to_the_queue_does_not_bring_its_chat_back(stage, start):
    stage.ask(stage.library.new_chat(), "one")
    chat = stage.library.new_chat()
    stage.chats.ask(chat.chat_id, "two")
    stage.chats.give_up(chat.chat_id)
    stage.library.move_to_trash(chat)
    stage.library.delete([chat])
    stage.settle()
    stage.client.finish_answer()
    stage.settle()
    assert asked(stage) == ["one"]
    again = start().open()
    assert titles(again) == ["one"]
    assert again.library.trash == []


def test_a_chat_whose_only_question_waits_goes_to_the_trash(stage, start):
    stage.ask(stage.library.new_chat(), "one")
    chat = stage.library.new_chat()
    queue(stage, chat, "two")
    stage.chats.give_up(chat.chat_id)
    stage.library.move_to_trash(chat)
    again = start().open()
    assert [c.title for c in again.library.trash] == ["two"]


def test_what_waited_behind_a_question_that_was_taken_back_is_there_again(stage, start):
    chat = stage.library.new_chat()
    stage.ask(chat, "q0")
    stage.client.write("a0")
    stage.settle()
    queue(stage, chat, "q1", "q2")
    stage.chats.take_back(chat.chat_id, chat.messages[2].message_id)
    assert texts(opened(start)) == ["q0", "a0", "q2"]


def test_what_waited_behind_an_answer_without_a_word_is_there_again(stage, start):
    chat = stage.library.new_chat()
    stage.ask(chat, "q0")
    queue(stage, chat, "q1")
    assert texts(opened(start)) == ["q0", "q1"]


def test_questions_that_waited_stand_where_they_were_answered(stage, start):
    chat = stage.library.new_chat()
    stage.ask(chat, "q0")
    queue(stage, chat, "q1", "q2")
    for answer in ("a0", "a1", "a2"):
        stage.client.write(answer)
        stage.client.finish_answer()
    stage.settle()
    assert texts(chat) == ["q0", "a0", "q1", "a1", "q2", "a2"]
    assert texts(opened(start)) == ["q0", "a0", "q1", "a1", "q2", "a2"]


def test_a_chat_is_busy_while_it_is_answered_whatever_is_taken_back(stage):
    chat = stage.library.new_chat()
    stage.ask(chat, "one")
    queue(stage, chat, "two")
    stage.chats.take_back(chat.chat_id, chat.messages[-1].message_id)
    assert chat.is_busy, "it would be forgotten when others are looked at"
    stage.client.finish_answer()
    assert not chat.is_busy


def test_a_question_that_comes_back_keeps_its_words_and_files(stage, start, tmp_path):
    stage.ask(stage.library.new_chat(), "one")
    chat, kept = stage.library.new_chat(), []
    (tmp_path / "notes.txt").write_text("The wind", encoding="utf-8")
    source = Source(name="notes.txt", path=str(tmp_path / "notes.txt"))
    stage.library.keep_file(chat, source, kept.append)
    stage.settle()
    document = DocumentAttachment(
        source=kept[0], kind="Text", pages=(DocumentPage(text="The wind"),)
    )
    stage.chats.ask(chat.chat_id, "Sum up", attachments=(document,))
    stage.settle()
    stage.chats.take_back(chat.chat_id, chat.messages[0].message_id)
    again = start().open()
    draft = again.library.draft(chat.chat_id)
    assert draft.text == "Sum up"
    assert pathlib.Path(draft.attachments[0].source.path).read_text() == "The wind"


def test_a_draft_that_found_no_room_is_kept_when_there_is_some(stage, start, monkeypatch):
    chat, draft = stage.library.new_chat(), Draft(text="What I was about to")

    def refuse(*_: object, **__: object) -> None:
        raise ChatsDiskFull

    with monkeypatch.context() as full:
        full.setattr(Chats, "put_draft", refuse)
        stage.library.keep_draft(chat, draft)
        stage.settle()
    stage.library.keep_draft(chat, draft)
    assert start().open().library.draft(chat.chat_id) == draft


def test_so_it_is_at_the_end(stage, start, monkeypatch):
    chat, draft = stage.library.new_chat(), Draft(text="What I was about to")

    def refuse(*_: object, **__: object) -> None:
        raise ChatsDiskFull

    with monkeypatch.context() as full:
        full.setattr(Chats, "put_draft", refuse)
        stage.library.keep_draft(chat, draft)
        stage.settle()
    assert start().open().library.draft(chat.chat_id) == draft


@pytest.fixture
def full_disk(monkeypatch):
    """Nothing can be written so many times; the ballast is one of them."""
    put = Chats.put

    def fill(times: int) -> None:
        count = itertools.count()

        def maybe(self, info, *messages):
            if next(count) < times:
                raise ChatsDiskFull
            put(self, info, *messages)

        monkeypatch.setattr(Chats, "put", maybe)

    return fill


def test_what_found_no_room_does_not_bring_a_deleted_chat_back(stage, start, full_disk):
    chat = stage.library.new_chat()
    stage.ask(chat, "one")
    full_disk(100)
    stage.client.write("Some")
    stage.client.finish_answer()
    stage.library.delete([chat])
    stage.settle()
    full_disk(0)
    stage.answered(stage.library.new_chat(), "two")
    assert titles(start().open()) == ["two"]


def test_what_found_no_room_does_not_take_the_place_of_what_came_later(stage, full_disk):
    chat = stage.library.new_chat()
    stage.ask(chat, "one")
    stage.settle()
    full_disk(2)
    question = chat.messages[0]
    for model in ("first", "second"):
        changed = msgspec.structs.replace(question, model=model)
        chat.replace(changed)
        stage.library.keep(chat, changed)
    stage.settle()
    stage.client.write("Some")
    stage.client.finish_answer()
    stage.settle()
    with stage.on_disk() as disk:
        messages = disk.chats.load(chat.chat_id).messages
    assert [(m.model, m.state) for m in messages] == [
        ("second", MessageState.DONE),
        ("M", MessageState.DONE),
    ]


def test_a_chat_with_a_draft_alone_keeps_its_name(stage, start):
    chat = stage.library.new_chat()
    stage.library.keep_draft(chat, Draft(text="What I was about to"))
    stage.library.rename(chat, "Letters")
    assert titles(start().open()) == ["Letters"]


def test_a_new_chat_is_in_no_folder(stage):
    stage.library.set_folders(["Work"])
    inside = stage.library.new_chat(folder="Work")
    assert stage.library.new_chat() is not inside
    assert stage.library.new_chat().info.folder == ""
