"""Dated copies of the database, and what is deleted in all of them.

What was attached is kept once for the database and all its copies.
"""

import contextlib
import datetime as dt
import pathlib
import re
import sqlite3
from collections.abc import Iterable

import msgspec

from app.domain.errors import BackupUnusable, ChatsDamaged, ChatsError
from app.store.chats import Deletion
from app.store.copies import BACKUPS, copy_database, delete_database, uri_of
from app.store.database import Database, check_database
from app.store.faults import as_ours
from app.store.scrub import scrub

# How files are called that are laid aside because they cannot be used.
DAMAGED_PREFIX = "damaged-"
_NAME = re.compile(r"chats-(\d{4}-\d\d-\d\d-\d{6})\.db")
_NAMED = "chats-%Y-%m-%d-%H%M%S.db"
_KEPT = 7
# A message with all that follow it, also such as are no longer, or not yet, in the database.
_FORGET_MESSAGE = """
WITH RECURSIVE gone (id) AS (
    SELECT message_id FROM message JOIN chat USING (chat_id)
    WHERE key = ? AND message_id = ? AND message.created_ms = ?
    UNION SELECT message_id FROM message JOIN gone ON parent_id = id
    WHERE chat_id = (SELECT chat_id FROM message WHERE message_id = id)
)
DELETE FROM message WHERE message_id IN (SELECT id FROM gone)
"""


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
        self.folder = data_folder / BACKUPS

    def all(self) -> list[Backup]:
        """Newest first; those without a date last."""
        found = []
        for path in self.folder.glob("[!.]*.db"):
            with contextlib.suppress(OSError):
                size_bytes = path.stat().st_size
                found.append(Backup(path=path, size_bytes=size_bytes, made=_made(path)))
        oldest = dt.datetime.min.replace(tzinfo=dt.UTC)
        return sorted(found, key=lambda backup: backup.made or oldest, reverse=True)

    def usable(self) -> list[Backup]:
        """The same without what was laid aside because it is damaged."""
        return [backup for backup in self.all() if not backup.is_damaged]

    def make(self, database: Database, now: dt.datetime) -> Backup:
        """Copy the database and let the oldest of many copies go.

        Raises:
            ChatsError: The copy could not be written.
        """
        path = self.folder / now.astimezone(dt.UTC).strftime(_NAMED)
        copy_database(database.path, path)
        # The new one is kept also where a wrong clock has dated the others later.
        others = [backup for backup in self.all() if backup.made and backup.path != path]
        for old in others[_KEPT - 1 :]:
            self.delete(old.path)
        with as_ours():
            return Backup(path=path, size_bytes=path.stat().st_size, made=_made(path))

    def is_due(self, now: dt.datetime) -> bool:
        """Whether there is none of today."""
        days = {backup.made.date() for backup in self.all() if backup.made}
        return now.astimezone(dt.UTC).date() not in days

    def delete(self, path: pathlib.Path) -> None:
        """Delete a copy."""
        delete_database(path)

    def forget(self, deletions: Iterable[Deletion]) -> None:
        """Take chats and messages out of all copies.

        Copies that are damaged are deleted, for nobody knows what else is in them.

        Raises:
            ChatsError: A copy could not be changed; it may be later.
        """
        deletions = list(deletions)
        for backup in self.all():
            try:
                _forget(backup, deletions)
            except (ChatsDamaged, sqlite3.Error):
                self.delete(backup.path)

    def contents(self) -> set[str]:
        """The hashes of all that is attached in any copy."""
        found: set[str] = set()
        for backup in self.all():
            with (
                contextlib.suppress(ChatsError, sqlite3.Error),
                as_ours(),
                contextlib.closing(_open(backup.path, "ro")) as connection,
            ):
                rows = connection.execute(
                    "SELECT sha256 FROM attachment UNION SELECT sha256 FROM draft_attachment"
                )
                found.update(sha256 for (sha256,) in rows)
        return found

    def check(self, path: pathlib.Path) -> None:
        """Whether a file can take the place of the database.

        Raises:
            BackupUnusable: It cannot.
        """
        unusable = BackupUnusable(name=path.name)
        try:
            with as_ours(), contextlib.closing(_open(path, "ro")) as connection:
                check_database(connection)
                problems = connection.execute("PRAGMA quick_check(1)").fetchall()
                tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except (ChatsError, sqlite3.Error):
            raise unusable from None
        if problems != [("ok",)] or tables == (0,):
            raise unusable


def _forget(backup: Backup, deletions: Iterable[Deletion]) -> None:
    with as_ours(), contextlib.closing(_open(backup.path, "rw")) as connection:
        before = connection.total_changes
        connection.execute("PRAGMA secure_delete=ON").fetchall()
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("BEGIN IMMEDIATE")
        for deletion in deletions:
            if deletion.message_id is None:
                connection.execute("DELETE FROM chat WHERE key = ?", (deletion.key,))
            else:
                connection.execute(_FORGET_MESSAGE, msgspec.structs.astuple(deletion))
        connection.execute("COMMIT")
        if backup.made is None:
            # Of the others it is known that they were whole.
            if connection.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
                raise ChatsDamaged
            is_changed = True
        else:
            is_changed = connection.total_changes > before
    if is_changed:
        with as_ours():
            scrub(backup.path)


def _open(path: pathlib.Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(uri_of(path, f"mode={mode}"), uri=True, isolation_level=None)


def _made(path: pathlib.Path) -> dt.datetime | None:
    match = _NAME.fullmatch(path.name)
    if not match:
        return None
    try:
        made = dt.datetime.strptime(path.name, _NAMED)  # noqa: DTZ007 - UTC by the next line
    except ValueError:
        return None
    return made.replace(tzinfo=dt.UTC)
