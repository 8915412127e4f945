"""What the environment does to the chats: each of it is one clear error, and nothing is lost."""

import datetime as dt
import os
import pathlib
import shutil
import sqlite3
import sys

import msgspec
import pytest

from app.domain.attachments import Source
from app.domain.errors import (
    AttachmentGone,
    ChatsDamaged,
    ChatsDiskFull,
    ChatsError,
    ChatsInUse,
    ChatsReadOnly,
    ChatsUnreadable,
)
from app.domain.kept_chat import Draft
from app.store.database import Database
from app.store.faults import as_ours
from app.store.store import Store
from tests.helpers.kept_chats import all_of, answer, chat_of, document, found, info_of, question

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ODD_NAMES = (
    "with space",
    "日本語",
    "😀 emoji",
    "100%25 full",
    "what?mode=ro",
    "a#b",
    "it's; DROP",
    'say "hi"',
    "שלום",
    "x" * 200,
    "file:data",
)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "data") as store:
        store.chats.add([chat_of(1, 1, "first", "words")])
        yield store


class TestPlaces:
    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_a_folder_may_be_called_anything(self, tmp_path, name):
        if sys.platform == "win32" and set(name) & set('?":'):
            pytest.skip("Windows has no such names")
        folder = tmp_path / name
        with Store(folder) as store:
            store.chats.add([chat_of(1, 1, "words")])
            backup = store.back_up(NOW)
            store.restore(backup.path, NOW)
            store.delete_chats([info_of(2)])
            with Store(folder, reads_only=True) as reader:
                assert found(reader, "words") == [1]
        assert {path.name for path in tmp_path.iterdir()} == {name, "home"}

    def test_a_folder_named_from_where_one_stands(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        for name in (".dev", "file:x"):
            with Store(pathlib.Path(name)) as store:
                store.chats.add([chat_of(1, 1, "words")])
                store.back_up(NOW)
            assert (tmp_path / name / "chats.db").exists()
            with Store(pathlib.Path(name), reads_only=True) as reader:
                assert found(reader, "words") == [1]

    def test_a_link_to_a_folder(self, tmp_path):
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
        with Store(tmp_path / "link") as store:
            store.chats.add([chat_of(1, 1, "words")])
            with pytest.raises(ChatsInUse):
                Store(tmp_path / "real")
        with Store(tmp_path / "real") as store:
            assert found(store, "words") == [1]

    def test_a_link_that_leads_nowhere(self, tmp_path):
        (tmp_path / "link").symlink_to(tmp_path / "gone", target_is_directory=True)
        with pytest.raises(ChatsError):
            Store(tmp_path / "link")

    def test_a_file_where_the_folder_should_be(self, tmp_path):
        (tmp_path / "data").write_bytes(b"")
        with pytest.raises(ChatsError):
            Store(tmp_path / "data")
        with pytest.raises(ChatsError):
            Store(tmp_path / "data" / "below")

    def test_a_folder_where_the_file_should_be(self, tmp_path):
        (tmp_path / "chats.db").mkdir()
        for reads_only in (False, True):
            with pytest.raises(ChatsUnreadable):
                Store(tmp_path, reads_only=reads_only)

    def test_only_the_person_can_read_it(self, tmp_path):
        with Store(tmp_path / "data") as store:
            document(store, "a.txt", "b")
            store.back_up(NOW)
            store.chats.put(info_of())
            private = [p for p in (tmp_path / "data").rglob("*") if "lock" not in p.name]
            modes = {p.name: p.stat().st_mode & 0o077 for p in private if "ballast" not in p.name}
        if os.name == "posix":
            assert not any(modes.values()), modes
            assert (tmp_path / "data").stat().st_mode & 0o077 == 0


class TestOthers:
    def test_a_second_one_in_the_same_process(self, tmp_path, store):
        with pytest.raises(ChatsInUse):
            Store(tmp_path / "data")
        store.close()
        Store(tmp_path / "data").close()

    def test_one_that_reads_sees_what_is_written_beside_it(self, tmp_path, store):
        with Store(tmp_path / "data", reads_only=True) as reader:
            store.chats.put(info_of(2), question(9, "beside"))
            assert found(reader, "beside") == [9]
            for change in (
                lambda: reader.chats.put(info_of()),
                lambda: reader.chats.put_draft(info_of(), Draft(text="x")),
                lambda: reader.presets.put_folders([]),
            ):
                with pytest.raises(ChatsReadOnly):
                    change()
            assert not reader.chats.index_more()

    def test_there_is_nothing_to_read_yet(self, tmp_path):
        with Store(tmp_path / "none", reads_only=True) as reader:
            assert (reader.chats.infos(), reader.chats.drafts()) == ([], {})
            assert (reader.chats.find("x"), reader.chats.last_ids()) == ([], (0, 0, 0))
        assert not (tmp_path / "none").exists()

    def test_another_program_holds_the_file(self, tmp_path, store, monkeypatch):
        monkeypatch.setattr("app.store.database._BUSY_S", 0.01)
        store.close()
        other = sqlite3.connect(tmp_path / "data" / "chats.db", isolation_level=None)
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ChatsInUse):
            Store(tmp_path / "data")
        other.close()
        with Store(tmp_path / "data") as again:
            other = sqlite3.connect(tmp_path / "data" / "chats.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(ChatsInUse):
                again.chats.put(info_of(2))
            other.close()
            again.chats.put(info_of(2))


class TestFullDisk:
    @pytest.fixture
    def full(self, store):
        """A function that leaves so many pages of room."""

        def fill(pages):
            connection = store._database.connection
            ((count,),) = connection.execute("PRAGMA page_count")
            connection.execute(f"PRAGMA max_page_count={count + pages}").fetchall()

        return fill

    @pytest.mark.parametrize("pages", range(4))
    def test_nothing_is_lost_and_nothing_is_half(self, store, full, pages):
        before = all_of(store)
        full(pages)
        large = "much to say " * 5000
        for change in (
            lambda: store.chats.put(info_of(2), question(9, large), answer(10, large, 9)),
            lambda: store.chats.add([chat_of(3, 20, *[large] * 3)]),
            lambda: store.chats.put_draft(info_of(4), Draft(text=large)),
        ):
            with pytest.raises(ChatsDiskFull):
                change()
            assert all_of(store) == before
            assert store.chats.drafts() == {}
            assert store.problems() == []
        full(10_000)
        store.chats.put(info_of(2), question(9, large), answer(10, large, 9))
        assert found(store, "much") == [10, 9]

    def test_a_small_thing_may_still_fit_and_deleting_does(self, store, full):
        full(0)
        store.delete_chats(store.chats.infos())
        assert store.chats.infos() == []

    def test_the_ballast_is_given_up_once_and_laid_again(self, tmp_path, store):
        ballast = tmp_path / "data" / "chats.ballast"
        assert ballast.stat().st_size == 1 << 16
        assert store.free_ballast()
        assert not store.free_ballast()
        assert not ballast.exists()
        store.close()
        with Store(tmp_path / "data"):
            assert ballast.exists()

    def test_no_ballast_where_there_is_little_room(self, tmp_path, monkeypatch):
        usage = shutil.disk_usage(tmp_path)
        little = usage._replace(free=63 << 20)
        monkeypatch.setattr("shutil.disk_usage", lambda _: little)
        with Store(tmp_path / "data"):
            assert not (tmp_path / "data" / "chats.ballast").exists()

    def test_an_attachment_that_does_not_fit_leaves_nothing(self, store, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("app.store.attached._copy", full)
        with pytest.raises(ChatsDiskFull):
            store.files.keep(Source(name="a", data=b"x"))
        assert list(store.files.folder.iterdir()) == []


class TestAttachments:
    def test_a_file_that_is_not_there(self, tmp_path, store):
        for path in (tmp_path / "none", tmp_path):
            with pytest.raises(AttachmentGone) as caught:
                store.files.keep(Source(name="n.txt", path=str(path)))
            assert "n.txt" in str(caught.value)
        assert list(store.files.folder.iterdir()) == []

    def test_a_file_is_kept_under_its_content(self, tmp_path, store):
        (tmp_path / "a").write_bytes(b"content" * 300_000)
        kept = store.files.keep(Source(name="a", path=str(tmp_path / "a")))
        assert kept.size_bytes == 2_100_000
        assert store.files.path(kept.sha256).read_bytes() == b"content" * 300_000
        assert (kept.data, kept.path) == (b"", str(store.files.path(kept.sha256)))

    def test_a_folder_that_cannot_be_made(self, store):
        store.files.folder.write_bytes(b"")
        with pytest.raises(ChatsUnreadable):
            store.files.keep(Source(name="a", data=b"x"))
        assert store.files.all() == set()

    def test_what_nothing_refers_to_is_swept(self, store):
        kept = document(store, "kept.txt", "")
        loose = document(store, "loose.txt", "")
        store.chats.put_draft(info_of(), Draft(attachments=(kept,)))
        (store.files.folder / ".part-left").write_bytes(b"x")
        store.sweep_files()
        assert store.files.all() == {kept.source.sha256} != {loose.source.sha256}
        assert not (store.files.folder / ".part-left").exists()

    def test_a_content_that_somebody_deleted(self, store):
        kept = document(store, "a.txt", "words of it")
        store.chats.put(info_of(), question(9, "q", attachments=(kept,)))
        store.files.path(kept.source.sha256).unlink()
        assert found(store, "words of") == [9]
        store.delete_messages([question(9)])
        assert found(store, "words of") == []


class TestErrors:
    def test_defects_stay_what_they_are(self, store):
        for statement in ("SELECT nothing", "INSERT INTO fact VALUES (1)"):
            with pytest.raises(sqlite3.Error), store._database.writing() as connection:
                connection.execute(statement)
        assert found(store, "words") == [2]

    @pytest.mark.parametrize(
        ("error", "ours"),
        [
            (OSError(28, "x"), ChatsDiskFull),
            (OSError(13, "Permission denied"), ChatsUnreadable),
            (OSError(), ChatsUnreadable),
            (msgspec.ValidationError("secret"), ChatsDamaged),
            (UnicodeDecodeError("utf-8", b"secret", 0, 1, "x"), ChatsDamaged),
            (sqlite3.OperationalError("Could not decode 'secret'"), ChatsDamaged),
        ],
    )
    def test_the_environment_s_are_ours(self, error, ours):
        with pytest.raises(ours) as caught, as_ours():
            raise error
        assert "secret" not in f"{caught.value}{caught.value.detail}"
        assert caught.value.__cause__ is None

    def test_an_error_in_a_change_undoes_it(self, store):
        with pytest.raises(TypeError), store._database.writing() as connection:
            (connection.execute("DELETE FROM message"), connection.execute(None))
        assert found(store, "words") == [2]

    def test_a_connection_that_cannot_be_opened_again(self, store, monkeypatch):
        def refuse(_):
            raise ChatsInUse

        with monkeypatch.context() as patch:
            patch.setattr("app.store.database._connect", refuse)
            store._database.forget_deleted()
            with pytest.raises(ChatsInUse):
                store.chats.infos()
        assert len(store.chats.infos()) == 1

    @pytest.mark.parametrize("reads_only", [False, True])
    def test_what_is_closed_stays_closed(self, tmp_path, reads_only):
        Database(tmp_path / "data").close()
        database = Database(tmp_path / "data", reads_only=reads_only)
        database.close()
        database.close()
        with pytest.raises(AssertionError):
            database.read("SELECT 1")
        Database(tmp_path / "data").close()
