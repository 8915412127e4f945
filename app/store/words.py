"""The index of all words: what goes into it, and what is found with it.

It keeps no text, only folded words and where they are. Backups are without it.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any

from app.domain.attachments import DocumentAttachment
from app.domain.kept_chat import ChatMessage, Hit
from app.domain.search_words import SearchWords, index_words
from app.store.rows import MESSAGE_COLUMNS, attachment_of, message_of


def complete_index(connection: sqlite3.Connection) -> None:
    """Make the index where there is none, and put into it what it lacks."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'word'").fetchone():
        connection.execute("UPDATE message SET is_indexed = 0")
        # The words are folded and set apart already.
        connection.execute(
            "CREATE VIRTUAL TABLE word USING fts5(words, content='', tokenize='ascii')"
        )
    missing = connection.execute(
        f"SELECT {MESSAGE_COLUMNS} FROM message "  # noqa: S608
        "WHERE NOT is_indexed AND state NOT IN ('queued', 'working')"
    )
    for row in missing.fetchall():
        index_message(connection, with_attachments(connection, row))
        connection.execute("UPDATE message SET is_indexed = 1 WHERE message_id = ?", (row[0],))


def drop_index(connection: sqlite3.Connection) -> None:
    """Take the whole index out of a copy."""
    connection.execute("DROP TABLE IF EXISTS word")
    connection.execute("UPDATE message SET is_indexed = 0")


def index_message(connection: sqlite3.Connection, message: ChatMessage) -> None:
    """Have a message found from now on."""
    words = index_words(_text_of(message))
    connection.execute("INSERT INTO word (rowid, words) VALUES (?, ?)", (message.message_id, words))


def unindex_message(connection: sqlite3.Connection, message: ChatMessage) -> None:
    """Take a message out; `message` is as it was indexed."""
    connection.execute(
        "INSERT INTO word (word, rowid, words) VALUES ('delete', ?, ?)",
        (message.message_id, index_words(_text_of(message))),
    )


def find(connection: sqlite3.Connection, typed: str, most: int) -> list[Hit]:
    """The newest messages outside the trash that have all the words of what was typed."""
    words = SearchWords(typed)
    if not words:
        return []
    query = " ".join(_phrase(term) for term in words.terms)
    columns = ", ".join(f"message.{name}" for name in MESSAGE_COLUMNS.split(", "))
    rows = connection.execute(
        f"SELECT chat.chat_id, chat.title, {columns} FROM word "  # noqa: S608
        "JOIN message ON message.message_id = word.rowid JOIN chat USING (chat_id) "
        "WHERE word MATCH ? AND chat.trashed_ms IS NULL ORDER BY word.rowid DESC LIMIT ?",
        (query, most),
    )
    return [_hit(connection, row, words) for row in rows.fetchall()]


def with_attachments(connection: sqlite3.Connection, row: tuple[Any, ...]) -> ChatMessage:
    """Read the columns of `MESSAGE_COLUMNS`, and what was attached, without its content."""
    facts = connection.execute(
        "SELECT facts FROM attachment WHERE message_id = ? ORDER BY position", (row[0],)
    )
    return message_of(row, tuple(attachment_of(column, "") for (column,) in facts))


def _hit(connection: sqlite3.Connection, row: tuple[Any, ...], words: SearchWords) -> Hit:
    chat_id, title, *columns = row
    message = with_attachments(connection, tuple(columns))
    excerpt, spans = words.excerpt(_texts_of(message))
    return Hit(
        chat_id=chat_id,
        message_id=message.message_id,
        role=message.role,
        title=title,
        created_ms=message.created_ms,
        excerpt=excerpt,
        spans=spans,
    )


def _texts_of(message: ChatMessage) -> Iterable[str]:
    """All that a message is found by: its words first, they are what is shown."""
    yield message.text
    for attachment in message.attachments:
        yield attachment.name
        if isinstance(attachment, DocumentAttachment):
            for page in attachment.shown:
                yield page.text
    yield message.thought


def _text_of(message: ChatMessage) -> str:
    return "\n".join(_texts_of(message))


def _phrase(term: tuple[str, ...]) -> str:
    """A term in FTS5's language: letters and digits alone, so there is nothing to escape."""
    return f'"{" ".join(term)}"*'
