"""What SQLite and the file system say, in our own errors."""

import contextlib
import errno
import sqlite3
from collections.abc import Iterator

import msgspec

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
    sqlite3.SQLITE_PROTOCOL: ChatsInUse,
}
# The others are the system's fault: what it refused, or could not read.
_SYSTEM = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_PRIMARY_CODE = 0xFF
_NO_ROOM = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


@contextlib.contextmanager
def as_ours() -> Iterator[None]:
    """Turn what the environment can do to a database into a `ChatsError`; bugs stay what they are.

    Raises:
        ChatsError: Instead of the error of SQLite, of the file system, or of a column's decoder.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _of_sqlite(error) from None
    except OSError as error:
        raise refused(error) from None
    except MemoryError:
        # A damaged size: what is sound never needs much at once.
        raise ChatsDamaged(detail="SQLite asks for all memory") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # The second where SQLite quotes a damaged name.
        raise ChatsDamaged(detail="something else is in it") from None


def refused(error: OSError) -> ChatsError:
    """What the file system refused."""
    if error.errno in _NO_ROOM:
        return ChatsDiskFull()
    return ChatsUnreadable(reason=error.strerror or type(error).__name__)


def _of_sqlite(error: sqlite3.DatabaseError) -> sqlite3.DatabaseError | ChatsError:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Python says so of a text that is no UTF-8, and quotes it.
        is_text = isinstance(error, sqlite3.OperationalError)
        return ChatsDamaged(detail="a text is no UTF-8") if is_text else error
    name = error.sqlite_errorname
    if known := _BY_CODE.get(code & _PRIMARY_CODE):
        return known(detail=name)
    if code & _PRIMARY_CODE in _SYSTEM:
        return ChatsUnreadable(reason=str(error), detail=name)
    return error
