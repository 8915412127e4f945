"""What can be saved of a damaged database."""

import contextlib
import pathlib
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from app.store.database import FILE_NAME, Database
from app.store.rows import INFO_COLUMNS, MESSAGE_COLUMNS, info_of, message_of
from app.store.words import complete_index

# In the order in which they refer to each other.
_TABLES = (
    "folder",
    "chat",
    "message",
    "attachment",
    "draft",
    "draft_attachment",
    "preset",
    "saved_prompt",
    "fact",
)
_BELONG = (("message", "chat"), ("attachment", "message"), ("draft", "chat"))


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """What was saved; `damaged` is where the old file lies now."""

    chats: int
    messages: int
    damaged: pathlib.Path


def recover(data_folder: pathlib.Path, laid_aside: str) -> Recovered:
    """Lay the damaged file aside and begin a new one with all that can be read of it.

    Args:
        data_folder: Where the database lies; nobody has it open.
        laid_aside: Name for the damaged file, in the folder of backups.

    Raises:
        ChatsError: The new file cannot be written.
        OSError: The old one cannot be moved.
    """
    backups = data_folder / "backups"
    backups.mkdir(mode=0o700, exist_ok=True)
    damaged = backups / laid_aside
    for suffix in ("-wal", "-shm", ""):
        path = data_folder / f"{FILE_NAME}{suffix}"
        if path.exists():
            path.replace(damaged.with_name(f"{damaged.name}{suffix}"))
    with Database(data_folder) as database, contextlib.closing(_open(damaged)) as source:
        connection = database.connection
        connection.execute("PRAGMA foreign_keys=OFF")
        with database.writing():
            for table in _TABLES:
                _copy(source, connection, table)
            _drop_useless(connection)
            complete_index(connection)
        ((chats, messages),) = database.read(
            "SELECT (SELECT count(*) FROM chat), (SELECT count(*) FROM message)"
        )
    return Recovered(chats=chats, messages=messages, damaged=damaged)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    for row in _rows(source, table):
        marks = ", ".join("?" * len(row))
        with contextlib.suppress(sqlite3.IntegrityError, sqlite3.OperationalError):
            target.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)  # noqa: S608


def _drop_useless(connection: sqlite3.Connection) -> None:
    """Take out what cannot be read as what it should be, and what belongs to nothing."""
    connection.execute("UPDATE message SET is_indexed = 0")
    for columns, table, read in (
        (INFO_COLUMNS, "chat", info_of),
        (MESSAGE_COLUMNS, "message", message_of),
    ):
        rows = connection.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608
        useless = [(row[0],) for row in rows if not _is_readable(row, read)]
        connection.executemany(f"DELETE FROM {table} WHERE {table}_id = ?", useless)  # noqa: S608
    for child, parent in _BELONG:
        connection.execute(
            f"DELETE FROM {child} WHERE {parent}_id NOT IN (SELECT {parent}_id FROM {parent})"  # noqa: S608
        )
    # What followed a lost message begins its chat anew, so that it is still seen.
    connection.execute(
        "UPDATE message SET parent_id = NULL "
        "WHERE parent_id NOT IN (SELECT message_id FROM message)"
    )


def _is_readable(row: tuple[Any, ...], read: Callable[[tuple[Any, ...]], object]) -> bool:
    try:
        read(row)
    except (msgspec.MsgspecError, TypeError, ValueError):
        return False
    return True


def _rows(source: sqlite3.Connection, table: str) -> Iterator[tuple[Any, ...]]:
    """All rows that can be read, from the beginning and, past a damaged page, from the end."""
    seen = set()
    for order in ("ASC", "DESC"):
        try:
            for row in source.execute(f"SELECT * FROM {table} ORDER BY 1 {order}"):  # noqa: S608
                if row[:2] in seen:
                    continue
                seen.add(row[:2])
                yield row
        except sqlite3.DatabaseError:
            continue
        return


def _open(path: pathlib.Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)
