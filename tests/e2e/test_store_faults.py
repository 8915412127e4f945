"""Chats and real processes: killed while they write, holding the file; disks full and read-only."""

import contextlib
import datetime as dt
import os
import pathlib
import random
import signal
import subprocess
import sys

import pytest

from app.domain.errors import ChatsDiskFull, ChatsError, ChatsInUse, ChatsReadOnly
from app.domain.kept_chat import MessageState
from app.store.store import Store
from tests.helpers.kept_chats import all_of, answer, chat_of, files_with, found, info_of, question
from tests.helpers.store_writer import StoreWriter

ROOT = pathlib.Path(__file__).parents[2]
_NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def writer(tmp_path):
    writers = []

    def begin(seed=0, folder=tmp_path / "data"):
        writers.append(StoreWriter(folder, seed))
        return writers[-1]

    yield begin
    for each in writers:
        with contextlib.suppress(ValueError):
            each.end()


def check(folder, writers):
    """All that was said to be kept is there, whole and found; what was deleted is nowhere."""
    deleting = set().union(*(one.deleting for one in writers))
    deleted = set().union(*(one.deleted for one in writers))
    expected = {
        message: chat
        for one in writers
        for message, chat in one.chats.items()
        if chat not in deleting
    }
    with Store(folder) as store:
        assert store.problems() == []
        kept = {m.message_id: m for chat in all_of(store).values() for m in chat.messages}
        assert expected.keys() <= kept.keys()
        for answered in set().union(*(one.answers for one in writers)) & expected.keys():
            first, *words = kept[answered].text.split()
            assert first == f"a{answered}"
            assert words == [f"word{answered - 1}x{i}" for i in range(len(words))]
            assert len(words) in (3, 40, 900)
        assert not deleted & {info.chat_id for info in store.chats.infos()}
        gone = [m for one in writers for m, chat in one.chats.items() if chat in deleted]
        assert files_with(folder, *(f"word{message}x" for message in gone[:10])) == []
        assert all(m.state not in ("queued", "working") for m in kept.values())
        for message_id in (min(kept), max(kept)):
            assert message_id in found(store, kept[message_id].text.split()[0])
    assert not list(folder.rglob(".*.part*"))
    assert not list(folder.rglob("*-journal"))


@posix_only
@pytest.mark.parametrize("seed", range(8))
def test_killed_while_it_writes_again_and_again(tmp_path, writer, seed):
    """Five times in the same folder; 40 kills in all."""
    draw, writers = random.Random(seed), []
    for time in range(5):
        writers.append(writer(seed * 100 + time))
        writers[-1].follow(draw.randrange(1, 60))
        writers[-1].end()
        check(tmp_path / "data", writers)


