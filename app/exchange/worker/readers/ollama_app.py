"""Chats of the Ollama app: one SQLite database, `db.sqlite`.

    chats          id, title, created_at
    messages       chat_id, role, content, thinking, model_name, created_at, thinking_time_start …
    attachments    message_id, filename, data

The database is copied, together with the log of what is not yet in it, and the copy is opened: the
app may be running, and its files are not touched. Columns that its versions have added one by one
may be missing. A moment is text as Go's SQLite driver writes it.

Learnt from ollama/ollama: app/store/database.go 00f0fe0 (schema 18 and those before),
app/store/store.go 076a02d. Not checked against a real database.
"""

import contextlib
import datetime as dt
import pathlib
import sqlite3
from collections.abc import Iterator

from app.domain.attachments import Attachment
from app.domain.chat import Role
from app.domain.errors import ImportDamaged, NotChats
from app.exchange.reader_protocol import COPY_NAMES, Why
from app.exchange.worker.reading.clean import duration_s, key_of, moment_of_s
from app.exchange.worker.reading.draft import Draft, Turn, chat_of
from app.exchange.worker.reading.files import MAX_BYTES, Files
from app.exchange.worker.reading.keep import MAX_ATTACHMENT_BYTES, Keeper
from app.exchange.worker.reading.loose import Loose
from app.exchange.worker.reading.outcome import Outcome

APP = "Ollama"
MAGIC = b"SQLite format 3\0"
_TABLES = {"chats", "messages", "attachments"}
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM}
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


def read(files: Files, name: str, folder: pathlib.Path, keeper: Keeper) -> Iterator[Outcome]:
    """Read all chats of a database.

    Args:
        files: Where it is.
        name: Its own.
        folder: Gets the copy, and loses it again.
        keeper: Takes attachments.

    Raises:
        ChatImportError: It cannot be read.
        OSError: It cannot be copied.
    """
    copies = [folder / copy for copy in COPY_NAMES]
    try:
        for source, copy in zip((name, f"{name}-wal"), copies, strict=False):
            if source in files.names():
                _copy(files, source, copy)
        with contextlib.closing(sqlite3.connect(copies[0])) as database:
            yield from _chats(database, files.name, keeper)
    # The second: a name that is no text. The third: a size that is none, asked of SQLite.
    except (sqlite3.Error, UnicodeDecodeError, MemoryError):
        raise ImportDamaged(name=files.name) from None
    finally:
        for copy in copies:
            copy.unlink(missing_ok=True)


def _copy(files: Files, name: str, copy: pathlib.Path) -> None:
    with copy.open("wb") as file:
        for piece in files.pieces(name, MAX_BYTES):
            file.write(piece)


def _chats(database: sqlite3.Connection, name: str, keeper: Keeper) -> Iterator[Outcome]:
    """Have the database answer plain questions to plain tables, and nothing else."""
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ATTACHMENT_BYTES)
    rows = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    tables = {table for (table,) in rows} & _TABLES
    if not {"chats", "messages"} <= tables:
        raise NotChats(name=name)
    database.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
    )
    for chat in list(_rows(database, "SELECT * FROM chats ORDER BY rowid")):
        keeper.begin_chat()
        try:
            turns = _turns(database, chat, keeper, has_attachments="attachments" in tables)
        except sqlite3.DataError:  # larger than the limit
            yield Why.TOO_LARGE
            continue
        yield chat_of(_draft(chat, turns))


def _draft(chat: Loose, turns: list[Turn]) -> Draft:
    created_ms = _moment_ms(chat.text("created_at"))
    return Draft(
        key=key_of(APP, chat.text("id") or f"{created_ms}/{chat.text('title')}"),
        title=chat.text("title"),
        created_ms=created_ms,
        model=next((turn.model for turn in reversed(turns) if turn.model), ""),
        turns=turns,
    )


def _turns(
    database: sqlite3.Connection, chat: Loose, keeper: Keeper, *, has_attachments: bool
) -> list[Turn]:
    turns: list[Turn] = []
    question = "SELECT * FROM messages WHERE chat_id = ? ORDER BY id"
    for place, row in enumerate(_rows(database, question, chat.value("id"))):
        role = _ROLES.get(row.text("role"), Role.TOOL)
        started_ms = _moment_ms(row.text("thinking_time_start"))
        ended_ms = _moment_ms(row.text("thinking_time_end"))
        attachments: tuple[Attachment, ...] = ()
        if has_attachments and role is Role.USER:
            attachments = _attachments(database, row.value("id"), keeper)
        turns.append(
            Turn(
                key=str(place),
                parent=turns[-1].key if turns else None,
                role=role,
                text=row.text("content"),
                thought=row.text("thinking"),
                created_ms=_moment_ms(row.text("created_at")),
                model=row.text("model_name"),
                thought_s=duration_s((ended_ms - started_ms) / 1000) if started_ms else 0.0,
                attachments=attachments,
            )
        )
    return turns


def _attachments(
    database: sqlite3.Connection, message_id: object, keeper: Keeper
) -> tuple[Attachment, ...]:
    question = "SELECT * FROM attachments WHERE message_id = ? ORDER BY id"
    found: list[Attachment] = []
    for row in _rows(database, question, message_id):
        data = row.value("data")
        found += keeper.attachment(row.text("filename"), data if isinstance(data, bytes) else b"")
    return tuple(found)


def _rows(database: sqlite3.Connection, question: str, *values: object) -> Iterator[Loose]:
    """The rows, with whatever columns there are."""
    cursor = database.execute(question, values)
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield Loose(dict(zip(names, row, strict=True)))


def _moment_ms(text: str) -> int:
    """Read ``2026-01-31 12:00:00.123456789+01:00``, or the same with a T, or without a zone."""
    try:
        moment = dt.datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return moment_of_s(aware.timestamp())
    except (ValueError, OverflowError):
        return 0
