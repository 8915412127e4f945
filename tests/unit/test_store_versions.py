"""Databases of earlier versions, of this one and of later ones."""

import contextlib
import datetime as dt
import pathlib
import shutil
import sqlite3
import tempfile

import msgspec
import pytest

from app.domain.errors import ChatsDiskFull, ChatsReadOnly, ChatsTooNew
from app.domain.kept_chat import MessageState
from app.store import schema
from app.store.database import check_database
from app.store.store import Store, recover_chats
from tests.helpers.kept_chats import all_of, found, info_of, question
from tests.helpers.old_database import DATABASES, fill

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def folder(tmp_path):
    """The chats of somebody who has version 1."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(DATABASES / "chats-1.db", folder / "chats.db")
    return folder


@pytest.fixture
def second_version(monkeypatch):
    """What a next version could do."""

    def add_colour(connection):
        connection.execute("ALTER TABLE chat ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'")
        connection.execute("CREATE TABLE colour (name TEXT PRIMARY KEY)")

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, add_colour))


def version_in(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        check_database(connection)
        return schema.version_of(connection)


def without_places(kept):
    """The same chats, wherever the files are."""
    return {
        key: [
            msgspec.structs.replace(
                message,
                attachments=tuple(
                    msgspec.structs.replace(a, source=msgspec.structs.replace(a.source, path=""))
                    for a in message.attachments
                ),
            )
            for message in chat.messages
        ]
        for key, chat in kept.items()
    }


@pytest.mark.parametrize("path", sorted(DATABASES.glob("*.db")), ids=lambda path: path.stem)
def test_what_people_have_is_read(path, tmp_path):
    """Whatever version wrote it, the same is in it as if it were written now."""
    (tmp_path / "old").mkdir()
    shutil.copyfile(path, tmp_path / "old" / "chats.db")
    with Store(tmp_path / "new") as new:
        fill(new)
        new.chats.end_interrupted()
        with Store(tmp_path / "old") as old:
            assert old.chats.infos() == new.chats.infos()
            assert without_places(all_of(old)) == without_places(all_of(new))
            assert old.presets.presets() == new.presets.presets()
            assert old.presets.prompts() == new.presets.prompts()
            assert old.presets.folders() == ["Work", "日本"]
            assert old.presets.fact("seen") == "yes"
            assert old.chats.drafts()[3].text == "And then"
            assert found(old, "北風") == [3]
            assert found(old, "sails") == [1]
            assert old.chats.load(4).messages[0].state is MessageState.UNANSWERED
            assert old.problems() == []
            while old.chats.index_more():
                pass
            assert found(old, "北風 dry") == [3]
        assert version_in(tmp_path / "old" / "chats.db") == schema.newest_version()


def test_there_is_one_of_every_version():
    versions = [path.stem for path in DATABASES.glob("*.db")]
    assert sorted(versions) == [f"chats-{n}" for n in range(1, schema.newest_version() + 1)]
    assert all(path.stat().st_size < 200_000 for path in DATABASES.glob("*.db"))


def test_a_copy_is_made_before_an_update(folder, second_version):
    with Store(folder) as store:
        assert len(store.chats.infos()) == 4
        assert found(store, "sails") == [1]
        store.chats.put(info_of(9), question(99, "new"))
        (backup,) = store.backups.all()
    assert version_in(folder / "chats.db") == 2
    assert backup.path.name == "chats-before-update-of-version-1.db"
    assert backup.made is None
    assert version_in(backup.path) == 1


def test_what_is_new_needs_no_copy(tmp_path, second_version):
    with Store(tmp_path / "data") as store:
        assert store.backups.all() == []
    assert version_in(tmp_path / "data" / "chats.db") == 2


def test_a_copy_of_the_old_version_can_be_gone_back_to(folder, second_version):
    with Store(folder) as store:
        store.chats.put(info_of(9), question(99, "new"))
        store.restore(store.backups.all()[0].path, NOON)
        assert len(store.chats.infos()) == 4
        assert version_in(folder / "chats.db") == 2
        assert version_in(folder / "backups" / "chats-before-update-of-version-1.db") == 1


def test_an_update_that_fails_half_way_leaves_the_old_version(folder, monkeypatch):
    def fail(connection):
        connection.execute("ALTER TABLE chat ADD COLUMN colour TEXT")
        connection.execute("DELETE FROM message")
        connection.execute("INSERT INTO nowhere VALUES (1)")

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, lambda c: None, fail))
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError):
            Store(folder)
        assert version_in(folder / "chats.db") == 1
    monkeypatch.undo()
    with Store(folder) as store:
        assert len(store.chats.load(1).messages) == 3
        assert [b.path.name for b in store.backups.all()] == ["chats-before-update-of-version-1.db"]


def test_an_update_without_room_for_the_copy_is_not_begun(folder, second_version, monkeypatch):
    def full(*_):
        raise ChatsDiskFull

    monkeypatch.setattr("app.store.database.copy_database", full)
    with pytest.raises(ChatsDiskFull):
        Store(folder)
    assert version_in(folder / "chats.db") == 1


def test_a_newer_one_is_refused_and_untouched(folder, second_version, monkeypatch):
    Store(folder).close()
    before = (folder / "chats.db").read_bytes()
    monkeypatch.undo()
    for reads_only in (False, True):
        with pytest.raises(ChatsTooNew):
            Store(folder, reads_only=reads_only)
    assert (folder / "chats.db").read_bytes() == before


def test_an_old_one_is_not_updated_by_who_only_reads(folder, second_version):
    with pytest.raises(ChatsReadOnly):
        Store(folder, reads_only=True)
    assert version_in(folder / "chats.db") == 1


def test_deletion_reaches_the_copy_of_an_old_version(folder, second_version):
    with Store(folder) as store:
        store.delete_chats(store.chats.infos())
        (backup,) = store.backups.all()
        assert b"Cierzo" not in backup.path.read_bytes()
    assert version_in(backup.path) == 1


def test_what_is_damaged_is_recovered_in_its_own_version(folder, second_version):
    with contextlib.closing(sqlite3.connect(folder / "chats.db")) as connection:
        connection.execute("UPDATE message SET facts = '?' WHERE message_id = 1")
        connection.commit()
    recovered = recover_chats(folder, NOON)
    assert (recovered.chats, recovered.messages) == (4, 5)
    assert version_in(folder / "chats.db") == 2


def test_the_committed_file_has_nothing_of_the_machine_that_wrote_it():
    with tempfile.TemporaryDirectory() as name:
        places = (tempfile.gettempdir(), str(pathlib.Path.home()), name)
    for path in DATABASES.glob("*.db"):
        assert not any(place.encode() in path.read_bytes() for place in places)