@posix_only
def test_killed_while_it_deletes(tmp_path, writer):
    """At any step of it: the next start deletes the rest, in all copies."""
    for seed in range(12):
        folder = tmp_path / str(seed)
        with Store(folder) as store:
            for chat_id in range(1, 6):
                store.chats.add([chat_of(chat_id, chat_id * 10, f"zzsecret{chat_id}" * 40, "b")])
        killed = subprocess.Popen(
            [sys.executable, "-c", _DELETING, folder, str(seed)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert killed.stdout.readline() == b"deleting\n"
        killed.stdout.close()
        assert killed.wait() == -signal.SIGKILL
        with Store(folder) as store:
            left = {info.chat_id for info in store.chats.infos()}
            assert {4, 5} <= left
            gone = {1, 2, 3} - left
            assert files_with(folder, *(f"zzsecret{n}zz" for n in gone)) == []
            assert store.problems() == []


# Kills itself at the n-th step that reaches the disk.
_DELETING = """
import datetime, os, pathlib, signal, sys
from app.store.store import Store
from tests.helpers.kept_chats import info_of
left = int(sys.argv[2])
def watch(event, arguments):
    global left
    if event in ("sqlite3.connect", "os.remove", "open"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
with Store(pathlib.Path(sys.argv[1])) as store:
    store.back_up(datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC))
    store.back_up(datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC))
    print("deleting", flush=True)
    sys.addaudithook(watch)
    store.delete_chats([info_of(1), info_of(2), info_of(3)])
    os.kill(os.getpid(), signal.SIGKILL)
"""


@posix_only
def test_another_process_has_it_open(tmp_path, writer):
    one = writer()
    one.follow(5)
    folder = tmp_path / "data"
    for _ in range(3):
        with pytest.raises(ChatsInUse):
            Store(folder)
    with Store(folder, reads_only=True) as reader:
        first = len(reader.chats.infos())
        one.follow(40)
        assert len(reader.chats.infos()) > first
    one.end()
    Store(folder).close()


def mounted(folder, *options):
    """Mount a small file system in memory, where that can be done."""
    folder.mkdir(exist_ok=True)
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", *options, "tmpfs", folder], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("file systems can only be mounted by root on Linux")
    return folder


@pytest.fixture
def small_disk(tmp_path):
    folder = mounted(tmp_path / "disk", "-o", "size=2m")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(store):
    """Write until nothing more fits; gives what was kept."""
    kept = {}
    for message_id in range(1, 10_000, 2):
        chat_id = 1 + message_id // 10
        asked = question(message_id, f"asked{message_id}x " + "words " * 50)
        answered = answer(message_id + 1, "words " * 200, message_id)
        try:
            store.chats.put(info_of(chat_id), asked, answered)
        except ChatsDiskFull:
            break
        kept |= {message_id: asked, message_id + 1: answered}
    return kept


def test_a_full_disk(small_disk):
    """Everything kept is there; giving up the ballast makes room to delete, and to go on."""
    (small_disk / "chats.ballast").write_bytes(os.urandom(400_000))
    with Store(small_disk) as store:
        kept = fill(store)
        assert len(kept) > 40
        there = {m.message_id: m for chat in all_of(store).values() for m in chat.messages}
        assert there == kept
        assert store.problems() == []
        assert found(store, "asked1x words") == [1]
        for step in (
            lambda: store.chats.put(info_of(500), question(20_001, "words " * 9000)),
            lambda: store.back_up(_NOW),
        ):
            with pytest.raises(ChatsDiskFull):
                step()
        assert store.free_ballast()
        store.delete_chats([info_of(1), info_of(2)])
        assert files_with(small_disk, "asked1x", "asked11x") == []
        store.chats.put(info_of(500), question(20_001, "words " * 9000))
        assert 20_001 in found(store, "words")
    with Store(small_disk) as store:
        assert {info.chat_id for info in store.chats.infos()} & {1, 2, 500} == {500}
        assert store.problems() == []


def test_a_disk_that_is_full_from_the_beginning(small_disk):
    (small_disk / "large").write_bytes(bytes(2 << 20))
    with pytest.raises(ChatsError):
        Store(small_disk / "data")
    (small_disk / "large").unlink()
    with Store(small_disk / "data") as store:
        store.chats.put(info_of(), question(1, "words"))


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_read_only_disk(tmp_path, is_killed, writer):
    """What was kept can be read, also what is only in the log that a crash left."""
    folder = mounted(tmp_path / "disk", "-o", "size=64m")
    try:
        if is_killed and sys.platform != "win32":
            one = writer(3, folder)
            one.follow(30)
            one.end()
            # Words of what the crash left at work are not in the index, but it can be read.
            asked, newest = max(one.answers) - 1, max(one.chats)
        else:
            with Store(folder) as store:
                store.chats.add([chat_of(1, 1, "q1 words")])
            asked = newest = 1
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        with Store(folder) as store:
            assert store.is_read_only
            assert asked in found(store, f"q{asked}")
            assert newest in {
                m.message_id for chat in all_of(store).values() for m in chat.messages
            }
            for change in (
                lambda: store.chats.put(info_of()),
                lambda: store.delete_chats([info_of()]),
                lambda: store.chats.put_tail([answer(2, "x", 1, MessageState.WORKING)]),
            ):
                with pytest.raises(ChatsReadOnly):
                    change()
            with pytest.raises(ChatsError):
                store.back_up(_NOW)
        with Store(folder / "new") as store:
            assert store.is_read_only
            assert store.chats.infos() == []
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
