"""What can be saved of a damaged database."""

import contextlib
import itertools
import pathlib
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from app.domain.chat import Effort
from app.domain.errors import ChatsError, ChatsTooNew
from app.domain.kept_chat import ChatInfo
from app.store.copies import create_tables, delete_database, laid_aside, new_part, take_place
from app.store.database import FILE_NAME, check_database
from app.store.faults import as_ours
from app.store.rows import (
    INFO_COLUMNS,
    MESSAGE_COLUMNS,
    attachment_of,
    info_of,
    info_row,
    message_of,
    settings_of,
)
from app.store.schema import migrate, newest_version, own_tables, version_of

Row = tuple[Any, ...]
Reader = Callable[[Row], object]

# So many ids without a row end the attempt to read them one by one.
_MOST_MISSED = 20_000
# What SQLite raises of a damaged file, Python where SQLite quotes what is no text, and both where
# a damaged size asks for all memory.
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError, MemoryError)
# No id that was given is larger; more than that is damage.
_LARGEST_ID = 1 << 40
_WITH_IDS = ("chat", "message")
_TITLE_CHARACTERS = 60
_BELONG = (
    ("attachment", "message", "message_id"),
    ("draft", "chat", "chat_id"),
    ("draft_attachment", "draft", "chat_id"),
)
# Who reads a row, and how many columns tell it from others.
_READERS: tuple[tuple[str, int, Reader], ...] = (
    ("attachment", 2, lambda row: attachment_of(row[-1])),
    ("draft_attachment", 2, lambda row: attachment_of(row[-1])),
    ("draft", 1, lambda row: msgspec.convert(row, tuple[int, str, Effort | None])),
    ("folder", 1, lambda row: msgspec.convert(row, tuple[str, int])),
    ("preset", 1, lambda row: settings_of(row[-1])),
    ("saved_prompt", 1, lambda row: msgspec.convert(row, tuple[str, int, str])),
    ("fact", 1, lambda row: msgspec.convert(row, tuple[str, str])),
)
_MESSAGE = f"SELECT {MESSAGE_COLUMNS} FROM message"  # noqa: S608
_CHAT = f"SELECT {INFO_COLUMNS} FROM chat"  # noqa: S608


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """What was saved; `damaged` is where the old file lies now."""

    chats: int
    messages: int
    damaged: pathlib.Path


def recover(data_folder: pathlib.Path, name: str) -> Recovered:
    """Begin a new file with all that can be read of the damaged one, and lay that one aside.

    Args:
        data_folder: Where the database lies; its lock is held.
        name: For the damaged file, in the folder of backups.

    Raises:
        ChatsError: The new file cannot be written, or a later version wrote the old one.
    """
    path = data_folder / FILE_NAME
    with as_ours():
        path.stat()
        part = new_part(path)
        try:
            with contextlib.closing(_open(path)) as source:
                _refuse_newer(source)
                with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as target:
                    _fill(target, source)
                    ((chats, messages),) = target.execute(
                        "SELECT (SELECT count(*) FROM chat), (SELECT count(*) FROM message)"
                    )
            with laid_aside(path, name) as damaged:
                take_place(part, path)
        finally:
            delete_database(part)
    return Recovered(chats=chats, messages=messages, damaged=damaged)


def _refuse_newer(source: sqlite3.Connection) -> None:
    """A later version has columns that would be lost; only damage may look like one."""
    try:
        with as_ours():
            check_database(source)
    except ChatsTooNew:
        with contextlib.suppress(*_UNREADABLE):
            if source.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]:
                raise
    except (ChatsError, *_UNREADABLE):
        return


def _fill(target: sqlite3.Connection, source: sqlite3.Connection) -> None:
    try:
        version = version_of(source)
    except _UNREADABLE:
        version = 0
    create_tables(target, version if 0 < version < newest_version() else newest_version())
    target.execute("BEGIN")
    for table in own_tables(target):
        marks = ", ".join("?" * len(_columns(target, table)))
        for row in _rows(source, table):
            if table in _WITH_IDS and not _is_given(row):
                continue
            with contextlib.suppress(sqlite3.IntegrityError, sqlite3.OperationalError):
                target.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)  # noqa: S608
    _keep_ids(target, source)
    target.execute("COMMIT")
    if version_of(target) < newest_version():
        migrate(target, newest_version())
    target.execute("BEGIN")
    _drop_useless(target)
    _link(target)
    target.execute("COMMIT")


