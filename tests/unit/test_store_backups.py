"""Copies of the database: made, let go, put in its place; what a crash leaves of them."""

import contextlib
import datetime as dt
import sqlite3

import pytest

from app.domain.errors import BackupUnusable, ChatsDamaged, ChatsDiskFull, ChatsError, ChatsInUse
from app.domain.kept_chat import ChatSettings, Draft, MessageState, Preset, SavedPrompt
from app.store import copies
from app.store.backups import Backups
from app.store.schema import own_tables
from app.store.store import Store, restore_chats
from tests.helpers.kept_chats import (
    all_of,
    answer,
    chat_of,
    document,
    files_with,
    found,
    info_of,
    question,
)

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def store(folder):
    with Store(folder) as store:
        store.chats.add([chat_of(1, 1, "early", "answer")])
        yield store


def names(store):
    return [backup.path.name for backup in store.backups.all()]


def rows_of(path):
    """The tables, and everything in them but the index."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        schema = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT GLOB 'word_*'"
        return set(connection.execute(schema)), {
            table: connection.execute(f"SELECT * FROM {table}").fetchall()
            for table in ("sqlite_sequence", *own_tables(connection))
        }


class TestMaking:
    def test_a_copy_has_everything_but_the_index(self, store):
        store.chats.put_draft(info_of(), Draft(text="d", attachments=(document(store, "x", "y"),)))
        store.presets.put_folders(["f"])
        store.presets.put_prompts([SavedPrompt(name="n", text="t")])
        backup = store.back_up(NOON)
        assert (backup.path.name, backup.made) == ("chats-2026-03-01-120000.db", NOON)
        assert backup.size_bytes == backup.path.stat().st_size
        assert backup.path.stat().st_mode & 0o077 == 0
        assert rows_of(backup.path) == rows_of(backup.path.parents[1] / "chats.db")
        assert files_with(backup.path.parent, "word_0") == []

    def test_seven_are_kept(self, store):
        for day in range(10):
            store.back_up(NOON + day * DAY)
        assert names(store) == [f"chats-2026-03-{day:02}-120000.db" for day in range(10, 3, -1)]

    def test_a_new_one_is_kept_where_the_clock_was_wrong(self, store):
        for day in range(7):
            store.back_up(NOON + day * DAY + 3650 * DAY)
        store.back_up(NOON)
        assert names(store)[-1] == "chats-2026-03-01-120000.db"
        assert len(names(store)) == 7
        assert not store.backups.is_due(NOON)

    def test_one_a_day(self, store):
        assert store.backups.is_due(NOON)
        store.back_up(NOON)
        assert not store.backups.is_due(NOON + dt.timedelta(hours=11))
        assert store.backups.is_due(NOON + DAY)
        east = dt.timezone(dt.timedelta(hours=10))
        assert not store.backups.is_due(dt.datetime(2026, 3, 2, 9, tzinfo=east))

    def test_files_of_others_and_those_laid_aside_are_not_let_go(self, store, folder):
        (folder / "backups").mkdir()
        for name in ("chats-2026-99-99-000000.db", "damaged-x.db", "mine.txt"):
            (folder / "backups" / name).write_bytes(b"x")
        for day in range(8):
            store.back_up(NOON + day * DAY)
        assert len([backup for backup in store.backups.all() if not backup.made]) == 2
        assert (folder / "backups" / "mine.txt").exists()

    def test_a_copy_that_fails_leaves_nothing(self, store, folder, monkeypatch):
        def full(connection, version):
            connection.execute("PRAGMA max_page_count=3")
            connection.execute("CREATE TABLE a (b)")
            connection.execute("INSERT INTO a VALUES (zeroblob(100000))")

        monkeypatch.setattr(copies, "create_tables", full)
        with pytest.raises(ChatsDiskFull):
            store.back_up(NOON)
        assert list((folder / "backups").iterdir()) == []


class TestRestoring:
    def test_a_copy_takes_the_place_and_one_is_made_before(self, store):
        early = store.back_up(NOON)
        store.chats.put(info_of(2), question(3, "late"))
        store.restore(early.path, NOON + DAY)
        assert list(all_of(store)) == ["key-1"]
        assert found(store, "early") == [1]
        assert found(store, "late") == []
        assert store.chats.index_more()
        assert found(store, "early") == [1]
        store.restore(store.backups.all()[0].path, NOON + 2 * DAY)
        assert set(all_of(store)) == {"key-1", "key-2"}
        assert found(store, "late") == [3]
        assert store.problems() == []

    def test_an_answer_that_was_being_written_ends(self, store):
        working = MessageState.WORKING
        store.chats.put(info_of(2), question(3, "q", state=working), answer(4, "a", 3, working))
        store.restore(store.back_up(NOON).path, NOON + DAY)
        assert [m.state.value for m in store.chats.load(2).messages] == ["done", "interrupted"]

    def test_the_oldest_of_seven_can_be_gone_back_to(self, store):
        for day in range(7):
            store.back_up(NOON + day * DAY)
        oldest = store.backups.all()[-1].path
        store.chats.put(info_of(2), question(3, "late"))
        store.restore(oldest, NOON + 8 * DAY)
        assert list(all_of(store)) == ["key-1"]

    @pytest.mark.parametrize("kind", ["none", "empty", "text", "folder", "cut", "other", "newer"])
    def test_what_is_no_backup_changes_nothing(self, store, folder, kind):
        path = store.back_up(NOON).path
        content = path.read_bytes()
        path.unlink()
        if kind == "folder":
            path.mkdir()
        elif kind in ("empty", "text", "cut"):
            path.write_bytes({"empty": b"", "text": b"x" * 9999, "cut": content[:-4096]}[kind])
        elif kind in ("other", "newer"):
            path.write_bytes(content)
            pragma = {"other": "application_id=7", "newer": "user_version=99"}[kind]
            with sqlite3.connect(path) as connection:
                connection.execute(f"PRAGMA {pragma}")
            connection.close()
        before = all_of(store)
        for restore in (store.restore, lambda *a: restore_chats(folder, *a)):
            with pytest.raises((BackupUnusable, ChatsInUse)):
                restore(path, NOON + DAY)
        store.chats.put(*(before["key-1"].info, *before["key-1"].messages))
        assert all_of(store) == before
        assert not list(folder.glob(".*"))
        store.close()
        with pytest.raises(BackupUnusable) as caught:
            restore_chats(folder, path, NOON)
        assert path.name in str(caught.value)

    def test_beside_one_that_cannot_be_opened(self, store, folder):
        early = store.back_up(NOON)
        store.close()
        path = folder / "chats.db"
        path.write_bytes(b"\0" * 9000)
        with pytest.raises(ChatsDamaged):
            Store(folder)
        restore_chats(folder, early.path, NOON + DAY)
        with Store(folder) as after:
            assert found(after, "early") == [1]
            assert "damaged-2026-03-02-120000.db" in names(after)
        assert (folder / "backups" / "damaged-2026-03-02-120000.db").read_bytes() == b"\0" * 9000

    def test_beside_one_of_which_no_copy_can_be_made(self, store, folder, monkeypatch):
        early = store.back_up(NOON)
        store.chats.put(info_of(2), question(3, "late"))

        def damaged(*_):
            raise ChatsDamaged

        monkeypatch.setattr(store.backups, "make", damaged)
        store.restore(early.path, NOON + DAY)
        assert list(all_of(store)) == ["key-1"]
        assert (
            rows_of(folder / "backups" / "damaged-2026-03-02-120000.db")[1]["message"][-1][0] == 3
        )

    def test_the_only_copy_of_a_lost_database(self, store, folder):
        early = store.back_up(NOON)
        store.close()
        (folder / "chats.db").unlink()
        restore_chats(folder, early.path, NOON)
        with Store(folder) as after:
            assert list(all_of(after)) == ["key-1"]

    def test_the_log_of_the_old_one_does_not_get_into_the_new_one(self, store, folder):
        early = store.back_up(NOON)
        store.chats.put(info_of(2), question(3, "late"))
        log = (folder / "chats.db-wal").read_bytes()
        assert log
        store.close()
        (folder / "chats.db-wal").write_bytes(log)
        restore_chats(folder, early.path, NOON)
        with Store(folder) as after:
            assert list(all_of(after)) == ["key-1"]
            assert after.problems() == []

    def test_somebody_else_has_it_open(self, store, folder):
        early = store.back_up(NOON)
        with pytest.raises(ChatsInUse):
            restore_chats(folder, early.path, NOON)
        store.chats.put(info_of(2))

    @pytest.mark.parametrize("step", ["copyfile", "bring_copy_up_to_date", "take_place"])
    def test_a_disk_that_refuses_leaves_everything_as_it_was(
        self, store, folder, monkeypatch, step
    ):
        early = store.back_up(NOON)
        before = all_of(store)

        def refuse(*_):
            raise OSError(28, "No space left on device")

        target = "shutil.copyfile" if step == "copyfile" else f"app.store.store.{step}"
        monkeypatch.setattr(target, refuse)
        monkeypatch.setattr("app.store.database.take_place", refuse)
        with pytest.raises((ChatsError, OSError)):
            store.restore(early.path, NOON + DAY)
        assert all_of(store) == before
        assert not list(folder.glob(".*"))


def test_a_folder_without_copies(tmp_path):
    assert Backups(tmp_path).all() == []
    assert Backups(tmp_path).contents() == set()
    assert Backups(tmp_path).is_due(NOON)


def test_presets_are_in_copies(store):
    preset = Preset(name="p", settings=ChatSettings(system="s"))
    store.presets.put_presets([preset])
    early = store.back_up(NOON)
    store.presets.put_presets([])
    store.restore(early.path, NOON + DAY)
    assert store.presets.presets() == [preset]


def test_a_crash_in_the_middle_of_a_copy_is_cleared_away(store, folder):
    (folder / "backups").mkdir()
    left = (
        folder / ".chats.db.part",
        folder / "backups" / ".chats-2026-03-01-120000.db.part",
        folder / "backups" / ".chats-2026-03-01-120000.db.part-journal",
    )
    for path in left:
        path.write_bytes(b"x")
    store.close()
    with Store(folder) as after:
        assert not any(path.exists() for path in left)
        assert after.backups.all() == []
