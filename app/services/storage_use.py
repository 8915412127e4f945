"""What Cierzo takes on the disk, and how some of it is given back.

Lives on the owner's thread; the disk is looked at on another. Only files below our own folders are
counted and deleted, and no link is ever followed.
"""

import contextlib
import datetime as dt
import os
import pathlib
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Protocol, TypeVar

import msgspec

from app.domain.downloads.folder import DOWNLOADS
from app.domain.errors import ChatsError
from app.domain.library import Installed
from app.engine.runtime_packs import RUNTIMES_FOLDER
from app.engine.snapshot_files import SUFFIX
from app.pipe.client import Post
from app.services.chat_library import ChatLibrary
from app.services.library_values import FolderState
from app.services.serial_work import SerialWork
from app.settings.folders import Folders
from app.store.attached import FOLDER as ATTACHMENTS
from app.store.backups import DAMAGED_PREFIX, Backups
from app.store.database import FILE_NAME

_T = TypeVar("_T")

_CLOSE_S = 2.0
_LOGS_IN_USE = ("cierzo.log", "connections.jsonl")


class Kind(StrEnum):
    """What is counted apart."""

    MODELS = "models"
    CHATS = "chats"
    ATTACHMENTS = "attachments"
    BACKUPS = "backups"
    DAMAGED = "damaged"
    RUNTIMES = "runtimes"
    SNAPSHOTS = "snapshots"
    PICTURES = "pictures"
    LOGS = "logs"


class StorageItem(msgspec.Struct, frozen=True, kw_only=True):
    """One of the things that take room.

    Attributes:
        folder: Where it is.
        count: Chats, copies or files; models are not counted.
        clean_bytes: What cleaning up gives back, about.
        clean_count: Of what.
    """

    kind: Kind
    folder: pathlib.Path
    bytes: int = 0
    count: int = 0
    clean_bytes: int = 0
    clean_count: int = 0


