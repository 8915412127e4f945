"""The index of all words: what goes into it, and what is found with it.

It keeps no text, only folded words and where they are, in parts: `word_7` has the messages of which
the ids begin at 7 times `_PART_MESSAGES`. So the newest messages are found without a look at the
others, and what is deleted is out of its part at once. A part that is there has all its messages
but those that are still being written. Copies of the database have none; `add_part` makes them.
"""

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from app.domain.attachments import Attachment, DocumentAttachment
from app.domain.kept_chat import ChatMessage, Hit, MessageState
from app.domain.search_words import SearchWords, index_words
from app.store.rows import MESSAGE_COLUMNS, attachment_of, message_of

AT_WORK = (MessageState.QUEUED, MessageState.WORKING)
_PART_MESSAGES = 2048
# Counts up with every change of `index_words`.
_FORM = 1
_PARTS = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' "
    "AND name GLOB 'word_*' AND sql GLOB 'CREATE VIRTUAL TABLE *'"
)
_AT_REST = "state NOT IN ('queued', 'working')"


def check_form(connection: sqlite3.Connection) -> None:
    """Drop an index that has words in another form: they could not be taken out any more."""
    form = f"{_FORM} {unicodedata.unidata_version}"
    if connection.execute("SELECT value FROM fact WHERE name = 'index'").fetchone() == (form,):
        return
    for (name,) in connection.execute(_PARTS).fetchall():
        connection.execute(f"DROP TABLE {name}")
    connection.execute("INSERT OR REPLACE INTO fact VALUES ('index', ?)", (form,))


def missing_part(connection: sqlite3.Connection) -> int | None:
    """The newest part that has to be made; None if the index is complete."""
    there = {name for (name,) in connection.execute(_PARTS)}
    return next((part for part in _parts(connection) if _table(part) not in there), None)


def add_part(connection: sqlite3.Connection, part: int) -> None:
    """Make a part with all that belongs into it."""
    # The words are folded and set apart already.
    connection.execute(
        f"CREATE VIRTUAL TABLE {_table(part)} USING fts5(words, content='', tokenize='ascii')"
    )
    for row in _rows_at_rest(connection, part):
        _insert(connection, with_attachments(connection, row))


def index_message(connection: sqlite3.Connection, message: ChatMessage) -> None:
    """Have a message found from now on; its row is there already, and its attachments are."""
    part = _part_of(message.message_id)
    if _is_there(connection, part):
        _insert(connection, message)
    else:
        add_part(connection, part)


def unindex_message(connection: sqlite3.Connection, message: ChatMessage) -> None:
    """Take a message out; `message` is as it was indexed."""
    part = _part_of(message.message_id)
    if _is_there(connection, part):
        name = _table(part)
        connection.execute(
            f"INSERT INTO {name} ({name}, rowid, words) VALUES ('delete', ?, ?)",  # noqa: S608
            (message.message_id, index_words(_text_of(message))),
        )


def forget_words(connection: sqlite3.Connection, message_ids: Iterable[int]) -> None:
    """Leave no word of messages that were taken out: until then FTS5 only marks them."""
    for part in {_part_of(message_id) for message_id in message_ids}:
        if _is_there(connection, part):
            name = _table(part)
            connection.execute(f"INSERT INTO {name} ({name}) VALUES ('optimize')")  # noqa: S608


def find(connection: sqlite3.Connection, typed: str, most: int) -> list[Hit]:
    """The newest messages outside the trash that have all the words of what was typed."""
    words = SearchWords(typed)
    hits: list[Hit] = []
    if words:
        for part in _parts(connection):
            rows = _found(connection, part, words, most - len(hits))
            hits += [_hit(connection, row, words) for row in rows]
            if len(hits) >= most:
                break
    return hits


def with_attachments(connection: sqlite3.Connection, row: tuple[Any, ...]) -> ChatMessage:
    """Read the columns of `MESSAGE_COLUMNS`, and what was attached, without its content."""
    return message_of(row, _attachments_of(connection, row[0]))


