"""Copies of chats, and the way back, over a real store."""

import datetime as dt
import sqlite3

import pytest

from app.domain.errors import (
    BackupUnusable,
    ChatsBusy,
    ChatsDamaged,
    ChatsFaulty,
    ChatsInUse,
    ChatsTooNew,
)
from app.domain.kept_chat import Draft
from app.services import chat_backups
from app.services.chat_backups import BackupWork, ChatBackups
from app.services.chats import ChatRemoved, ChatsOpened, Trouble
from tests.helpers.damage import make_newer, make_unreadable, spoil_index, spoil_page
from tests.helpers.keeping import KeptStage

DAY = dt.timedelta(days=1)


class BackedStage(KeptStage):
    """Kept chats with their copies, at a time that a test sets."""

    def __init__(self, folder, clock) -> None:
        super().__init__(folder)
        self.clock = clock
        self.backups = ChatBackups(self.library, self.keeper, folder, post=self._posted.put)
        self.library.on_opened = self.backups.chats_opened

    def end(self, begin):
        """Begin something and wait for its end."""
        ends: list = []
        begin(ends.append)
        self.wait(lambda: ends and self.backups.work is None)
        return ends[0]

    def back_up(self):
        self.clock.pass_time(dt.timedelta(seconds=1))
        return self.end(self.backups.back_up)

    def restore(self, copy):
        self.clock.pass_time(dt.timedelta(seconds=1))
        return self.end(lambda then: self.backups.restore(copy, then))

    def opened_again(self) -> None:
        self.wait(lambda: self.library.is_open)

    def titles(self) -> list[str]:
        return [chat.title for chat in self.library.chats if chat.is_kept]

    def close(self) -> None:
        self.backups.close()
        super().close()


class Clock:
    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)

    def pass_time(self, time: dt.timedelta) -> None:
        self.now += time


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(chat_backups, "now", lambda: clock.now)
    return clock


@pytest.fixture
def start(tmp_path, clock):
    stages: list[BackedStage] = []

    def start_one() -> BackedStage:
        for stage in stages:
            stage.close()
        stages.append(BackedStage(tmp_path / "data", clock))
        return stages[-1]

    yield start_one
    for stage in stages:
        stage.close()


@pytest.fixture
def stage(start):
    stage = start().open()
    stage.load()
    stage.answered(stage.library.new_chat(), "first")
    return stage


def test_chats_are_as_they_were_after_a_restore(stage):
    copy = stage.back_up()
    stage.answered(stage.library.new_chat(), "second")
    assert stage.titles() == ["second", "first"]
    assert stage.restore(copy) is None
    stage.opened_again()
    assert stage.titles() == ["first"]
    assert len(stage.told(ChatsOpened)) == 2
    stage.answered(stage.library.new_chat(), "third")
    assert stage.titles() == ["third", "first"]


def test_a_restore_can_be_taken_back(stage):
    copy = stage.back_up()
    stage.answered(stage.library.new_chat(), "second")
    stage.restore(copy)
    stage.opened_again()
    newest = stage.backups.copies[0]
    assert newest != copy
    assert stage.restore(newest) is None
    stage.opened_again()
    assert stage.titles() == ["second", "first"]


def test_what_is_only_on_the_screen_is_in_the_copy_of_before(stage):
    """Words of the last second are on their way to the disk with the others."""
    copy = stage.back_up()
    chat = stage.library.new_chat()
    typed = Draft(text="What I was about to")
    stage.backups.on_leaving = lambda: stage.library.keep_draft(chat, typed)
    stage.restore(copy)
    stage.opened_again()
    stage.restore(stage.backups.copies[0])
    stage.opened_again()
    drafts = [stage.library.draft(chat.chat_id) for chat in stage.library.chats]
    assert typed in drafts


def test_what_is_open_during_a_restore_does_not_ask_for_chats_that_are_gone(stage):
    copy = stage.back_up()
    stage.answered(stage.library.new_chat(), "second")
    loaded = []
    tell = stage.chats.on_event

    def as_the_window_does(event) -> None:
        tell(event)
        for chat in stage.library.chats[:1]:
            stage.library.load(chat, lambda: loaded.append(1))

    stage.chats.on_event = as_the_window_does
    assert stage.restore(copy) is None
    stage.opened_again()
    stage.settle()
    assert loaded


def test_no_restore_while_something_is_being_answered(stage):
    copy = stage.back_up()
    stage.ask(stage.library.chats[0], "still writing")
    stage.client.write("Once")
    assert isinstance(stage.restore(copy), ChatsBusy)
    assert isinstance(stage.end(stage.backups.recover), ChatsBusy)
    assert len(stage.told(ChatsOpened)) == 1


def test_no_restore_while_a_question_is_on_its_way_to_the_queue(stage):
    copy = stage.back_up()
    stage.chats.ask(stage.library.chats[0].chat_id, "just asked")
    assert isinstance(stage.restore(copy), ChatsBusy)


