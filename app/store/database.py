"""The one file with all chats: opened, checked, brought to this version.

DIR/chats.db            SQLite, write-ahead log beside it
DIR/chats.lock          held by the process that writes
DIR/chats.ballast       room that is given up when the disk is full, so that deleting still works
DIR/attachments/AB/…    what was attached, by sha256
DIR/backups/            copies of chats.db with the date in their name

A database belongs to one thread.
"""

import contextlib
import os
import pathlib
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from typing import Any, Self

import filelock

from app.domain.errors import (
    ChatsDamaged,
    ChatsInUse,
    ChatsReadOnly,
    ChatsTooNew,
    ChatsUnreadable,
)
from app.store.copies import (
    BACKUPS,
    clear_parts,
    copy_database,
    create_tables,
    take_place,
    uri_of,
)
from app.store.faults import as_ours
from app.store.schema import APPLICATION_ID, migrate, newest_version, version_of
from app.store.scrub import scrub
from app.store.words import check_form

FILE_NAME = "chats.db"
_LOCK_NAME = "chats.lock"
_BALLAST_NAME = "chats.ballast"
_BALLAST_BYTES = 8 << 20
# Below this the ballast is not laid anew: the room is needed for words.
_ROOM_BYTES = 64 << 20
# What the log keeps of its length once it was written back.
_LOG_BYTES = 4 << 20
_BUSY_S = 5.0