class Storage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at one moment; `free_bytes` is on the disk with the chats, if it is known."""

    items: tuple[StorageItem, ...] = ()
    free_bytes: int | None = None

    @property
    def total_bytes(self) -> int:
        """Of all items."""
        return sum(item.bytes for item in self.items)


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """What came of cleaning up; `left` files could not be deleted."""

    freed_bytes: int = 0
    left: int = 0


class Models(Protocol):
    """The library of models, as far as it is needed here."""

    @property
    def folders(self) -> tuple[FolderState, ...]:
        """That models lie in."""

    @property
    def removed(self) -> tuple[Installed, ...]:
        """What could be brought back."""

    def empty_trash(self) -> None:
        """Delete that for good."""

    def when_settled(self, then: Callable[[], None]) -> None:
        """Call `then` when what was asked for is done."""


class StorageUse:
    """Counts and cleans up."""

    def __init__(self, folders: Folders, *, chats: ChatLibrary, models: Models, post: Post) -> None:
        """Wire it; nothing is looked at before somebody asks.

        Args:
            folders: The person's.
            chats: Whose trash can be emptied.
            models: The same.
            post: Runs a function on the owner's thread.
        """
        self._folders = folders
        self._chats = chats
        self._models = models
        self._began = dt.datetime.now(dt.UTC)
        self._work: SerialWork[OSError] = SerialWork("storage", OSError, post=post)

    def look(self, then: Callable[[Storage], None]) -> None:
        """Count everything."""
        folders = tuple(self._models.folders)
        removed_bytes = sum(model.size_bytes for model in self._models.removed)
        removed = len(self._models.removed)

        def count(trash_bytes: int | ChatsError) -> None:
            in_trash = 0 if isinstance(trash_bytes, ChatsError) else trash_bytes
            chats, trashed = len(self._chats.chats), len(self._chats.trash)

            def work() -> Storage:
                models = _models(folders, removed, removed_bytes)
                others = self._count(chats, trashed, in_trash)
                return Storage(items=(*models, *others), free_bytes=_free_bytes(self._folders.data))

            self._do(work, then, Storage())

        if self._chats.keeper and self._chats.trash:
            self._chats.keeper.run(lambda store: store.trash_bytes(), count)
        else:
            count(0)

    def clean(self, item: StorageItem, then: Callable[[Cleaned], None]) -> None:
        """Give back what can be given back of it."""
        done = Cleaned(freed_bytes=item.clean_bytes)
        if item.kind is Kind.MODELS:
            self._models.empty_trash()
            self._models.when_settled(lambda: then(done))
        elif item.kind is Kind.CHATS:
            self._chats.delete(list(self._chats.trash), lambda: then(done))
        else:
            nothing = Cleaned(left=item.clean_count)
            self._do(lambda: _delete(self._cleanable(item.kind)), then, nothing)

    def close(self) -> None:
        """Finish what is there, or leave it."""
        self._work.close(patience_s=_CLOSE_S)

    def _do(self, work: Callable[[], _T], then: Callable[[_T], None], otherwise: _T) -> None:
        """Have `then` told what came of it, `otherwise` where a folder cannot even be listed."""
        self._work.do(work, lambda end: then(otherwise if isinstance(end, OSError) else end))

    def _count(self, chats: int, trashed: int, trash_bytes: int) -> Iterator[StorageItem]:
        data = self._folders.data
        database = [data / f"{FILE_NAME}{suffix}" for suffix in ("", "-wal")]
        yield StorageItem(
            kind=Kind.CHATS,
            folder=data,
            bytes=sum(_size(path) for path in database),
            count=chats,
            clean_bytes=trash_bytes,
            clean_count=trashed,
        )
        for kind in (
            Kind.ATTACHMENTS,
            Kind.BACKUPS,
            Kind.DAMAGED,
            Kind.RUNTIMES,
            Kind.SNAPSHOTS,
            Kind.PICTURES,
            Kind.LOGS,
        ):
            files, cleanable = list(self._files(kind)), list(self._cleanable(kind))
            yield StorageItem(
                kind=kind,
                folder=self._folder(kind),
                bytes=sum(file.bytes for file in files),
                count=len(files),
                clean_bytes=sum(file.bytes for file in cleanable),
                clean_count=len(cleanable),
            )

    def _folder(self, kind: Kind) -> pathlib.Path:
        data, cache = self._folders.data, self._folders.cache
        return {
            Kind.ATTACHMENTS: data / ATTACHMENTS,
            Kind.BACKUPS: Backups(data).folder,
            Kind.DAMAGED: Backups(data).folder,
            Kind.RUNTIMES: data / RUNTIMES_FOLDER,
            Kind.SNAPSHOTS: cache / "snapshots",
            Kind.PICTURES: cache / "pictures",
            Kind.LOGS: self._folders.logs,
        }[kind]

    def _files(self, kind: Kind) -> Iterable["_File"]:
        """All files of a kind."""
        files = walk(self._folder(kind))
        if kind is Kind.DAMAGED:
            return (file for file in files if file.path.name.startswith(DAMAGED_PREFIX))
        if kind is Kind.BACKUPS:
            return (file for file in files if not file.path.name.startswith(DAMAGED_PREFIX))
        return files

    def _cleanable(self, kind: Kind) -> Iterable["_File"]:
        """Those of them that nobody needs, and that nothing has open."""
        files = self._files(kind)
        match kind:
            case Kind.SNAPSHOTS:
                return (file for file in files if file.path.suffix == SUFFIX)
            case Kind.PICTURES:
                return (file for file in files if file.changed < self._began)
            case Kind.LOGS:
                today = dt.datetime.now().astimezone().date()
                return (
                    file
                    for file in files
                    if file.path.name not in _LOGS_IN_USE
                    and file.changed.astimezone().date() < today
                )
            case Kind.BACKUPS:
                # The newest first; what has no date was made before an update and comes last.
                copies = Backups(self._folders.data).usable()
                old = {copy.path for copy in copies[1:] if copies[0].made}
                return (file for file in files if file.path in old)
            case Kind.DAMAGED:
                return files
        return ()


class _File(msgspec.Struct, frozen=True):
    path: pathlib.Path
    bytes: int
    changed: dt.datetime


def walk(folder: pathlib.Path) -> Iterator[_File]:
    """All files below a folder; a link is none of them, and neither is what it leads to."""
    try:
        if _is_link(folder.lstat()):
            return
        paths = sorted(folder.iterdir())
    except OSError:
        return
    for path in paths:
        with contextlib.suppress(OSError):
            about = path.lstat()
            if _is_link(about):
                continue
            if stat.S_ISDIR(about.st_mode):
                yield from walk(path)
            elif stat.S_ISREG(about.st_mode):
                changed = dt.datetime.fromtimestamp(about.st_mtime, dt.UTC)
                yield _File(path, about.st_size, changed)


def _is_link(about: os.stat_result) -> bool:
    """Also a junction of Windows, which says that it is a folder."""
    is_junction = getattr(about, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_REPARSE_POINT
    return stat.S_ISLNK(about.st_mode) or bool(is_junction)


def _models(
    folders: Iterable[FolderState], removed: int, removed_bytes: int
) -> Iterator[StorageItem]:
    """One per folder; what was removed from any of them stands with the first."""
    for folder in folders:
        if not folder.is_there:
            continue
        unfinished = sum(file.bytes for file in walk(folder.path / DOWNLOADS))
        yield StorageItem(
            kind=Kind.MODELS,
            folder=folder.path,
            bytes=folder.models_bytes + unfinished + removed_bytes,
            clean_bytes=removed_bytes,
            clean_count=removed,
        )
        removed = removed_bytes = 0


def _delete(files: Iterable[_File]) -> Cleaned:
    freed_bytes = left = 0
    for file in list(files):
        try:
            file.path.unlink()
            freed_bytes += file.bytes
        except FileNotFoundError:
            continue
        except OSError:
            left += 1
    return Cleaned(freed_bytes=freed_bytes, left=left)


def _size(path: pathlib.Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _free_bytes(folder: pathlib.Path) -> int | None:
    existing = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    try:
        return shutil.disk_usage(existing).free
    except OSError:
        return None
