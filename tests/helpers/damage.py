"""Databases that are broken on purpose."""

import pathlib
import sqlite3

# Found by `scripts/fuzz`: a size in it has SQLite ask for all memory.
_FOUND = pathlib.Path(__file__).parents[1] / "corpora" / "importers"
DATABASE_OUT_OF_MEMORY = _FOUND / "found-database-out-of-memory"

PAGE_BYTES = 4096


def make_unreadable(path: pathlib.Path) -> None:
    """Nothing of SQLite is left at the beginning."""
    content = bytearray(path.read_bytes())
    content[:100] = b"\xa5" * 100
    path.write_bytes(content)


def spoil_index(path: pathlib.Path) -> None:
    """It can be opened and read, but an index does not say what its table says."""
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'message_of_chat'"
        ).fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(path.read_bytes())
    start = (page - 1) * PAGE_BYTES
    # An empty page of the same kind.
    content[start : start + 12] = bytes([10, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0])
    path.write_bytes(content)


def spoil_page(path: pathlib.Path, table: str) -> None:
    """The first page of a table cannot be read any more."""
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)
        ).fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(path.read_bytes())
    start = (page - 1) * PAGE_BYTES
    content[start : start + PAGE_BYTES] = b"\xa5" * PAGE_BYTES
    path.write_bytes(content)


def make_newer(path: pathlib.Path) -> None:
    """A later version wrote it."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=99")
    connection.commit()
    connection.close()