def _found(
    connection: sqlite3.Connection, part: int, words: SearchWords, most: int
) -> list[tuple[Any, ...]]:
    """Chat, title and `MESSAGE_COLUMNS` of the newest in a part."""
    columns = ", ".join(f"message.{name}" for name in MESSAGE_COLUMNS.split(", "))
    select = f"SELECT chat.chat_id, chat.title, {columns} FROM message JOIN chat USING (chat_id)"  # noqa: S608
    if _is_there(connection, part):
        name = _table(part)
        query = " ".join(_phrase(term) for term in words.terms)
        return connection.execute(
            f"{select} JOIN {name} ON message.message_id = {name}.rowid "
            f"WHERE {name} MATCH ? AND chat.trashed_ms IS NULL ORDER BY {name}.rowid DESC LIMIT ?",
            (query, most),
        ).fetchall()
    # Looked at one by one, which takes its time.
    rows = connection.execute(
        f"{select} WHERE message_id BETWEEN ? AND ? AND {_AT_REST} AND chat.trashed_ms IS NULL "
        "ORDER BY message_id DESC",
        _range(part),
    )
    found = []
    for row in rows:
        if words.are_in(_text_of(with_attachments(connection, row[2:]))):
            found.append(row)
        if len(found) == most:
            break
    return found


def _hit(connection: sqlite3.Connection, row: tuple[Any, ...], words: SearchWords) -> Hit:
    chat_id, title, *columns = row
    message = message_of(tuple(columns))
    excerpt, spans = words.excerpt(_texts(connection, message))
    return Hit(
        chat_id=chat_id,
        message_id=message.message_id,
        role=message.role,
        title=title,
        created_ms=message.created_ms,
        excerpt=excerpt,
        spans=spans,
    )


def _texts(connection: sqlite3.Connection, message: ChatMessage) -> Iterator[str]:
    """All that a message is found by, read as far as it is needed."""
    yield message.text
    yield from _texts_attached(_attachments_of(connection, message.message_id))
    yield message.thought


def _text_of(message: ChatMessage) -> str:
    return "\n".join((message.text, *_texts_attached(message.attachments), message.thought))


def _texts_attached(attachments: Iterable[Attachment]) -> Iterator[str]:
    for attachment in attachments:
        yield attachment.name
        if isinstance(attachment, DocumentAttachment):
            for page in attachment.shown:
                yield page.text


def _phrase(term: tuple[str, ...]) -> str:
    """A term in FTS5's language: letters and digits alone, so there is nothing to escape."""
    return f'"{" ".join(term)}"*'


def _insert(connection: sqlite3.Connection, message: ChatMessage) -> None:
    connection.execute(
        f"INSERT INTO {_table(_part_of(message.message_id))} (rowid, words) VALUES (?, ?)",  # noqa: S608
        (message.message_id, index_words(_text_of(message))),
    )


def _attachments_of(connection: sqlite3.Connection, message_id: int) -> tuple[Attachment, ...]:
    facts = connection.execute(
        "SELECT facts FROM attachment WHERE message_id = ? ORDER BY position", (message_id,)
    )
    return tuple(attachment_of(column) for (column,) in facts)


def _rows_at_rest(connection: sqlite3.Connection, part: int) -> Iterator[tuple[Any, ...]]:
    return connection.execute(
        f"SELECT {MESSAGE_COLUMNS} FROM message WHERE message_id BETWEEN ? AND ? AND {_AT_REST}",  # noqa: S608
        _range(part),
    )


def _parts(connection: sqlite3.Connection) -> Iterator[int]:
    """The parts that messages belong to, newest first."""
    ((last,),) = connection.execute("SELECT max(message_id) FROM message WHERE message_id > 0")
    while last is not None:
        part = _part_of(last)
        yield part
        ((last,),) = connection.execute(
            "SELECT max(message_id) FROM message WHERE message_id > 0 AND message_id < ?",
            (_range(part)[0],),
        )


def _is_there(connection: sqlite3.Connection, part: int) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (_table(part),))
    return found.fetchone() is not None


def _part_of(message_id: int) -> int:
    return message_id // _PART_MESSAGES


def _range(part: int) -> tuple[int, int]:
    """The first and the last id of a part."""
    return part * _PART_MESSAGES, (part + 1) * _PART_MESSAGES - 1


def _table(part: int) -> str:
    return f"word_{part}"