class Database:
    """An open file.

    Attributes:
        path: Of the file.
        is_read_only: Nothing can be changed.
    """

    def __init__(self, folder: pathlib.Path, *, reads_only: bool = False) -> None:
        """Open the chats of a folder, or begin them.

        Args:
            folder: Of the person's data.
            reads_only: Leave the file as it is, and do not mind who else has it open.

        Raises:
            ChatsError: They cannot be opened.
        """
        self.path = folder / FILE_NAME
        self._connection: sqlite3.Connection | None = None
        self._lock: filelock.BaseFileLock | None = None
        with as_ours():
            self.is_read_only = reads_only or not _can_write(folder, self.path)
        if self.is_read_only:
            self._connection = _connect_for_reading(self.path)
            return
        self._lock = take_lock(folder)
        try:
            clear_parts(self.path)
            self._bring_up_to_date()
            self._lay_ballast()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """In autocommit mode; see `writing`."""
        if self._connection is None:
            assert self._lock, "it is closed"
            self._connection = _connect(self.path)
        return self._connection

    @contextlib.contextmanager
    def writing(self, *, is_durable: bool = True) -> Iterator[sqlite3.Connection]:
        """One change, whole or not at all.

        Args:
            is_durable: It is on the disk when this ends, whatever happens to the power.

        Raises:
            ChatsError: It could not be written; nothing was changed.
        """
        if self.is_read_only:
            raise ChatsReadOnly
        with as_ours():
            connection = self.connection
            connection.execute(f"PRAGMA synchronous={'FULL' if is_durable else 'NORMAL'}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled back by itself, as it does on a full disk.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Several statements that belong together.

        Raises:
            ChatsError: The file cannot be read, or a row has something else in it.
        """
        with as_ours():
            yield self.connection

    def read(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows that a statement gives.

        Raises:
            ChatsError: The file cannot be read.
        """
        with as_ours():
            return self.connection.execute(statement, values).fetchall()

    def free_ballast(self) -> bool:
        """Give up the room that was kept for a full disk; False if that was done before."""
        try:
            self._ballast.unlink()
        except OSError:
            return False
        return True

    def forget_deleted(self) -> None:
        """Leave nothing of deleted rows in the file or in its log.

        Raises:
            ChatsError: Something of them is still there, as while another process reads.
        """
        with as_ours():
            self.connection.execute("PRAGMA incremental_vacuum").fetchall()
            self.empty_log()
            # SAFETY: nobody writes meanwhile. Then the connection is closed with all that it
            # remembers of the pages, and with its locks, which POSIX takes from it when another
            # handle of the file is closed. The next statement opens another one.
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                scrub(self.path)
            finally:
                self._disconnect()

    def empty_log(self) -> None:
        """Write everything into the file itself.

        Raises:
            ChatsInUse: Another process still reads what was there before.
        """
        ((is_busy, *_),) = self.read("PRAGMA wal_checkpoint(TRUNCATE)")
        if is_busy:
            raise ChatsInUse(detail="the log could not be emptied")

    def replace(self, part: pathlib.Path) -> None:
        """Have another file, which was checked and is given up, take the place of this one.

        Raises:
            ChatsError: The disk refuses.
        """
        with as_ours():
            self._disconnect()
            take_place(part, self.path)
            self._bring_up_to_date()

    def problems(self, *, is_quick: bool = False) -> list[str]:
        """What an integrity check finds; seconds for a large file.

        Args:
            is_quick: Do not compare indexes with their tables.
        """
        check = "quick_check" if is_quick else "integrity_check"
        try:
            rows = self.read(f"PRAGMA {check}(20)")
        except ChatsDamaged as error:  # so badly that it cannot even be said how
            return [error.detail]
        return [row[0] for row in rows if row[0] != "ok"]

    def close(self) -> None:
        """Close it and let others have it."""
        self._disconnect()
        if self._lock:
            self._lock.release()
            self._lock = None

    @property
    def _ballast(self) -> pathlib.Path:
        return self.path.with_name(_BALLAST_NAME)

    def _disconnect(self) -> None:
        if self._connection:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _bring_up_to_date(self) -> None:
        with as_ours():
            version = version_of(self.connection)
            if 0 < version < newest_version():
                name = f"chats-before-update-of-version-{version}.db"
                copy_database(self.path, self.path.parent / BACKUPS / name)
            if version < newest_version():
                migrate(self.connection, newest_version())
        with self.writing() as connection:
            check_form(connection)

    def _lay_ballast(self) -> None:
        """Keep room for later, where there is plenty."""
        with contextlib.suppress(OSError):
            if self._ballast.exists() or shutil.disk_usage(self.path.parent).free < _ROOM_BYTES:
                return
            # Random bytes: file systems that compress would keep no room for zeros.
            self._ballast.write_bytes(os.urandom(_BALLAST_BYTES))


def take_lock(folder: pathlib.Path) -> filelock.BaseFileLock:
    """Be the one process that writes to the chats of a folder.

    Raises:
        ChatsInUse: Another one is.
        ChatsError: The folder cannot be written.
    """
    lock = filelock.FileLock(folder / _LOCK_NAME, blocking=False, thread_local=False)
    with as_ours():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise ChatsInUse from None
    return lock


def check_database(connection: sqlite3.Connection) -> None:
    """Whether this is a database of ours that this version can use.

    Raises:
        ChatsDamaged: It is another program's, or its first pages are damaged.
        ChatsTooNew: A later version wrote it.
    """
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    version = version_of(connection)
    is_new = not version and not connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    if not is_new and application_id != APPLICATION_ID:
        raise ChatsDamaged(detail="another application_id")
    if version > newest_version():
        raise ChatsTooNew


def _connect(path: pathlib.Path) -> sqlite3.Connection:
    with as_ours():
        if not path.exists():
            path.touch(mode=0o600)
        connection = sqlite3.connect(path.absolute(), timeout=_BUSY_S, isolation_level=None)
        try:
            # First of all: what is not ours is not touched.
            check_database(connection)
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            connection.execute(f"PRAGMA journal_size_limit={_LOG_BYTES}").fetchall()
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA secure_delete=ON").fetchall()
            connection.execute("PRAGMA temp_store=MEMORY")
            connection.execute("PRAGMA trusted_schema=OFF")
            if sys.platform == "darwin":
                connection.execute("PRAGMA fullfsync=ON")
        except BaseException:
            connection.close()
            raise
    return connection


def _connect_for_reading(path: pathlib.Path) -> sqlite3.Connection:
    """Open a file that stays as it is; without one there is nothing to read.

    A folder that cannot be written may have no place for what SQLite shares between processes,
    but neither is there anybody who writes.
    """
    if not path.exists():
        with as_ours():
            connection = sqlite3.connect(":memory:", isolation_level=None)
            create_tables(connection, newest_version())
        return connection
    try:
        return _open_for_reading(uri_of(path, "mode=ro"))
    except (ChatsReadOnly, ChatsUnreadable):
        if os.access(path.parent, os.W_OK):
            raise
    return _open_for_reading(uri_of(path, "mode=ro&immutable=1"))


def _open_for_reading(uri: str) -> sqlite3.Connection:
    with as_ours():
        connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None)
        try:
            check_database(connection)
            _refuse_old(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _refuse_old(connection: sqlite3.Connection) -> None:
    """Nothing is brought up to date by who only reads."""
    if version_of(connection) < newest_version():
        raise ChatsReadOnly


def _can_write(folder: pathlib.Path, path: pathlib.Path) -> bool:
    """Whether this file, or the folder it will be in, lets itself be written."""
    if path.exists():
        return os.access(path, os.W_OK) and os.access(folder, os.W_OK)
    existing = next((parent for parent in (folder, *folder.parents) if parent.exists()), folder)
    return os.access(existing, os.W_OK)
