"""The tables, and the way from every earlier version to this one.

`docs/data-format.md` describes them for people. A released version is never changed: a new one is
one more function at the end of `MIGRATIONS`, and one more file in `tests/databases`. The index of
words is no part of it (`app.store.words`): it can always be made again, and copies are without it.
"""

import sqlite3
from collections.abc import Callable

# "Cier" in ASCII: tells our file from any other database.
APPLICATION_ID = 0x43696572

_FIRST = """
CREATE TABLE folder (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE chat (
    chat_id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    is_named INTEGER NOT NULL,
    folder TEXT NOT NULL,
    is_pinned INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    used_ms INTEGER NOT NULL,
    used_order INTEGER NOT NULL,
    trashed_ms INTEGER,
    leaf_id INTEGER,
    reads_after INTEGER,
    settings TEXT NOT NULL
);

CREATE TABLE message (
    message_id INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id INTEGER NOT NULL REFERENCES chat ON DELETE CASCADE,
    parent_id INTEGER,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    parts TEXT NOT NULL,
    facts TEXT NOT NULL
);
CREATE INDEX message_of_chat ON message (chat_id);
CREATE INDEX message_at_work ON message (state) WHERE state IN ('queued', 'working');

CREATE TABLE attachment (
    message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
    position INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (message_id, position)
) WITHOUT ROWID;
CREATE INDEX attachment_by_content ON attachment (sha256);

CREATE TABLE draft (
    chat_id INTEGER PRIMARY KEY REFERENCES chat ON DELETE CASCADE,
    text TEXT NOT NULL,
    effort TEXT
);
CREATE TABLE draft_attachment (
    chat_id INTEGER NOT NULL REFERENCES draft ON DELETE CASCADE,
    position INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (chat_id, position)
) WITHOUT ROWID;
CREATE INDEX draft_attachment_by_content ON draft_attachment (sha256);

CREATE TABLE preset (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    settings TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE saved_prompt (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    text TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE fact (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE deletion (
    key TEXT NOT NULL,
    message_id INTEGER,
    created_ms INTEGER
);
"""


def _begin(connection: sqlite3.Connection) -> None:
    for statement in _FIRST.split(";\n"):
        if statement.strip():
            connection.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_begin,)


def newest_version() -> int:
    """The version that this program writes."""
    return len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """The version of a database; 0 of one that is new."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring a database to that version, in one transaction: a crash leaves the old one."""
    connection.execute("BEGIN")
    try:
        for step in MIGRATIONS[version_of(connection) : version]:
            step(connection)
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def own_tables(connection: sqlite3.Connection) -> list[str]:
    """The tables that the migrations made."""
    rows = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' "
        "AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'word_*' ORDER BY rootpage"
    )
    return [name for (name,) in rows]
