"""Everything that is kept of chats, in one hand."""

import contextlib
import datetime as dt
import hashlib
import logging
import pathlib
import shutil
from collections.abc import Iterable
from typing import Self

from app.domain.errors import ChatsDamaged, ChatsError
from app.domain.kept_chat import ChatInfo, ChatMessage
from app.store.attached import AttachedFiles
from app.store.backups import DAMAGED_PREFIX, Backup, Backups
from app.store.chats import Chats
from app.store.copies import (
    bring_copy_up_to_date,
    delete_database,
    laid_aside,
    new_part,
    take_place,
)
from app.store.database import FILE_NAME, Database, take_lock
from app.store.faults import as_ours
from app.store.presets import Presets
from app.store.recovery import Recovered, recover
from app.store.schema import newest_version

log = logging.getLogger(__name__)

_TRASH_WORDS = """
SELECT coalesce(sum(length(CAST(parts AS BLOB)) + length(CAST(facts AS BLOB))), 0)
FROM message JOIN chat USING (chat_id) WHERE trashed_ms IS NOT NULL
"""
_TRASH_ATTACHED = """
SELECT coalesce(sum(size_bytes), 0) FROM (
    SELECT sha256, max(size_bytes) AS size_bytes, min(trashed_ms IS NOT NULL) AS only_there FROM (
        SELECT sha256, size_bytes, trashed_ms
        FROM attachment JOIN message USING (message_id) JOIN chat USING (chat_id)
        UNION ALL
        SELECT sha256, size_bytes, trashed_ms FROM draft_attachment JOIN chat USING (chat_id)
    ) GROUP BY sha256
) WHERE only_there
"""
# Of a message not its words: they do not change without their length.
_MARKED = (
    ("chat", "*"),
    ("message", "message_id, parent_id, role, state, created_ms, length(parts), facts"),
    ("folder", "*"),
    ("preset", "*"),
    ("saved_prompt", "*"),
    ("draft", "*"),
)


