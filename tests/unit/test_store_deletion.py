"""What is deleted is nowhere any more, and everything else still is."""

import datetime as dt
import random

import msgspec
import pytest

from app.domain.attachments import Source
from app.domain.chat import TextPart, ThoughtPart
from app.domain.errors import ChatsReadOnly
from app.domain.kept_chat import ChatSettings, Draft, MessageState
from app.store.database import Database
from app.store.scrub import scrub
from app.store.store import Store
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
WORKING = MessageState.WORKING


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "data") as store:
        yield store


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def words_of(number):
    """Of one chat, found in no other."""
    return [f"secret{number}{what}{what}" for what in ("title", "asked", "said", "mused", "draft")]


def fill(store, number, shared=()):
    """A chat with secret words everywhere."""
    title, asked, said, mused, draft = words_of(number)
    attached = document(
        store,
        f"secret{number}namename.txt",
        f"secret{number}pagepage",
        content=b"secret%dbytebyte" % number,
    )
    kept = chat_of(
        number,
        10 * number,
        f"{asked} été 日本{number}{number}",
        "a",
        "more",
        "b",
        title=title,
        settings=ChatSettings(system=f"secret{number}systsyst"),
    )
    first, second, *others = kept.messages
    first = msgspec.structs.replace(first, attachments=(attached, *shared))
    second = msgspec.structs.replace(second, parts=(ThoughtPart(mused), TextPart(said)))
    kept = msgspec.structs.replace(kept, messages=(first, second, *others))
    store.chats.add([kept])
    loose = document(store, f"secret{number}loosloos.txt", "")
    store.chats.put_draft(kept.info, Draft(text=draft, attachments=(loose,)))
    return kept


def secrets(number):
    places = ("name", "page", "byte", "syst", "loos")
    return [*words_of(number), *(f"secret{number}{what}{what}" for what in places)]


def gone(folder, number):
    return files_with(folder, *secrets(number), f"日本{number}{number}", f"key-{number}")


def test_what_is_looked_for_is_found_before(store, folder):
    fill(store, 1)
    in_files = " ".join(gone(folder, 1))
    assert all(secret in in_files for secret in secrets(1))


def test_nothing_of_a_chat_is_left(store, folder):
    fill(store, 2)
    kept = [fill(store, number) for number in (1, 3)]
    before = {key: chat for key, chat in all_of(store).items() if key != "key-2"}
    store.back_up(NOON)
    (info,) = (info for info in store.chats.infos() if info.chat_id == 2)
    store.delete_chats([info])
    assert gone(folder, 2) == []
    assert all_of(store) == before
    assert set(store.chats.drafts()) == {1, 3}
    for chat in kept:
        number = chat.info.chat_id
        assert found(store, f"secret{number}asked été") == [10 * number]
        assert found(store, f"secret{number}pagepage") == [10 * number]
        for attachment in store.chats.load(number).messages[0].attachments:
            assert store.files.path(attachment.source.sha256).exists()
    assert store.problems() == []


def test_nothing_of_messages_is_left(store, folder):
    fill(store, 1)
    loaded = store.chats.load(1)
    store.chats.put_draft(loaded.info, Draft())
    store.sweep_files()
    store.back_up(NOON)
    store.delete_messages(loaded.messages[:2])
    assert (
        files_with(folder, *(w for w in secrets(1) if "title" not in w and "syst" not in w)) == []
    )
    # What followed them was not deleted, so it is still seen.
    assert [m.parent_id for m in store.chats.load(1).messages] == [None, 12]


@pytest.fixture
def linked(store):
    """Two questions with their answers; the second pair follows the first."""
    kept = chat_of(1, 1, "first", "firstanswer", "seconds", "secondanswer")
    store.chats.add([kept])
    return kept


def test_the_rest_of_a_chat_stays(store, linked):
    store.delete_messages(linked.messages[2:])
    assert [m.text for m in store.chats.load(1).messages] == ["first", "firstanswer"]
    assert found(store, "first") == [2, 1] != found(store, "second")


