"""What takes how much room, and what cleaning up leaves alone: real folders, a real store."""

import datetime as dt
import os
import pathlib

import msgspec
import pytest

from app.domain.attachments import DocumentAttachment, Source
from app.domain.kept_chat import Draft
from app.engine.snapshot_files import keep_only, snapshot_name
from app.services.storage_use import Cleaned, Kind, Storage, StorageItem, StorageUse, walk
from app.settings.folders import folders_for
from tests.helpers.keeping import KeptStage

KIB = 1024


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    path: pathlib.Path
    models_bytes: int = 0
    is_there: bool = True


class Removed(msgspec.Struct, frozen=True):
    size_bytes: int


class FakeModels:
    def __init__(self, *folders: Folder) -> None:
        self.folders = folders
        self.removed: tuple[Removed, ...] = ()

    def empty_trash(self) -> None:
        self.removed = ()

    def when_settled(self, then) -> None:
        then()


class Room(KeptStage):
    """A person's folders with everything in them."""

    def __init__(self, home: pathlib.Path) -> None:
        self.folders = folders_for(home)
        super().__init__(self.folders.data)
        self.models = FakeModels(Folder(path=self.folders.data / "models", models_bytes=5 * KIB))
        self.storage = StorageUse(
            self.folders, chats=self.library, models=self.models, post=self._posted.put
        )

    def look(self) -> Storage:
        ends: list[Storage] = []
        self.storage.look(ends.append)
        self.wait(lambda: ends)
        return ends[0]

    def item(self, kind: Kind) -> StorageItem:
        (found,) = [item for item in self.look().items if item.kind is kind]
        return found

    def clean(self, kind: Kind):
        ends: list = []
        self.storage.clean(self.item(kind), ends.append)
        self.wait(lambda: ends)
        return ends[0]

    def put(self, *place: str, size: int = KIB, days_old: float = 0) -> pathlib.Path:
        path = pathlib.Path(*place)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
        then = (dt.datetime.now(dt.UTC) - dt.timedelta(days=days_old)).timestamp()
        os.utime(path, (then, then))
        return path

    def close(self) -> None:
        self.storage.close()
        super().close()


@pytest.fixture
def room(tmp_path):
    room = Room(tmp_path / "home")
    yield room
    room.close()


def test_a_fresh_home_takes_nothing_and_stays_unmade(room):
    seen = room.look()
    assert seen.total_bytes == 5 * KIB
    assert [item.kind for item in seen.items if item.bytes] == [Kind.MODELS]
    assert seen.free_bytes > 0
    assert not room.folders.data.exists()


def test_everything_is_counted_where_it_lies(room):
    data, cache = room.folders.data, room.folders.cache
    room.open()
    room.load()
    room.answered(room.library.new_chat())
    room.put(data, "models", ".downloads", "7", "0.part", size=2 * KIB)
    room.put(data, "attachments", "ab", "abcd")
    room.put(data, "backups", "chats-2026-01-02-030405.db", size=3 * KIB)
    room.put(data, "backups", "damaged-2026-01-02-030405.db", size=4 * KIB)
    room.put(data, "backups", "damaged-2026-01-02-030405.db-wal")
    room.put(cache, "snapshots", "a-b.kv", size=6 * KIB)
    room.put(cache, "pictures", "p.rgb")
    room.put(data, "runtimes", "abi", "cuda13", "libggml-cuda.so", size=2 * KIB)
    room.put(room.folders.logs, "cierzo.log")
    seen = room.look()
    sizes = {item.kind: item.bytes // KIB for item in seen.items}
    assert sizes.pop(Kind.CHATS) > 50
    assert sizes == {
        Kind.MODELS: 7,
        Kind.ATTACHMENTS: 1,
        Kind.BACKUPS: 3,
        Kind.DAMAGED: 5,
        Kind.RUNTIMES: 2,
        Kind.SNAPSHOTS: 6,
        Kind.PICTURES: 1,
        Kind.LOGS: 1,
    }
    assert room.item(Kind.CHATS).count == 1
    assert seen.total_bytes == sum(item.bytes for item in seen.items)


def test_models_stand_by_folder_and_can_lose_what_was_removed(room, tmp_path):
    room.models.folders = (
        *room.models.folders,
        Folder(path=tmp_path / "usb", models_bytes=9 * KIB),
        Folder(path=tmp_path / "unplugged", is_there=False),
    )
    room.models.removed = (Removed(3 * KIB), Removed(KIB))
    items = [item for item in room.look().items if item.kind is Kind.MODELS]
    assert [(item.bytes, item.clean_bytes, item.clean_count) for item in items] == [
        (9 * KIB, 4 * KIB, 2),
        (9 * KIB, 0, 0),
    ]
    ends: list = []
    room.storage.clean(items[0], ends.append)
    assert ends[0].freed_bytes == 4 * KIB
    assert room.models.removed == ()


def test_only_what_was_read_of_chats_is_cleaned_of_the_cache(room):
    cache = room.folders.cache
    room.put(cache, "snapshots", "a-b.kv")
    writing = room.put(cache, "snapshots", ".1234.part")
    speed = room.put(cache, "speed.json")
    cleaned = room.clean(Kind.SNAPSHOTS)
    assert (cleaned.freed_bytes, cleaned.left) == (KIB, 0)
    assert writing.exists()
    assert speed.exists()
    assert not (cache / "snapshots" / "a-b.kv").exists()
    assert room.item(Kind.SNAPSHOTS).clean_count == 0


def test_logs_of_today_and_those_that_are_written_stay(room):
    logs = room.folders.logs
    kept = [
        room.put(logs, "cierzo.log", days_old=3),
        room.put(logs, "connections.jsonl", days_old=3),
        room.put(logs, "cierzo.log.1"),
    ]
    gone = [
        room.put(logs, "cierzo.log.2", days_old=2),
        room.put(logs, "report-1.txt", days_old=9),
    ]
    assert room.clean(Kind.LOGS).freed_bytes == 2 * KIB
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in gone)