class Store:
    """The chats of a person, open on one thread.

    Attributes:
        chats: Chats, messages, drafts.
        presets: Folders, presets, prompts.
        files: What was attached.
        backups: Copies.
    """

    def __init__(self, data_folder: pathlib.Path, *, reads_only: bool = False) -> None:
        """Open them.

        Args:
            data_folder: Of the person.
            reads_only: Leave everything as it is, and do not mind who else has it open.

        Raises:
            ChatsError: They cannot be opened.
        """
        self._folder = data_folder
        # Contents of what was deleted, until it is out of all files.
        self._detached: set[str] = set()
        self.files = AttachedFiles(data_folder)
        self.backups = Backups(data_folder)
        self._database = Database(data_folder, reads_only=reads_only)
        self.chats = Chats(self._database, self.files)
        self.presets = Presets(self._database)
        if not self.is_read_only:
            try:
                self._tidy()
            except BaseException:
                self.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_read_only(self) -> bool:
        """Nothing can be changed."""
        return self._database.is_read_only

    @property
    def size_bytes(self) -> int:
        """Of the database with its log."""
        paths = [self._folder / f"{FILE_NAME}{suffix}" for suffix in ("", "-wal")]
        return sum(path.stat().st_size for path in paths if path.exists())

    def free_ballast(self) -> bool:
        """Give up the room that was kept for a full disk; False if that was done before."""
        return self._database.free_ballast()

    def problems(self, *, is_quick: bool = False) -> list[str]:
        """What an integrity check finds; see `Database.problems`."""
        return self._database.problems(is_quick=is_quick)

    def message_counts(self) -> dict[int, int]:
        """How many messages every chat has, all variants counted."""
        return dict(self._database.read("SELECT chat_id, count(*) FROM message GROUP BY chat_id"))

    def trash_bytes(self) -> int:
        """What chats in the trash take: their words, and what only they have attached."""
        ((words,),) = self._database.read(_TRASH_WORDS)
        ((attached,),) = self._database.read(_TRASH_ATTACHED)
        return int(words) + int(attached)

    def mark(self) -> str:
        """Another whenever something that is kept is another; single facts do not count."""
        digest = hashlib.sha256()
        for table, columns in _MARKED:
            for row in self._database.read(f"SELECT {columns} FROM {table} ORDER BY 1"):  # noqa: S608
                digest.update(repr(row).encode())
        return digest.hexdigest()

    def delete_chats(self, infos: Iterable[ChatInfo]) -> None:
        """Leave nothing of chats: not in the file, its log, its copies, nor what was attached.

        Raises:
            ChatsError: Nothing was deleted.
        """
        self._detached |= self.chats.delete(info.chat_id for info in infos)
        self._finish_deletions()

    def delete_messages(self, messages: Iterable[ChatMessage]) -> None:
        """Leave nothing of messages.

        Raises:
            ChatsError: Nothing was deleted.
        """
        self._detached |= self.chats.delete_messages(message.message_id for message in messages)
        self._finish_deletions()

    def sweep_files(self) -> None:
        """Delete contents that nothing refers to, as a crash between two steps leaves them.

        What was attached to a question that is not kept yet is one of them.
        """
        self.files.clear_parts()
        self.files.delete(self.chats.unused(self.files.all()) - self.backups.contents())

    def back_up(self, now: dt.datetime) -> Backup:
        """Make a dated copy."""
        return self.backups.make(self._database, now)

    def restore(self, backup: pathlib.Path, now: dt.datetime) -> None:
        """Have a copy take the place of the database, of which a copy is made first.

        Raises:
            BackupUnusable: It cannot; everything is as it was.
            ChatsError: The disk refuses.
        """
        part = _part_from(self._folder, self.backups, backup)
        try:
            try:
                self.back_up(now)
            except ChatsDamaged:
                with as_ours(), laid_aside(self._folder / FILE_NAME, _aside_name(now)):
                    self._database.replace(part)
            else:
                self._database.replace(part)
        finally:
            delete_database(part)
        self.chats.end_interrupted()

    def close(self) -> None:
        """Let others have them."""
        self._database.close()

    def _tidy(self) -> None:
        """Do what an earlier run could not do to the end."""
        self.chats.end_interrupted()
        if self.chats.deletions():
            self._finish_deletions()
            self.sweep_files()

    def _finish_deletions(self) -> None:
        """Forget what was taken out of the database; what fails is done again later."""
        try:
            self._database.forget_deleted()
            self.backups.forget(self.chats.deletions())
            self.files.delete(self.chats.unused(self._detached) - self.backups.contents())
            self._detached.clear()
            self.chats.end_deletions()
            self._database.empty_log()
        except ChatsError as error:
            log.warning("what was deleted is not out of all files yet: %s", error.code)


def recover_chats(data_folder: pathlib.Path, now: dt.datetime) -> Recovered:
    """Save what can be read of a damaged database that nobody has open.

    Raises:
        ChatsError: Somebody has, or the disk refuses; everything is as it was.
    """
    lock = take_lock(data_folder)
    try:
        return recover(data_folder, _aside_name(now))
    finally:
        lock.release()


def restore_chats(data_folder: pathlib.Path, backup: pathlib.Path, now: dt.datetime) -> None:
    """Have a copy take the place of a database that cannot be opened and is laid aside.

    Raises:
        BackupUnusable: It cannot; everything is as it was.
        ChatsError: Somebody has the database open, or the disk refuses.
    """
    lock = take_lock(data_folder)
    try:
        part = _part_from(data_folder, Backups(data_folder), backup)
        try:
            path = data_folder / FILE_NAME
            is_there = path.exists()
            aside = laid_aside(path, _aside_name(now)) if is_there else contextlib.nullcontext()
            with as_ours(), aside:
                take_place(part, path)
        finally:
            delete_database(part)
    finally:
        lock.release()


def _aside_name(now: dt.datetime) -> str:
    return now.astimezone(dt.UTC).strftime(f"{DAMAGED_PREFIX}%Y-%m-%d-%H%M%S.db")


def _part_from(data_folder: pathlib.Path, backups: Backups, backup: pathlib.Path) -> pathlib.Path:
    """A copy of a backup that was checked and is of this version."""
    backups.check(backup)
    with as_ours():
        part = new_part(data_folder / FILE_NAME)
    try:
        with as_ours():
            shutil.copyfile(backup, part)
        bring_copy_up_to_date(part, newest_version())
    except BaseException:
        delete_database(part)
        raise
    return part
