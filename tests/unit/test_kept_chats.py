"""Chats that last: the services over a real store."""

import shutil
import sqlite3

import pytest

from app.domain.attachments import DocumentAttachment, DocumentPage, Source
from app.domain.chat import Role
from app.domain.errors import ChatsDamaged, ChatsDiskFull, ChatsDiskLow, ChatsInUse, ChatsTooNew
from app.domain.kept_chat import Draft, MessageState
from app.engine.protocol import Generate
from app.services import chat_library, loaded_chats
from app.services.chat_search import ChatSearch
from app.services.chats import (
    ChatLoaded,
    ChatRemoved,
    QuestionReturned,
    Trouble,
)
from tests.helpers.damage import DATABASE_OUT_OF_MEMORY
from tests.helpers.keeping import KeptStage


@pytest.fixture
def start(tmp_path):
    """Start the program, as often as wanted, always with the same chats."""
    stages: list[KeptStage] = []

    def start_one(**options) -> KeptStage:
        for stage in stages:
            stage.close()
        stages.append(KeptStage(tmp_path / "data", **options))
        return stages[-1]

    yield start_one
    for stage in stages:
        stage.close()


@pytest.fixture
def stage(start):
    stage = start().open()
    stage.load()
    return stage


def texts(chat):
    return [m.text for m in chat.messages]


def test_a_question_is_on_the_disk_before_the_engine_gets_it(stage, monkeypatch):
    found = []
    submit = stage.client.submit

    def spy(request, **callbacks):
        with stage.on_disk() as disk:
            found.append([texts_of(disk.chats.load(i.chat_id)) for i in disk.chats.infos()])
        return submit(request, **callbacks)

    def texts_of(kept):
        return [m.text for m in kept.messages if m.role is Role.USER]

    monkeypatch.setattr(stage.client, "submit", spy)
    stage.ask(stage.library.new_chat(), "Is it safe?")
    assert found == [[["Is it safe?"]]]


def test_chats_are_there_again(stage, start):
    chat = stage.library.new_chat()
    stage.answered(chat, "one", "1")
    stage.answered(chat, "two", "2")
    first = chat.messages[1].message_id
    stage.chats.answer_again(chat.chat_id, first)
    stage.client.write("uno")
    stage.client.finish_answer()
    stage.settle()
    again = start().open()
    (chat,) = again.library.chats
    assert (chat.title, chat.is_loaded) == ("one", False)
    again.library.load(chat)
    again.wait(lambda: again.told(ChatLoaded))
    assert texts(chat) == ["one", "uno"]
    assert len(chat.variants(chat.messages[1].message_id)) == 2
    again.load()
    again.ask(chat, "three")
    assert [m.text for m in again.client.requests[-1].conversation.messages] == [
        "one",
        "uno",
        "three",
    ]


def test_what_was_written_of_an_answer_is_kept_while_it_is_written(stage):
    chat = stage.library.new_chat()
    stage.ask(chat, "Tell me")
    stage.client.write("Once upon")
    stage.wait(lambda: on_disk_texts(stage) == ["Tell me", "Once upon"])
    with stage.on_disk() as disk:
        states = [m.state for m in disk.chats.load(chat.chat_id).messages]
    assert states == [MessageState.WORKING, MessageState.WORKING]


def on_disk_texts(stage):
    stage.settle()
    with stage.on_disk() as disk:
        return [m.text for i in disk.chats.infos() for m in disk.chats.load(i.chat_id).messages]


def test_an_answer_that_a_crash_cut_off_can_be_continued(stage, start):
    chat = stage.library.new_chat()
    stage.ask(chat, "Tell me")
    stage.client.write("Once upon")
    again = start().open()  # closing writes the tail, as the quarter of a second would have
    (chat,) = again.library.chats
    again.library.load(chat)
    again.wait(lambda: chat.is_loaded)
    question, answer = chat.messages
    assert (question.state, answer.state) == (MessageState.DONE, MessageState.INTERRUPTED)
    again.load()
    again.chats.go_on(chat.chat_id, answer.message_id)
    assert again.client.requests[-1].conversation.messages[-1].text == "Once upon"
    again.client.write(" a time")
    again.client.finish_answer()
    assert texts(chat) == ["Tell me", "Once upon a time"]


def test_a_question_that_a_crash_left_without_an_answer_can_be_asked_again(stage, start):
    stage.ask(stage.library.new_chat(), "Lost?")
    again = start().open()
    (chat,) = again.library.chats
    again.library.load(chat)
    again.wait(lambda: chat.is_loaded)
    assert [m.state for m in chat.messages] == [MessageState.UNANSWERED]


