"""Dated copies of the database, and what is deleted in all of them.

What was attached is kept once for the database and all its copies.
"""

import contextlib
import datetime as dt
import pathlib
import re
import sqlite3
from collections.abc import Callable, Iterable

import msgspec

from app.domain.errors import BackupUnusable, ChatsError
from app.store.database import Database, check_database, copy_database
from app.store.faults import as_ours

_FOLDER = "backups"
# How files are called that are laid aside because they cannot be used.
DAMAGED_PREFIX = "damaged-"
_NAME = re.compile(r"chats-(\d{4}-\d\d-\d\d-\d{6})\.db")
_NAMED = "chats-%Y-%m-%d-%H%M%S.db"
_KEPT = 7


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """A copy; `made` is in UTC, None of one that was laid aside for another reason."""

    path: pathlib.Path
    size_bytes: int
    made: dt.datetime | None

    @property
    def is_damaged(self) -> bool:
        """It was laid aside because it cannot be used."""
        return self.path.name.startswith(DAMAGED_PREFIX)


class Backups:
    """The copies beside a database."""

    def __init__(self, data_folder: pathlib.Path) -> None:
        self.folder = data_folder / _FOLDER

    def all(self) -> list[Backup]:
        """Newest first; those without a date last."""
        found = []
        for path in self.folder.glob("*.db"):
            with contextlib.suppress(OSError):
                size_bytes = path.stat().st_size
                found.append(Backup(path=path, size_bytes=size_bytes, made=_made(path)))
        oldest = dt.datetime.min.replace(tzinfo=dt.UTC)
        return sorted(found, key=lambda backup: backup.made or oldest, reverse=True)

    def make(self, database: Database, now: dt.datetime) -> Backup:
        """Copy the database and let the oldest of many copies go.

        Raises:
            ChatsError: The copy could not be written.
        """
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / now.astimezone(dt.UTC).strftime(_NAMED)
        copy_database(database.connection, path)
        dated = [backup for backup in self.all() if backup.made]
        for old in dated[_KEPT:]:
            self.delete(old.path)
        return Backup(path=path, size_bytes=path.stat().st_size, made=_made(path))

    def is_due(self, now: dt.datetime) -> bool:
        """Whether there is none of today."""
        days = {backup.made.date() for backup in self.all() if backup.made}
        return now.astimezone(dt.UTC).date() not in days

    def delete(self, path: pathlib.Path) -> None:
        """Delete a copy."""
        with contextlib.suppress(OSError):
            path.unlink()

    def forget_chats(self, keys: Iterable[str]) -> None:
        """Take chats out of all copies; copies that cannot be changed are deleted."""
        keys = list(keys)

        def forget(connection: sqlite3.Connection) -> None:
            for key in keys:
                connection.execute(
                    "DELETE FROM message WHERE chat_id = (SELECT chat_id FROM chat WHERE key = ?)",
                    (key,),
                )
                connection.execute("DELETE FROM chat WHERE key = ?", (key,))

        self._change_all(forget)

    def forget_messages(self, key: str, messages: Iterable[tuple[int, int]]) -> None:
        """Take messages of a chat out of all copies, by id and time."""
        messages = list(messages)

        def forget(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "DELETE FROM message WHERE message_id = ? AND created_ms = ? "
                "AND chat_id = (SELECT chat_id FROM chat WHERE key = ?)",
                [(message_id, created_ms, key) for message_id, created_ms in messages],
            )

        self._change_all(forget)

    def check(self, path: pathlib.Path) -> None:
        """Whether a file can take the place of the database.

        Raises:
            BackupUnusable: It cannot.
        """
        unusable = BackupUnusable(name=path.name)
        if not path.is_file():
            raise unusable
        try:
            with as_ours(), contextlib.closing(_open(path, "ro")) as connection:
                check_database(connection)
                problems = connection.execute("PRAGMA quick_check(1)").fetchall()
        except (ChatsError, sqlite3.Error):
            raise unusable from None
        if problems != [("ok",)]:
            raise unusable

    def _change_all(self, forget: Callable[[sqlite3.Connection], None]) -> None:
        for backup in self.all():
            try:
                with contextlib.closing(_open(backup.path, "rw")) as connection:
                    connection.execute("PRAGMA secure_delete=ON")
                    connection.execute("PRAGMA foreign_keys=ON")
                    connection.execute("BEGIN")
                    forget(connection)
                    connection.execute("COMMIT")
            except sqlite3.Error:
                # What cannot be cleaned must not stay: deleting is a promise.
                self.delete(backup.path)


def _open(path: pathlib.Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
    )


def _made(path: pathlib.Path) -> dt.datetime | None:
    match = _NAME.fullmatch(path.name)
    if not match:
        return None
    try:
        made = dt.datetime.strptime(path.name, _NAMED)  # noqa: DTZ007 - UTC by the next line
    except ValueError:
        return None
    return made.replace(tzinfo=dt.UTC)
