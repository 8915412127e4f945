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

from app.domain.atomic_file import write_atomically
from app.domain.errors import ChatsDamaged, ChatsInUse, ChatsReadOnly, ChatsTooNew, ChatsUnreadable
from app.store.faults import as_ours
from app.store.schema import APPLICATION_ID, MIGRATIONS, VERSION
from app.store.words import complete_index, drop_index

FILE_NAME = "chats.db"
_LOCK_NAME = "chats.lock"
_BALLAST_NAME = "chats.ballast"
_BALLAST_BYTES = 8 << 20
# Below this the ballast is not laid anew: the room is needed for words.
_ROOM_BYTES = 64 << 20
_BUSY_S = 5.0


class Database:
    """An open file.

    Attributes:
        path: Of the file.
        connection: In autocommit mode; see `writing`.
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
        self._lock = filelock.FileLock(folder / _LOCK_NAME, blocking=False)
        self.is_read_only = reads_only or not _can_write(folder, self.path)
        if self.is_read_only:
            self.connection = _connect_for_reading(self.path)
            return
        self._take_lock(folder)
        try:
            self.connection = _connect(self.path)
            with as_ours():
                self._bring_up_to_date()
            with self.writing() as connection:
                complete_index(connection)
            self._lay_ballast()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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
            self.connection.execute(f"PRAGMA synchronous={'FULL' if is_durable else 'NORMAL'}")
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled back by itself, as it does on a full disk.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

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
        """Leave nothing of deleted rows in the file or beside it."""
        with self.writing() as connection:
            connection.execute("INSERT INTO word (word) VALUES ('optimize')")
        with as_ours():
            self.connection.execute("PRAGMA incremental_vacuum").fetchall()
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

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
        if hasattr(self, "connection"):
            with contextlib.suppress(sqlite3.Error):
                self.connection.close()
        self._lock.release()

    @property
    def _ballast(self) -> pathlib.Path:
        return self.path.with_name(_BALLAST_NAME)

    def _take_lock(self, folder: pathlib.Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire()
        except filelock.Timeout:
            raise ChatsInUse from None
        except OSError as error:
            raise ChatsUnreadable(reason=error.strerror or type(error).__name__) from None

    def _bring_up_to_date(self) -> None:
        connection = self.connection
        version = _version(connection)
        if version == VERSION:
            return
        if version:
            self._copy_before_update(version)
        # SAFETY: one transaction for all steps, so that a crash leaves the old version.
        connection.execute("BEGIN IMMEDIATE")
        try:
            for migrate in MIGRATIONS[version:]:
                migrate(connection)
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _copy_before_update(self, version: int) -> None:
        folder = self.path.with_name("backups")
        folder.mkdir(mode=0o700, exist_ok=True)
        target = folder / f"chats-before-update-of-version-{version}.db"
        copy_database(self.connection, target)

    def _lay_ballast(self) -> None:
        """Keep room for later, where there is plenty."""
        with contextlib.suppress(OSError):
            if self._ballast.exists() or shutil.disk_usage(self.path.parent).free < _ROOM_BYTES:
                return
            # Random bytes: file systems that compress would keep no room for zeros.
            self._ballast.write_bytes(os.urandom(_BALLAST_BYTES))


def copy_database(connection: sqlite3.Connection, target: pathlib.Path) -> None:
    """Copy an open database without its index to a file, whole as soon as it has its name.

    Raises:
        ChatsError: The copy could not be written.
    """
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        with as_ours(), contextlib.closing(sqlite3.connect(part)) as copy:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            copy.execute("PRAGMA secure_delete=ON")
            drop_index(copy)
            copy.commit()
        part.chmod(0o600)
        part.replace(target)
    except OSError as error:
        raise ChatsUnreadable(reason=error.strerror or type(error).__name__) from None
    finally:
        part.unlink(missing_ok=True)


def replace_database(folder: pathlib.Path, content: bytes) -> None:
    """Put another file in the place of the database, which nobody has open.

    Raises:
        ChatsError: The disk refuses; the database is as it was.
    """
    try:
        # The log belongs to the old file: with the new one it would be damage.
        for suffix in ("-wal", "-shm"):
            (folder / f"{FILE_NAME}{suffix}").unlink(missing_ok=True)
        write_atomically(folder / FILE_NAME, content)
    except OSError as error:
        raise ChatsUnreadable(reason=error.strerror or type(error).__name__) from None


def _connect(path: pathlib.Path) -> sqlite3.Connection:
    is_new = not path.exists()
    with as_ours():
        # Opened by the thread that owns it; only the check for that is Python's own.
        connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        try:
            if is_new:
                path.chmod(0o600)
                connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA trusted_schema=OFF")
            if sys.platform == "darwin":
                connection.execute("PRAGMA fullfsync=ON")
            check_database(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _connect_for_reading(path: pathlib.Path) -> sqlite3.Connection:
    """Open a file that stays as it is; without one there is nothing to read.

    A folder that cannot be written has no place for what SQLite shares between processes, but
    neither is there anybody who writes.
    """
    if not path.exists():
        with as_ours():
            connection = sqlite3.connect(":memory:", isolation_level=None)
            for migrate in MIGRATIONS:
                migrate(connection)
            complete_index(connection)
        return connection
    mode = "mode=ro" if os.access(path.parent, os.W_OK) else "mode=ro&immutable=1"
    with as_ours():
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=_BUSY_S, isolation_level=None
        )
        try:
            check_database(connection)
            _refuse_old(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def check_database(connection: sqlite3.Connection) -> None:
    """Whether this is a database of ours that this version can use.

    Raises:
        ChatsDamaged: It is another program's, or its first pages are damaged.
        ChatsTooNew: A later version wrote it.
    """
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    version = _version(connection)
    is_new = not version and not connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    if not is_new and application_id != APPLICATION_ID:
        raise ChatsDamaged(detail="another application_id")
    if version > VERSION:
        raise ChatsTooNew


def _refuse_old(connection: sqlite3.Connection) -> None:
    """Nothing is brought up to date by who only reads."""
    if _version(connection) < VERSION:
        raise ChatsReadOnly


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _can_write(folder: pathlib.Path, path: pathlib.Path) -> bool:
    """Whether this file, or the folder it will be in, lets itself be written."""
    if path.exists():
        return os.access(path, os.W_OK) and os.access(folder, os.W_OK)
    existing = next((parent for parent in (folder, *folder.parents) if parent.exists()), folder)
    return os.access(existing, os.W_OK)