def test_no_restore_while_a_chat_in_the_trash_is_being_answered(stage):
    copy = stage.back_up()
    chat = stage.library.chats[0]
    stage.ask(chat, "still writing")
    stage.client.write("Once")
    stage.library.move_to_trash(chat)
    assert isinstance(stage.restore(copy), ChatsBusy)


def test_a_private_chat_shares_its_id_with_none_after_a_restore(stage):
    copy = stage.back_up()
    private = stage.library.new_chat(is_private=True)
    stage.answered(private, "secret")
    said = {m.message_id for m in private.messages}
    assert stage.restore(copy) is None
    stage.opened_again()
    new = stage.library.new_chat()
    assert new.chat_id != private.chat_id
    stage.answered(new, "second")
    assert said.isdisjoint(m.message_id for m in new.messages)


def test_what_was_being_deleted_during_a_restore_asks_for_no_chat_that_is_gone(stage):
    chat = stage.library.chats[0]
    copy = stage.back_up()
    stage.chats.edit_answer(chat.chat_id, chat.messages[1].message_id, "Other")
    taken = stage.chats.take_out(chat.chat_id, chat.messages[1].message_id)
    tell = stage.chats.on_event

    def as_the_window_does(event) -> None:
        tell(event)
        if isinstance(event, ChatRemoved):
            stage.chats.delete(chat.chat_id, taken)

    stage.chats.on_event = as_the_window_does
    assert stage.restore(copy) is None
    stage.opened_again()
    assert stage.titles() == ["first"]


def test_a_copy_that_is_none_changes_nothing(stage):
    copy = stage.back_up()
    copy.path.write_bytes(b"no database" * 1000)
    assert isinstance(stage.restore(copy), BackupUnusable)
    stage.opened_again()
    assert stage.titles() == ["first"]


def test_copies_are_listed_and_deleted(stage):
    stage.back_up()
    stage.back_up()
    (stage.folder / "backups" / "damaged-2026-01-01-000000.db").write_bytes(b"x")
    stage.backups.look()
    stage.wait(lambda: len(stage.backups.copies) == 2)
    newest, oldest = stage.backups.copies
    assert newest.made > oldest.made
    stage.backups.delete(newest)
    stage.wait(lambda: stage.backups.copies == (oldest,))
    assert not newest.path.exists()


def run_clock(stage) -> None:
    """What the timer does."""
    stage.backups._back_up_if_due()
    stage.settle()
    stage.backups.look()
    seen = []
    stage.backups.on_change = lambda: seen.append(1)
    stage.wait(lambda: seen)


def test_one_copy_a_day_and_only_of_something_new(stage, clock):
    run_clock(stage)
    assert len(stage.backups.copies) == 1
    stage.answered(stage.library.chats[0], "more")
    run_clock(stage)
    assert len(stage.backups.copies) == 1, "there is one of today"
    clock.pass_time(DAY)
    run_clock(stage)
    assert len(stage.backups.copies) == 2
    clock.pass_time(DAY)
    run_clock(stage)
    assert len(stage.backups.copies) == 2, "nothing is new"
    stage.library.rename(stage.library.chats[0], "Another title")
    run_clock(stage)
    assert len(stage.backups.copies) == 3


def test_starting_again_is_nothing_new(stage, start, clock):
    run_clock(stage)
    again = start().open()
    clock.pass_time(DAY)
    run_clock(again)
    assert len(again.backups.copies) == 1


@pytest.mark.usefixtures("expected_log")
def test_good_copies_do_not_give_way_to_bad_ones(stage, start):
    copy = stage.back_up()
    stage.close()
    spoil_page(stage.folder / "chats.db", "saved_prompt")
    again = start().open()
    assert isinstance(again.back_up(), ChatsFaulty)
    assert isinstance(again.told(Trouble)[0].error, ChatsFaulty)
    run_clock(again)
    assert again.backups.copies == (copy,)
    assert len(again.told(Trouble)) == 1


def test_without_chats_there_is_nothing_to_copy(start):
    stage = start().open()
    run_clock(stage)
    assert stage.backups.copies == ()


def test_the_first_copy_is_made_soon_after_the_start(stage, start, monkeypatch):
    monkeypatch.setattr(chat_backups, "_FIRST_S", 0.0)
    again = start().open()
    again.wait(lambda: again.backups.copies)


@pytest.mark.usefixtures("expected_log")
def test_a_copy_that_fails_does_not_take_the_room_that_is_kept(stage, monkeypatch, expected_log):
    def full(*_):
        raise chat_backups.ChatsDiskFull

    monkeypatch.setattr(chat_backups.Store, "back_up", full)
    run_clock(stage)
    assert (stage.folder / "chats.ballast").exists()
    assert stage.told(Trouble) == []
    assert "could not be backed up" in expected_log.text
    assert isinstance(stage.back_up(), chat_backups.ChatsDiskFull)


