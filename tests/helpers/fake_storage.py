"""Storage and backups that tests steer."""

import datetime as dt
import pathlib

import msgspec

from app.domain.errors import ChatsDamaged, ChatsFaulty, ChatsUnreadable
from app.services.storage_use import Cleaned, Kind, Storage, StorageItem
from app.store.backups import Backup
from app.store.recovery import Recovered

MIB = 1 << 20
GIB = 1 << 30
DATA = pathlib.Path("/data")
ITEMS = (
    StorageItem(
        kind=Kind.MODELS,
        folder=DATA / "models",
        bytes=33 * GIB,
        clean_bytes=5 * GIB,
        clean_count=1,
    ),
    StorageItem(kind=Kind.MODELS, folder=pathlib.Path("/media/usb/models"), bytes=5 * GIB),
    StorageItem(
        kind=Kind.CHATS, folder=DATA, bytes=18 * MIB, count=37, clean_bytes=MIB, clean_count=3
    ),
    StorageItem(kind=Kind.ATTACHMENTS, folder=DATA / "attachments", bytes=640 * MIB, count=112),
    StorageItem(
        kind=Kind.BACKUPS,
        folder=DATA / "backups",
        bytes=80 * MIB,
        count=7,
        clean_bytes=68 * MIB,
        clean_count=6,
    ),
    StorageItem(kind=Kind.DAMAGED, folder=DATA / "backups"),
    StorageItem(
        kind=Kind.SNAPSHOTS,
        folder=pathlib.Path("/cache/snapshots"),
        bytes=4 * GIB,
        count=9,
        clean_bytes=4 * GIB,
        clean_count=9,
    ),
    StorageItem(kind=Kind.PICTURES, folder=pathlib.Path("/cache/pictures")),
    StorageItem(kind=Kind.LOGS, folder=pathlib.Path("/logs"), bytes=3 * MIB, count=4),
)


def copy_of(days_ago: int, size_bytes: int = 12 * MIB) -> Backup:
    """A copy that was made at noon."""
    noon = dt.datetime.now().astimezone().replace(hour=12, minute=0, second=0, microsecond=0)
    made = (noon - dt.timedelta(days=days_ago)).astimezone(dt.UTC)
    name = made.strftime("chats-%Y-%m-%d-%H%M%S.db")
    return Backup(path=DATA / "backups" / name, size_bytes=size_bytes, made=made)


class FakeStorage:
    """Counts what it is told."""

    def __init__(self, items: tuple[StorageItem, ...] = ITEMS) -> None:
        self.items = items
        self.left = 0
        self.cleaned: list[Kind] = []

    def look(self, then) -> None:
        then(Storage(items=self.items, free_bytes=120 * GIB))

    def clean(self, item: StorageItem, then) -> None:
        self.cleaned.append(item.kind)
        self.items = tuple(
            msgspec.structs.replace(
                one, bytes=one.bytes - one.clean_bytes, clean_bytes=0, clean_count=0
            )
            if one == item
            else one
            for one in self.items
        )
        then(Cleaned(freed_bytes=item.clean_bytes, left=self.left))


class FakeBackups:
    """Does at once what it is asked."""

    def __init__(self, *copies: Backup, problem=None) -> None:
        self.on_change = lambda: None
        self.copies = copies
        self.problem = problem
        self.work = None
        self.restored: list[Backup] = []
        self.opened = 0
        self.found: object = True
        self.refusal = None

    @property
    def can_recover(self) -> bool:
        return isinstance(self.problem, ChatsDamaged | ChatsFaulty | ChatsUnreadable)

    def look(self) -> None:
        self.on_change()

    def back_up(self, then) -> None:
        if self.refusal:
            then(self.refusal)
            return
        self.copies = (copy_of(0), *self.copies)
        then(self.copies[0])
        self.on_change()

    def delete(self, copy: Backup) -> None:
        self.copies = tuple(one for one in self.copies if one != copy)
        self.on_change()

    def restore(self, copy: Backup, then) -> None:
        if not self.refusal:
            self.restored.append(copy)
        then(self.refusal)
        self.on_change()

    def recover(self, then) -> None:
        self.problem = None
        damaged = DATA / "backups" / "damaged-2026-11-29-101500.db"
        then(Recovered(chats=37, messages=1204, damaged=damaged))
        self.on_change()

    def check(self, then) -> None:
        if self.found is False:
            self.problem = ChatsFaulty()
        then(self.found)
        self.on_change()

    def open_again(self) -> None:
        self.opened += 1