def test_pictures_that_are_open_stay(room):
    old = room.put(room.folders.cache, "pictures", "old.rgb", days_old=1)
    now = dt.datetime.now(dt.UTC).timestamp() + 5
    new = room.put(room.folders.cache, "pictures", "new.rgb")
    os.utime(new, (now, now))
    room.clean(Kind.PICTURES)
    assert (old.exists(), new.exists()) == (False, True)


def test_the_newest_backup_and_the_damaged_files_stay(room):
    backups = room.folders.data / "backups"
    newest = room.put(backups, "chats-2026-03-01-000000.db")
    old = room.put(backups, "chats-2026-02-01-000000.db")
    update = room.put(backups, "chats-before-update-of-version-1.db")
    damaged = room.put(backups, "damaged-2026-01-01-000000.db")
    strange = room.put(backups, "mine.txt")
    assert room.clean(Kind.BACKUPS).freed_bytes == 2 * KIB
    assert newest.exists()
    assert damaged.exists()
    assert strange.exists()
    assert not old.exists()
    assert not update.exists()
    room.clean(Kind.DAMAGED)
    assert not damaged.exists()
    assert newest.exists()


def test_the_only_copies_before_an_update_stay(room):
    kept = room.put(room.folders.data, "backups", "chats-before-update-of-version-1.db")
    assert room.item(Kind.BACKUPS).clean_count == 0
    assert kept.exists()


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_links_are_not_followed(room, tmp_path):
    mine = tmp_path / "mine"
    precious = room.put(mine, "precious.kv")
    outside = room.put(tmp_path, "outside.kv")
    snapshots = room.folders.cache / "snapshots"
    snapshots.mkdir(parents=True)
    (snapshots / "folder").symlink_to(mine)
    (snapshots / "file.kv").symlink_to(outside)
    (room.folders.cache / "pictures").symlink_to(mine)
    assert room.item(Kind.SNAPSHOTS).bytes == 0
    room.clean(Kind.SNAPSHOTS)
    room.clean(Kind.PICTURES)
    assert precious.exists()
    assert outside.exists()
    assert list(walk(tmp_path / "not there")) == []


def test_what_cannot_be_deleted_is_counted(room, monkeypatch):
    for name in ("a.kv", "b.kv"):
        room.put(room.folders.cache, "snapshots", name)
    unlink = pathlib.Path.unlink

    def refuse(path, **options):
        if path.name == "a.kv":
            raise PermissionError
        unlink(path, **options)

    monkeypatch.setattr(pathlib.Path, "unlink", refuse)
    cleaned = room.clean(Kind.SNAPSHOTS)
    assert (cleaned.freed_bytes, cleaned.left) == (KIB, 1)


def attach(room, chat, data: bytes) -> None:
    """Write a draft with a file."""
    sources: list[Source] = []
    room.library.keep_file(chat, Source(name="a.txt", data=data), sources.append)
    room.wait(lambda: sources)
    attached = DocumentAttachment(source=sources[0], kind="Text", pages=())
    room.library.keep_draft(chat, Draft(attachments=(attached,)))


def test_the_trash_of_chats_is_emptied(room):
    room.open()
    room.load()
    kept = room.library.new_chat()
    room.answered(kept, "stays")
    attach(room, kept, b"shared" * KIB)
    gone = room.library.new_chat()
    room.answered(gone, "goes")
    attach(room, gone, b"y" * 7 * KIB)
    assert room.item(Kind.CHATS).clean_count == 0
    room.library.move_to_trash(gone)
    item = room.item(Kind.CHATS)
    assert item.clean_count == 1
    assert 7 * KIB < item.clean_bytes < 9 * KIB
    room.library.bring_back(gone)
    attach(room, gone, b"shared" * KIB)
    room.library.move_to_trash(gone)
    assert room.item(Kind.CHATS).clean_bytes < KIB, "another chat has that file, too"
    room.clean(Kind.CHATS)
    assert room.library.trash == []
    assert room.item(Kind.CHATS).clean_count == 0
    with room.on_disk() as disk:
        assert [info.title for info in disk.chats.infos()] == ["stays"]


def test_snapshots_go_with_their_chats(room):
    folder = room.folders.cache / "snapshots"
    kept = room.put(folder, snapshot_name("here", "m1"))
    other = room.put(folder, "notes.txt")
    for model in ("m1", "m2"):
        room.put(folder, snapshot_name("gone", model))
    keep_only(folder, ["here", "never read"])
    assert sorted(folder.iterdir()) == sorted([kept, other])
    keep_only(folder / "missing", [])


def test_a_folder_that_cannot_be_read_is_no_reason_to_say_nothing(room, monkeypatch):
    item = StorageItem(kind=Kind.LOGS, folder=room.folders.logs, clean_bytes=5, clean_count=2)

    def refuse(*_):
        raise PermissionError

    cleaned, looked = [], []
    monkeypatch.setattr(StorageUse, "_files", refuse)
    monkeypatch.setattr(StorageUse, "_cleanable", refuse)
    room.storage.clean(item, cleaned.append)
    room.wait(lambda: cleaned)
    room.storage.look(looked.append)
    room.wait(lambda: looked)
    assert cleaned == [Cleaned(left=2)]
    assert looked == [Storage()]