def test_a_full_disk_gives_the_question_back(stage):
    chat = stage.library.new_chat()
    stage.answered(chat)
    fill(stage)
    text = "long " * 20_000
    stage.chats.ask(chat.chat_id, text)
    stage.wait(lambda: stage.told(QuestionReturned))
    assert stage.told(QuestionReturned)[-1].text == text
    kinds = [type(trouble.error) for trouble in stage.told(Trouble)]
    assert kinds == [ChatsDiskLow, ChatsDiskFull], "the ballast was tried first"
    assert not [r for r in stage.client.requests if isinstance(r, Generate)][1:]
    assert texts(chat) == ["Q", "A"]


def test_an_answer_that_found_no_room_is_kept_as_soon_as_there_is_some(stage):
    chat = stage.library.new_chat()
    stage.ask(chat, "Q")
    stage.settle()
    fill(stage)
    answer = "word " * 20_000
    stage.client.write(answer)
    stage.client.finish_answer()
    stage.settle()
    assert on_disk_texts(stage) == ["Q", ""]
    stage.keeper.run(lambda store: store._database.connection.execute(NO_LIMIT))
    stage.answered(chat, "next", "yes")
    assert on_disk_texts(stage) == ["Q", answer, "next", "yes"]


def test_an_answer_that_found_no_room_is_kept_at_the_end_if_there_is_some_then(stage, start):
    chat = stage.library.new_chat()
    stage.ask(chat, "Q")
    stage.settle()
    fill(stage)
    answer = "word " * 20_000
    stage.client.write(answer)
    stage.client.finish_answer()
    stage.settle()
    stage.keeper.run(lambda store: store._database.connection.execute(NO_LIMIT))
    stage.close()
    with stage.on_disk() as disk:
        assert [m.text for m in disk.chats.load(chat.chat_id).messages] == ["Q", answer]


NO_LIMIT = "PRAGMA max_page_count=1000000"


def fill(stage):
    """No page more than there is, and nothing free within them."""

    def work(store):
        connection = store._database.connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages + 4}")

    stage.keeper.run(work)
    stage.settle()


def test_the_trash_gives_back_and_forgets(stage):
    first, second = stage.library.new_chat(), None
    stage.answered(first, "first")
    second = stage.library.new_chat()
    stage.answered(second, "second")
    stage.library.move_to_trash(first)
    assert [c.title for c in stage.library.chats] == ["second"]
    assert stage.told(ChatRemoved)[-1].chat is first
    stage.library.bring_back(first)
    assert [c.title for c in stage.library.chats] == ["second", "first"]
    stage.library.move_to_trash(first)
    stage.library.delete([first])
    stage.settle()
    with stage.on_disk() as disk:
        assert [i.title for i in disk.chats.infos()] == ["second"]
        assert disk.chats.find("first") == []


@pytest.mark.parametrize(("days", "is_kept"), [(29, True), (31, False)])
def test_the_trash_is_emptied_after_a_month(stage, start, monkeypatch, days, is_kept):
    chat = stage.library.new_chat()
    stage.answered(chat)
    stage.library.move_to_trash(chat)
    stage.settle()
    later = chat_library.now_ms() + days * 24 * 3600 * 1000
    seen = later - 24 * 3600 * 1000
    stage.keeper.run(lambda store: store.presets.put_fact("last_seen_ms", str(seen)))
    monkeypatch.setattr(chat_library, "now_ms", lambda: later)
    again = start().open()
    again.settle()
    assert bool(again.library.trash) == is_kept


def test_a_clock_that_jumps_a_year_empties_no_trash(stage, start, monkeypatch):
    chat = stage.library.new_chat()
    stage.answered(chat)
    stage.library.move_to_trash(chat)
    stage.settle()
    later = chat_library.now_ms() + 365 * 24 * 3600 * 1000
    monkeypatch.setattr(chat_library, "now_ms", lambda: later)
    for _ in range(2):
        again = start().open()
        again.settle()
        assert [c.title for c in again.library.trash] == ["Q"]


def test_a_clock_that_is_set_back_does_not_change_the_order(stage, start, monkeypatch):
    stage.answered(stage.library.new_chat(), "before")
    monkeypatch.setattr(chat_library, "now_ms", lambda: 1000)
    stage.answered(stage.library.new_chat(), "after")
    assert [c.title for c in stage.library.chats] == ["after", "before"]
    again = start().open()
    assert [c.title for c in again.library.chats] == ["after", "before"]


def test_a_draft_is_there_again(stage, start):
    chat = stage.library.new_chat()
    stage.library.keep_draft(chat, Draft(text="What I was about to"))
    again = start().open()
    (chat,) = again.library.chats
    assert again.library.draft(chat.chat_id).text == "What I was about to"
    again.library.keep_draft(chat, Draft())
    third = start().open()
    assert third.library.draft(chat.chat_id) == Draft()


