"""The tables, and the way from every earlier version to this one.

`docs/data-format.md` describes them for people. A released version is never changed: a new one is
one more function at the end of `MIGRATIONS`, and one more file in `tests/databases`. The index of
words is no part of it (`app.store.words`): it can always be made again.
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
    facts TEXT NOT NULL,
    is_indexed INTEGER NOT NULL
);
CREATE INDEX message_of_chat ON message (chat_id);
CREATE INDEX message_without_index ON message (message_id) WHERE NOT is_indexed;

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
"""


def _begin(connection: sqlite3.Connection) -> None:
    for statement in _FIRST.split(";\n"):
        if statement.strip():
            connection.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_begin,)
VERSION = len(MIGRATIONS)