def test_contents_attached_elsewhere_stay(store, folder):
    shared = document(store, "shared.txt", "sharedwords")
    drafted = document(store, "drafted.txt", "")
    fill(store, 1, shared=(shared, drafted))
    fill(store, 2, shared=(shared,))
    store.chats.put_draft(info_of(3), Draft(attachments=(drafted,)))
    store.delete_chats([info_of(1)])
    assert all(store.files.path(kept.source.sha256).exists() for kept in (shared, drafted))
    assert found(store, "sharedwords") == [20]
    store.delete_chats([info_of(2), info_of(3)])
    assert files_with(folder, "sharedwords", "shared.txt", "drafted.txt") == []
    assert store.files.all() == set()


def test_contents_that_only_a_copy_has_stay_with_it(store, folder):
    shared = document(store, "shared.txt", "")
    fill(store, 1, shared=(shared,))
    empty = store.back_up(NOON - dt.timedelta(days=1))
    fill(store, 2, shared=(shared,))
    newer = store.back_up(NOON)
    store.restore(empty.path, NOON + dt.timedelta(days=1))
    store.sweep_files()
    store.delete_chats([info_of(1)])
    store.restore(newer.path, NOON + dt.timedelta(days=2))
    assert gone(folder, 1) == []
    (message, *_) = store.chats.load(2).messages
    assert all(store.files.path(a.source.sha256).exists() for a in message.attachments)


def test_what_followed_a_message_only_in_a_copy_goes_too(store, folder, linked):
    early = store.back_up(NOON)
    store.chats.put(linked.info, question(5, "afterwards", 2))
    late = store.back_up(NOON + dt.timedelta(days=1))
    store.restore(early.path, NOON + dt.timedelta(days=2))
    store.delete_messages(linked.messages[1:])
    assert files_with(folder, "afterwards", "firstanswer") == []
    store.restore(late.path, NOON + dt.timedelta(days=3))
    assert [m.text for m in store.chats.load(1).messages] == ["first"]


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_left_where_rows_lay_before_they_moved(tmp_path, seed):
    """Chats that grow side by side, as answers do while they are written."""
    draw = random.Random(seed)
    folder, infos, message_id = tmp_path / "data", {}, 0
    with Store(folder) as store:
        for step in range(80):
            number = draw.randrange(1, 8)
            info = infos.setdefault(number, info_of(number, title=f"zqsecret{number}title"))
            words = [f"zqsecret{number}x{i}" for i in range(draw.choice((5, 30, 100, 400)))]
            asked = question(message_id + 1, " ".join(words[: draw.choice((1, 5, 20))]))
            message_id += 2
            store.chats.put(info, asked, answer(message_id, "", message_id - 1, WORKING))
            for end in range(0, len(words), draw.choice((7, 20))):
                tail = answer(message_id, " ".join(words[:end]), message_id - 1, WORKING)
                store.chats.put_tail([tail])
            store.chats.put_draft(info, Draft(text=words[0] * draw.randrange(9)))
            store.chats.put(info, answer(message_id, " ".join(words), message_id - 1))
            if draw.random() < 0.03:
                store.back_up(NOON + dt.timedelta(days=step))
        before = all_of(store)
        for number in draw.sample(sorted(infos), 3):
            store.delete_chats([infos[number]])
            del before[f"key-{number}"]
            assert files_with(folder, f"zqsecret{number}") == []
        assert all_of(store) == before
        assert store.problems() == []
        assert all(found(store, f"zqsecret{number[-1]}x0") for number in before)


