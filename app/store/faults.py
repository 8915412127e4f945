"""What SQLite says, in our own errors."""

import contextlib
import sqlite3
from collections.abc import Iterator

from app.domain.errors import (
    ChatsDamaged,
    ChatsDiskFull,
    ChatsError,
    ChatsInUse,
    ChatsReadOnly,
    ChatsUnreadable,
)

_BY_CODE: dict[int, type[ChatsError]] = {
    sqlite3.SQLITE_FULL: ChatsDiskFull,
    sqlite3.SQLITE_READONLY: ChatsReadOnly,
    sqlite3.SQLITE_CORRUPT: ChatsDamaged,
    sqlite3.SQLITE_NOTADB: ChatsDamaged,
    sqlite3.SQLITE_BUSY: ChatsInUse,
    sqlite3.SQLITE_LOCKED: ChatsInUse,
}
# The others are the system's fault: what it refused, or could not read.
_SYSTEM = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_PRIMARY_CODE = 0xFF


@contextlib.contextmanager
def as_ours() -> Iterator[None]:
    """Turn what the environment can do to a database into a `ChatsError`; bugs stay what they are.

    Raises:
        ChatsError: Instead of SQLite's own error.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        primary = code & _PRIMARY_CODE
        if known := _BY_CODE.get(primary):
            raise known(detail=error.sqlite_errorname) from None
        if primary in _SYSTEM:
            name = error.sqlite_errorname
            raise ChatsUnreadable(reason=str(error), detail=name) from None
        raise
