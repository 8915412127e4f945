"""Everything that is kept of chats, in one hand."""

import datetime as dt
import hashlib
import pathlib
from collections.abc import Iterable
from typing import Self

from app.domain.errors import ChatsUnreadable
from app.domain.kept_chat import ChatInfo, ChatMessage
from app.store.attached import AttachedFiles
from app.store.backups import DAMAGED_PREFIX, Backup, Backups
from app.store.chats import Chats
from app.store.database import FILE_NAME, Database, replace_database
from app.store.presets import Presets
from app.store.recovery import Recovered, recover

_LAID_ASIDE = f"{DAMAGED_PREFIX}%Y-%m-%d-%H%M%S.db"
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
        self.files = AttachedFiles(data_folder)
        self.backups = Backups(data_folder)
        self._use(Database(data_folder, reads_only=reads_only))
        if not self.is_read_only:
            self.chats.end_interrupted()

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
        """Leave nothing of chats: not in the file, its log, its copies, nor what was attached."""
        infos = list(infos)
        self.chats.delete(info.chat_id for info in infos)
        self._database.forget_deleted()
        self.backups.forget_chats(info.key for info in infos)

    def delete_messages(self, info: ChatInfo, messages: Iterable[ChatMessage]) -> None:
        """Leave nothing of messages of a chat."""
        messages = list(messages)
        self.chats.delete_messages(message.message_id for message in messages)
        self._database.forget_deleted()
        self.backups.forget_messages(
            info.key, [(message.message_id, message.created_ms) for message in messages]
        )

    def back_up(self, now: dt.datetime) -> Backup:
        """Make a dated copy."""
        return self.backups.make(self._database, now)

    def restore(self, backup: pathlib.Path, now: dt.datetime) -> None:
        """Have a copy take the place of the database, of which a copy is made first.

        Raises:
            BackupUnusable: It cannot; everything is as it was.
            ChatsError: The disk refuses.
        """
        self.backups.check(backup)
        content = backup.read_bytes()
        self.back_up(now)
        self._database.close()
        try:
            replace_database(self._folder, content)
        finally:
            self._use(Database(self._folder))

    def close(self) -> None:
        """Let others have them."""
        self._database.close()

    def _use(self, database: Database) -> None:
        self._database = database
        self.chats = Chats(database, self.files)
        self.presets = Presets(database)


def recover_chats(data_folder: pathlib.Path, now: dt.datetime) -> Recovered:
    """Save what can be read of a damaged database that nobody has open.

    Raises:
        ChatsError: The disk refuses.
    """
    name = now.astimezone(dt.UTC).strftime(_LAID_ASIDE)
    try:
        return recover(data_folder, name)
    except OSError as error:
        raise ChatsUnreadable(reason=error.strerror or type(error).__name__) from None


def restore_chats(data_folder: pathlib.Path, backup: pathlib.Path, now: dt.datetime) -> None:
    """Have a copy take the place of a database that cannot be opened and is laid aside.

    Raises:
        BackupUnusable: It cannot; everything is as it was.
        ChatsError: The disk refuses.
    """
    backups = Backups(data_folder)
    backups.check(backup)
    aside = backups.folder / now.astimezone(dt.UTC).strftime(_LAID_ASIDE)
    try:
        content = backup.read_bytes()
        if (data_folder / FILE_NAME).exists():
            (data_folder / FILE_NAME).replace(aside)
        replace_database(data_folder, content)
    except OSError as error:
        raise ChatsUnreadable(reason=error.strerror or type(error).__name__) from None
    Database(data_folder).close()