def test_a_private_chat_never_touches_the_disk(stage, tmp_path):
    chat = stage.library.new_chat(is_private=True)
    source = Source(name="secret.txt", data=b"eyes only")
    kept = []
    stage.library.keep_file(chat, source, kept.append)
    stage.library.keep_draft(chat, Draft(text="unsayable"))
    stage.ask(chat, "unspeakable")
    assert stage.client.requests[-1].chat.is_private
    stage.client.write("untellable")
    stage.client.finish_answer()
    stage.settle()
    assert kept == [source]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for word in (b"eyes only", b"unsayable", b"unspeakable", b"untellable"):
                assert word not in content, path


def test_two_programs_do_not_write_into_the_same_chats(stage, tmp_path):
    stage.answered(stage.library.new_chat(), "mine")
    second = KeptStage(tmp_path / "data").open()
    assert isinstance(second.library.problem, ChatsInUse)
    chat = second.library.new_chat()
    second.load()
    second.ask(chat, "not kept")
    assert second.client.requests[-1].chat.is_private
    second.close()
    assert on_disk_texts(stage) == ["mine", "A"]


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda path: path.write_bytes(b"no database" * 1000), ChatsDamaged),
        (lambda path: shutil.copy(DATABASE_OUT_OF_MEMORY, path), ChatsDamaged),
        (lambda path: execute(path, "PRAGMA user_version=99"), ChatsTooNew),
    ],
)
def test_chats_that_cannot_be_opened_are_left_alone(stage, start, tmp_path, spoil, error):
    stage.answered(stage.library.new_chat())
    stage.close()
    path = tmp_path / "data" / "chats.db"
    spoil(path)
    before = path.read_bytes()
    again = start().open()
    assert isinstance(again.library.problem, error)
    assert isinstance(again.told(Trouble)[0].error, error)
    again.load()
    again.ask(again.library.new_chat(), "still works")
    again.close()
    assert path.read_bytes() == before


def execute(path, statement):
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_chat_that_was_begun_before_the_others_came_gives_way(start):
    first = start().open()
    first.load()
    first.answered(first.library.new_chat(), "old")
    again = start()
    early = again.library.new_chat()
    again.open()
    assert early not in again.library.chats
    assert [c.title for c in again.library.chats] == ["old"]
    assert again.library.new_chat().chat_id == 2


def test_few_chats_are_in_memory(stage, monkeypatch):
    monkeypatch.setattr(loaded_chats, "_MOST", 2)
    chats = []
    for number in range(4):
        chats.append(stage.library.new_chat())
        stage.library.load(chats[-1])
        stage.answered(chats[-1], f"q{number}")
    assert [c.is_loaded for c in chats] == [False, False, True, True]
    stage.library.load(chats[0])
    stage.wait(lambda: chats[0].is_loaded)
    assert texts(chats[0]) == ["q0", "A"]


def test_ids_are_never_used_twice(stage, start):
    chat = stage.library.new_chat()
    stage.answered(chat)
    ids = [m.message_id for m in chat.messages]
    stage.library.move_to_trash(chat)
    stage.library.delete([chat])
    again = start().open()
    assert again.library.next_message_id() > max(ids)
    assert again.library.new_chat().chat_id > chat.chat_id


def test_search_finds_what_was_said(stage):
    stage.answered(stage.library.new_chat(), "Where is Zaragoza?", "On the Ebro.")
    found = []
    ChatSearch(stage.library).messages("zarag", found.extend)
    stage.wait(lambda: found)
    assert [(hit.excerpt, hit.role) for hit in found] == [("Where is Zaragoza?", Role.USER)]


def test_a_deleted_variant_is_gone(stage):
    chat = stage.library.new_chat()
    stage.answered(chat, "Q", "unmistakable")
    first = chat.messages[1].message_id
    stage.chats.answer_again(chat.chat_id, first)
    stage.client.write("B")
    stage.client.finish_answer()
    taken = stage.chats.take_out(chat.chat_id, first)
    stage.chats.delete(chat.chat_id, taken)
    stage.settle()
    assert on_disk_texts(stage) == ["Q", "B"]
    content = b"".join(p.read_bytes() for p in stage.folder.rglob("*") if p.is_file())
    assert b"unmistakable" not in content


def test_words_that_change_beside_a_document_leave_it_where_it_is(stage, start):
    chat = stage.library.new_chat()
    kept = []
    stage.library.keep_file(chat, Source(name="log.txt", data=b"x"), kept.append)
    stage.wait(lambda: kept)
    document = DocumentAttachment(
        source=kept[0], kind="Text", pages=(DocumentPage(text="x" * 100_000),)
    )
    stage.library.keep_draft(chat, Draft(text="W", attachments=(document,)))
    stage.library.keep_draft(chat, Draft(text="What", attachments=(document,)))
    again = start().open()
    draft = again.library.draft(again.library.chats[0].chat_id)
    assert draft.text == "What"
    assert draft.attachments[0].pages == document.pages
    again.library.keep_draft(again.library.chats[0], Draft(text="What"))
    third = start().open()
    assert third.library.draft(third.library.chats[0].chat_id) == Draft(text="What")