class TestUnfinished:
    """Deleted in the database, and then the program ended."""

    def test_the_next_start_deletes_the_rest(self, store, folder):
        fill(store, 1)
        fill(store, 2)
        store.back_up(NOON)
        store.chats.delete([1])
        store.close()
        assert gone(folder, 1)
        with Store(folder) as after:
            assert gone(folder, 1) == []
            assert list(all_of(after)) == ["key-2"]
            assert after.chats.deletions() == []

    def test_as_well_as_parts_and_journals(self, store, folder):
        fill(store, 1)
        store.back_up(NOON)
        for name in (".chats.db.part", "backups/.chats-2026-03-01-120000.db.part-journal"):
            (folder / name).write_bytes(b"secret1title")
        (folder / "attachments" / ".part-x").write_bytes(b"secret1title")
        store.chats.delete([1])
        store.close()
        with Store(folder):
            assert files_with(folder, "secret1title") == []

    def test_another_process_that_reads_puts_it_off(self, store, folder, monkeypatch, expected_log):
        monkeypatch.setattr("app.store.database._BUSY_S", 0.01)
        store.close()
        with Store(folder) as store:
            fill(store, 1)
            reader = Database(folder, reads_only=True)
            reader.connection.execute("BEGIN")
            assert reader.read("SELECT count(*) FROM chat") == [(1,)]
            store.delete_chats([info_of(1)])
            assert store.chats.infos() == []
            assert "chats_in_use" in expected_log.text
            assert gone(folder, 1)
            reader.close()
            fill(store, 2)
            store.delete_chats([info_of(2)])
            assert gone(folder, 1) == gone(folder, 2) == []
            assert store.files.all() == set()

    def test_a_file_that_cannot_be_overwritten_now(self, store, folder, monkeypatch, expected_log):
        fill(store, 1)

        def refuse(_):
            raise OSError(5, "Input/output error")

        with monkeypatch.context() as patch:
            patch.setattr("app.store.database.scrub", refuse)
            store.delete_chats([info_of(1)])
        assert "chats_unreadable" in expected_log.text
        fill(store, 2)
        assert list(all_of(store)) == ["key-2"]
        store.close()
        with Store(folder) as after:
            assert gone(folder, 1) == []
            assert list(all_of(after)) == ["key-2"]

    def test_a_damaged_copy_does_not_stay(self, store, folder):
        fill(store, 1)
        backup = store.back_up(NOON)
        aside = folder / "backups" / "damaged-x.db"
        for path in (backup.path, aside):
            content = bytearray(backup.path.read_bytes())
            content[4096 * 3 : 4096 * 5] = random.Random(1).randbytes(4096 * 2)
            path.write_bytes(content)
        store.delete_chats([info_of(1)])
        assert gone(folder, 1) == []
        assert not aside.exists()

    def test_what_only_reads_deletes_nothing(self, store, folder):
        fill(store, 1)
        with Store(folder, reads_only=True) as reader, pytest.raises(ChatsReadOnly):
            reader.delete_chats([info_of(1)])
        assert list(all_of(store)) == ["key-1"]


class TestScrub:
    def test_what_is_no_database_stays_as_it_is(self, tmp_path):
        path = tmp_path / "x"
        for content in (b"", b"short", random.Random(1).randbytes(9000)):
            path.write_bytes(content)
            scrub(path)
            assert len(path.read_bytes()) == len(content)

    @pytest.mark.parametrize("page_bytes", [512, 4096, 65536])
    @pytest.mark.parametrize("auto_vacuum", [0, 1, 2])
    def test_what_is_there_stays(self, tmp_path, page_bytes, auto_vacuum):
        import sqlite3

        draw, path = random.Random(page_bytes), tmp_path / "x.db"
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA page_size={page_bytes}")
        connection.execute(f"PRAGMA auto_vacuum={auto_vacuum}")
        connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE, c BLOB)")
        connection.execute("CREATE TABLE w (a TEXT PRIMARY KEY, b) WITHOUT ROWID")
        for i in range(3000):
            text = f"{draw.random()}" * draw.choice((1, 3, 40))
            connection.execute("INSERT INTO t VALUES (?, ?, ?)", (i, text, draw.randbytes(i % 700)))
            connection.execute("INSERT INTO w VALUES (?, ?)", (text, i))
        connection.execute("DELETE FROM t WHERE a % 3 = 0")
        connection.execute("DELETE FROM w WHERE b % 5 < 3")
        connection.commit()
        dump = list(connection.iterdump())
        connection.close()
        before = path.read_bytes()
        scrub(path)
        after = path.read_bytes()
        assert before != after
        assert all(new in (old, 0) for old, new in zip(before, after, strict=True))
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert list(connection.iterdump()) == dump
        connection.close()


def test_a_file_attached_again_is_one_file(store):
    one = store.files.keep(Source(name="a", data=b"x"))
    two = store.files.keep(Source(name="b", path=one.path))
    assert (one.sha256, one.path) == (two.sha256, two.path)
    assert store.files.all() == {one.sha256}
