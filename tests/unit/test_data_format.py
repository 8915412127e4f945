"""`docs/data-format.md` says what there is, and what it tells to type works."""

import contextlib
import pathlib
import re
import sqlite3

from app.store.schema import APPLICATION_ID, newest_version, own_tables
from tests.helpers.old_database import DATABASES

TEXT = (pathlib.Path(__file__).parents[2] / "docs" / "data-format.md").read_text(encoding="utf-8")


def opened():
    path = DATABASES / f"chats-{newest_version()}.db"
    return contextlib.closing(sqlite3.connect(path.as_uri() + "?mode=ro", uri=True))


def test_every_table_and_column_is_described():
    described = set(re.findall(r"`([a-z0-9_]+)`", TEXT))
    with opened() as connection:
        for table in own_tables(connection):
            columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            assert {table, *columns} <= described


def test_the_numbers():
    assert f"is {APPLICATION_ID} (`Cier`)" in TEXT
    assert f"`PRAGMA user_version` is {newest_version()}:" in TEXT


def test_what_is_to_be_typed_works():
    statements = re.findall(r'chats\.db "(.*?)"\n', TEXT, re.DOTALL)
    with opened() as connection:
        titles, messages, path = (
            connection.execute(statement.replace("\\$", "$")).fetchall() for statement in statements
        )
    assert (1, "Winds") in titles
    assert messages[2] == (3, 1, "assistant", "The Cierzo, “dry” and cold: 北風.")
    assert [row[0] for row in path] == [1, 3]