def test_a_check_says_that_all_is_well(stage):
    assert stage.end(stage.backups.check) is True
    assert stage.backups.problem is None


def test_a_check_finds_a_fault_and_what_can_be_read_is_saved(stage, start):
    stage.close()
    spoil_index(stage.folder / "chats.db")
    again = start().open()
    assert again.library.problem is None
    assert again.end(again.backups.check) is False
    assert isinstance(again.backups.problem, ChatsFaulty)
    assert [type(trouble.error) for trouble in again.told(Trouble)] == [ChatsFaulty]
    assert again.backups.can_recover
    saved = again.end(again.backups.recover)
    assert (saved.chats, saved.messages) == (1, 2)
    assert saved.damaged.exists()
    again.opened_again()
    assert again.backups.problem is None
    assert again.titles() == ["first"]
    assert again.end(again.backups.check) is True


def test_chats_that_cannot_be_opened_go_back_to_a_copy(stage, start):
    copy = stage.back_up()
    stage.close()
    make_unreadable(stage.folder / "chats.db")
    again = start().open()
    assert isinstance(again.backups.problem, ChatsDamaged)
    assert isinstance(again.back_up(), ChatsDamaged)
    assert isinstance(again.end(again.backups.check), ChatsDamaged)
    assert again.restore(copy) is None
    again.opened_again()
    assert again.backups.problem is None
    assert again.titles() == ["first"]
    again.load()
    again.answered(again.library.new_chat(), "kept again")
    assert again.titles() == ["kept again", "first"]


def test_a_restore_of_chats_with_a_fault_lays_them_aside(stage, start):
    copy = stage.back_up()
    stage.close()
    spoil_page(stage.folder / "chats.db", "saved_prompt")
    again = start().open()
    again.end(again.backups.check)
    assert again.restore(copy) is None
    again.opened_again()
    assert again.titles() == ["first"]
    assert again.end(again.backups.check) is True
    (aside,) = (stage.folder / "backups").glob("damaged-*.db")
    assert aside.stat().st_size


@pytest.mark.parametrize("is_newer", [False, True])
def test_chats_of_others_are_left_alone(stage, tmp_path, clock, start, is_newer):
    copy = stage.back_up()
    if is_newer:
        stage.close()
        make_newer(stage.folder / "chats.db")
        other = start().open()
    else:
        other = BackedStage(tmp_path / "data", clock).open()
    kind = ChatsTooNew if is_newer else ChatsInUse
    assert isinstance(other.restore(copy), kind)
    assert isinstance(other.end(other.backups.recover), kind)
    assert not other.backups.can_recover
    other.close()
    assert [path.name for path in (stage.folder / "backups").iterdir()] == [copy.path.name]


def test_chats_that_others_had_open_can_be_opened_when_they_are_gone(stage, tmp_path, clock):
    second = BackedStage(tmp_path / "data", clock).open()
    assert isinstance(second.backups.problem, ChatsInUse)
    stage.close()
    second.backups.open_again()
    second.opened_again()
    assert second.backups.problem is None
    assert second.titles() == ["first"]
    second.close()


def test_after_a_run_that_did_not_end_the_chats_are_checked(stage, start):
    stage.close()
    mark = stage.folder / "running"
    assert not mark.exists()
    spoil_page(stage.folder / "chats.db", "saved_prompt")
    calm = start().open()
    calm.settle()
    assert calm.told(Trouble) == []
    calm.close()
    mark.touch()
    again = start().open()
    assert mark.exists()
    again.wait(lambda: again.told(Trouble))
    assert isinstance(again.told(Trouble)[0].error, ChatsFaulty)
    again.close()
    assert not mark.exists()


def test_a_restore_is_no_run_that_did_not_end(stage):
    stage.restore(stage.back_up())
    stage.opened_again()
    assert not stage.keeper.ended_badly


def test_work_is_told_while_it_is_done(stage):
    seen = []
    stage.backups.on_change = lambda: seen.append(stage.backups.work)
    stage.end(stage.backups.check)
    assert seen[0] is BackupWork.CHECK
    assert stage.backups.work is None


def test_what_is_deleted_for_good_is_in_no_copy(stage):
    stage.answered(stage.library.new_chat(), "unmistakable words")
    copy = stage.back_up()
    chat = stage.library.chats[0]
    gone = []
    stage.library.on_gone = gone.append
    stage.library.move_to_trash(chat)
    assert gone == []
    stage.library.delete([chat])
    stage.settle()
    assert gone == [chat.key]
    with sqlite3.connect(copy.path) as connection:
        assert connection.execute("SELECT title FROM chat").fetchall() == [("first",)]
    connection.close()


def test_the_engine_forgets_private_and_empty_chats(stage):
    gone = []
    stage.library.on_gone = gone.append
    private = stage.library.new_chat(is_private=True)
    stage.answered(private, "secret")
    stage.library.move_to_trash(private)
    assert gone == [private.key]