def _rows(source: sqlite3.Connection, table: str) -> Iterator[Row]:
    """All rows that can be reached: from the beginning, from the end, and one by one between."""
    try:
        column = source.execute(f"SELECT * FROM {table} LIMIT 0").description[0][0]  # noqa: S608
    except _UNREADABLE:
        return
    reached: list[object] = []
    for order in ("ASC", "DESC"):
        last = None
        try:
            for row in source.execute(f"SELECT * FROM {table} ORDER BY 1 {order}"):  # noqa: S608
                last = row[0]
                yield row
        except _UNREADABLE:
            reached.append(last)
        else:
            return
    first, last = reached
    missed = 0
    for tried in itertools.count(first + 1 if isinstance(first, int) else 1):
        if tried == last or missed == _MOST_MISSED:
            return
        missed += 1
        with contextlib.suppress(*_UNREADABLE):
            select = f"SELECT * FROM {table} WHERE {column} = ?"  # noqa: S608
            for row in source.execute(select, (tried,)):
                missed = 0
                yield row


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _is_given(row: Row) -> bool:
    return isinstance(row[0], int) and 0 < row[0] < _LARGEST_ID


def _keep_ids(target: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """Have no id given again."""
    given = dict(target.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    for name, last in _rows(source, "sqlite_sequence"):
        if name in _WITH_IDS and isinstance(last, int) and 0 < last < _LARGEST_ID:
            given[name] = max(last, given.get(name, 0))
    target.execute("DELETE FROM sqlite_sequence")
    target.executemany("INSERT INTO sqlite_sequence VALUES (?, ?)", given.items())


def _drop_useless(target: sqlite3.Connection) -> None:
    """Take out what cannot be read as what it should be; words are kept without their facts."""
    for mend, table, select, reader in (
        ("UPDATE chat SET settings = '{}'", "chat", _CHAT, info_of),
        ("UPDATE message SET facts = '{}'", "message", _MESSAGE, message_of),
    ):
        for statement in (mend, f"DELETE FROM {table}"):  # noqa: S608
            useless = [(row[0],) for row in _useless(target, select, reader)]
            target.executemany(f"{statement} WHERE {table}_id = ?", useless)
    for table, keys, read in _READERS:
        columns = ", ".join(_columns(target, table)[:keys])
        marks = ", ".join("?" * keys)
        useless = [row[:keys] for row in _useless(target, f"SELECT * FROM {table}", read)]  # noqa: S608
        target.executemany(f"DELETE FROM {table} WHERE ({columns}) = ({marks})", useless)  # noqa: S608


def _useless(connection: sqlite3.Connection, select: str, read: Reader) -> list[Row]:
    useless = []
    for row in connection.execute(select):
        try:
            read(row)
        except (msgspec.DecodeError, RecursionError):
            useless.append(row)
    return useless


def _link(target: sqlite3.Connection) -> None:
    """Have everything belong to something, and no message lost from sight."""
    target.execute(
        "DELETE FROM message WHERE typeof(chat_id) != 'integer' OR chat_id NOT BETWEEN 1 AND ?",
        (_LARGEST_ID,),
    )
    lost = target.execute(
        "SELECT chat_id, min(message_id) FROM message "
        "WHERE chat_id NOT IN (SELECT chat_id FROM chat) GROUP BY chat_id"
    )
    for chat_id, message_id in lost.fetchall():
        _begin_anew(target, chat_id, message_id)
    for child, parent, key in _BELONG:
        target.execute(f"DELETE FROM {child} WHERE {key} NOT IN (SELECT {key} FROM {parent})")  # noqa: S608
    # What followed a lost message follows the one before, so that it is still seen.
    target.execute(
        "UPDATE message SET parent_id = (SELECT max(message_id) FROM message AS before "
        "WHERE before.chat_id = message.chat_id AND before.message_id < message.message_id) "
        "WHERE parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM message AS before "
        "WHERE before.message_id = message.parent_id AND before.chat_id = message.chat_id)"
    )
    for column in ("leaf_id", "reads_after"):
        target.execute(
            f"UPDATE chat SET {column} = NULL WHERE {column} NOT IN "  # noqa: S608
            "(SELECT message_id FROM message WHERE message.chat_id = chat.chat_id)"
        )


def _begin_anew(target: sqlite3.Connection, chat_id: int, message_id: int) -> None:
    """Make the chat of messages of which only they could be read."""
    row = target.execute(f"{_MESSAGE} WHERE message_id = ?", (message_id,)).fetchone()
    first = message_of(row)
    title = " ".join(first.text.split())[:_TITLE_CHARACTERS]
    info = ChatInfo(
        chat_id=chat_id,
        key=uuid.uuid4().hex,
        title=title,
        created_ms=first.created_ms,
        used_ms=first.created_ms,
    )
    marks = ", ".join("?" * len(info_row(info)))
    target.execute(f"INSERT INTO chat ({INFO_COLUMNS}) VALUES ({marks})", info_row(info))  # noqa: S608


def _open(path: pathlib.Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path.absolute(), isolation_level=None)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.execute("PRAGMA cell_size_check=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection
