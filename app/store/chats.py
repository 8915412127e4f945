"""Chats and their messages."""

import sqlite3
from collections.abc import Collection, Iterable

import msgspec

from app.domain.attachments import Attachment
from app.domain.chat import Role, TextPart, ThoughtPart
from app.domain.errors import ChatsDamaged
from app.domain.kept_chat import ChatInfo, ChatMessage, Draft, Hit, KeptChat, MessageState
from app.domain.well_formed import as_text
from app.store.attached import AttachedFiles
from app.store.database import Database
from app.store.rows import (
    INFO_COLUMNS,
    MESSAGE_COLUMNS,
    attachment_of,
    attachment_row,
    info_of,
    info_row,
    message_of,
    message_row,
)
from app.store.words import (
    AT_WORK,
    add_part,
    find,
    forget_words,
    index_message,
    missing_part,
    unindex_message,
    with_attachments,
)


class Deletion(msgspec.Struct, frozen=True, array_like=True):
    """What was taken out of the database, and may still be in copies of it.

    Attributes:
        key: Of the chat.
        message_id: None where it is the whole chat.
    """

    key: str
    message_id: int | None = None
    created_ms: int | None = None


class Chats:
    """What is in the database of chats.

    All methods raise a `ChatsError` where it cannot be read or written.
    """

    def __init__(self, database: Database, files: AttachedFiles) -> None:
        self._database = database
        self._files = files

    def infos(self) -> list[ChatInfo]:
        """All chats, also those in the trash, the one used last first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {INFO_COLUMNS} FROM chat ORDER BY used_order DESC, chat_id DESC"  # noqa: S608
            )
            return [info_of(row) for row in rows]

    def load(self, chat_id: int) -> KeptChat:
        """A chat with everything in it; it is known to exist."""
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT {INFO_COLUMNS} FROM chat WHERE chat_id = ?",  # noqa: S608
                (chat_id,),
            ).fetchone()
            attachments: dict[int, list[Attachment]] = {}
            for message_id, facts in connection.execute(
                "SELECT message_id, attachment.facts FROM attachment "
                "JOIN message USING (message_id) WHERE chat_id = ? ORDER BY message_id, position",
                (chat_id,),
            ):
                attachments.setdefault(message_id, []).append(
                    attachment_of(facts, self._files.path)
                )
            rows = connection.execute(
                f"SELECT {MESSAGE_COLUMNS} FROM message WHERE chat_id = ? ORDER BY message_id",  # noqa: S608
                (chat_id,),
            )
            messages = [message_of(row, tuple(attachments.get(row[0], ()))) for row in rows]
            if row is None:
                raise ChatsDamaged(detail="a chat is missing")
            return KeptChat(info=info_of(row), messages=_linked(messages))

    def last_ids(self) -> tuple[int, int, int]:
        """The largest chat id and message id that were ever given, and the largest order."""
        given = dict(self._database.read("SELECT name, seq FROM sqlite_sequence"))
        ((order,),) = self._database.read("SELECT coalesce(max(used_order), 0) FROM chat")
        return given.get("chat", 0), given.get("message", 0), order

    def put(self, info: ChatInfo, *messages: ChatMessage) -> None:
        """Keep what is known of a chat and some of its messages, new or changed, in one go."""
        with self._database.writing() as connection:
            _put_info(connection, info)
            for message in messages:
                _put_message(connection, info.chat_id, message)

    def put_tail(self, messages: Iterable[ChatMessage]) -> None:
        """Keep what has been written so far of answers that exist; a power cut may lose it."""
        with self._database.writing(is_durable=False) as connection:
            for message in messages:
                parts, facts = message_row(message)[-2:]
                connection.execute(
                    "UPDATE message SET parts = ?, facts = ? WHERE message_id = ? "
                    "AND state IN ('queued', 'working')",
                    (parts, facts, message.message_id),
                )

    def add(self, chats: Iterable[KeptChat]) -> None:
        """Keep whole chats that are new, all of them or none."""
        with self._database.writing() as connection:
            for chat in chats:
                _put_info(connection, chat.info)
                for message in chat.messages:
                    _put_message(connection, chat.info.chat_id, message)

    def delete(self, chat_ids: Iterable[int]) -> set[str]:
        """Take chats out of the file with everything in them.

        Returns:
            Contents that were attached to them and, in this file, to nothing else.
        """
        contents: set[str] = set()
        with self._database.writing() as connection:
            for chat_id in chat_ids:
                rows = connection.execute(
                    "SELECT message_id FROM message WHERE chat_id = ?", (chat_id,)
                )
                contents |= _delete_messages(connection, [message_id for (message_id,) in rows])
                contents |= _contents_of(connection, "draft_attachment", "chat_id", chat_id)
                connection.execute(
                    "INSERT INTO deletion SELECT key, NULL, NULL FROM chat WHERE chat_id = ?",
                    (chat_id,),
                )
                connection.execute("DELETE FROM chat WHERE chat_id = ?", (chat_id,))
            return _unused(connection, contents)

    def delete_messages(self, message_ids: Iterable[int]) -> set[str]:
        """Take messages out of the file with what was attached to them.

        Returns:
            Contents that were attached to them and, in this file, to nothing else.
        """
        message_ids = list(message_ids)
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT INTO deletion SELECT key, message_id, message.created_ms "
                "FROM message JOIN chat USING (chat_id) WHERE message_id = ?",
                [(message_id,) for message_id in message_ids],
            )
            return _unused(connection, _delete_messages(connection, message_ids))

    def deletions(self) -> list[Deletion]:
        """What may still be in copies."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT key, message_id, created_ms FROM deletion")
            return [msgspec.convert(row, Deletion) for row in rows]

    def end_deletions(self) -> None:
        """Nothing of them is anywhere any more."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM deletion")

    def end_interrupted(self) -> None:
        """Tell what an earlier run left in the middle: it will not go on by itself."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT chat_id, {MESSAGE_COLUMNS} FROM message "  # noqa: S608
                "WHERE state IN ('queued', 'working')"
            ).fetchall()
        if not rows:
            return
        with self._database.writing() as connection:
            # An answer first: whether its question was answered depends on what there is of it.
            for chat_id, *columns in sorted(rows, key=lambda row: -row[1]):
                _end(connection, chat_id, with_attachments(connection, tuple(columns)))

    def find(self, typed: str, *, most: int = 100) -> list[Hit]:
        """The newest messages that have all the words of what was typed."""
        with self._database.reading() as connection:
            return find(connection, typed, most)

    def index_more(self) -> bool:
        """Make another part of the index, a fraction of a second; False if none was missing.

        Without it everything is found too, but not fast.
        """
        with self._database.reading() as connection:
            part = missing_part(connection)
        if part is None or self._database.is_read_only:
            return False
        with self._database.writing() as connection:
            add_part(connection, part)
        return True

    def drafts(self) -> dict[int, Draft]:
        """What is written and not sent, by chat."""
        attachments: dict[int, list[Attachment]] = {}
        with self._database.reading() as connection:
            for chat_id, facts in connection.execute(
                "SELECT chat_id, facts FROM draft_attachment ORDER BY chat_id, position"
            ):
                attachments.setdefault(chat_id, []).append(attachment_of(facts, self._files.path))
            return {
                chat_id: msgspec.convert(
                    {"text": text, "effort": effort, "attachments": attachments.get(chat_id, ())},
                    Draft,
                )
                for chat_id, text, effort in connection.execute(
                    "SELECT chat_id, text, effort FROM draft"
                )
            }

    def put_draft(
        self, info: ChatInfo, draft: Draft, *, has_same_attachments: bool = False
    ) -> None:
        """Keep what is being written in a chat; an empty draft is forgotten.

        Args:
            info: Of the chat.
            draft: As it is now.
            has_same_attachments: Only its words changed: a document may be long.
        """
        chat_id = info.chat_id
        words = (as_text(draft.text), draft.effort)
        with self._database.writing(is_durable=False) as connection:
            if draft and has_same_attachments:
                changed = connection.execute(
                    "UPDATE draft SET text = ?, effort = ? WHERE chat_id = ?", (*words, chat_id)
                )
                if changed.rowcount:
                    return
            connection.execute("DELETE FROM draft WHERE chat_id = ?", (chat_id,))
            if not draft:
                return
            _put_info(connection, info)
            connection.execute("INSERT INTO draft VALUES (?, ?, ?)", (chat_id, *words))
            connection.executemany(
                "INSERT INTO draft_attachment VALUES (?, ?, ?, ?, ?)",
                [(chat_id, i, *attachment_row(a)) for i, a in enumerate(draft.attachments)],
            )

    def unused(self, contents: Iterable[str]) -> set[str]:
        """Which contents no message and no draft has."""
        with self._database.reading() as connection:
            return _unused(connection, contents)


def _put_info(connection: sqlite3.Connection, info: ChatInfo) -> None:
    row = info_row(info)
    columns = INFO_COLUMNS.split(", ")
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    connection.execute(
        f"INSERT INTO chat ({INFO_COLUMNS}) VALUES ({', '.join('?' * len(columns))}) "  # noqa: S608
        f"ON CONFLICT (chat_id) DO UPDATE SET {changes}",
        row,
    )


def _put_message(connection: sqlite3.Connection, chat_id: int, message: ChatMessage) -> None:
    _take_out(connection, message.message_id)
    connection.execute(
        f"INSERT OR REPLACE INTO message (chat_id, {MESSAGE_COLUMNS}) "  # noqa: S608
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (chat_id, *message_row(message)),
    )
    connection.executemany(
        "INSERT INTO attachment VALUES (?, ?, ?, ?, ?)",
        [(message.message_id, i, *attachment_row(a)) for i, a in enumerate(message.attachments)],
    )
    if message.state not in AT_WORK:
        index_message(connection, message)


def _delete_messages(connection: sqlite3.Connection, message_ids: Collection[int]) -> set[str]:
    """Take messages out, and give what was attached to them."""
    contents: set[str] = set()
    for message_id in message_ids:
        contents |= _contents_of(connection, "attachment", "message_id", message_id)
        _take_out(connection, message_id)
        connection.execute("DELETE FROM message WHERE message_id = ?", (message_id,))
    forget_words(connection, message_ids)
    return contents


def _take_out(connection: sqlite3.Connection, message_id: int) -> None:
    """Take what stands beside a message's row out: its words in the index, its attachments."""
    row = connection.execute(
        f"SELECT {MESSAGE_COLUMNS} FROM message WHERE message_id = ?",  # noqa: S608
        (message_id,),
    ).fetchone()
    if row is None:
        return
    old = with_attachments(connection, row)
    if old.state not in AT_WORK:
        unindex_message(connection, old)
    connection.execute("DELETE FROM attachment WHERE message_id = ?", (message_id,))


def _end(connection: sqlite3.Connection, chat_id: int, message: ChatMessage) -> None:
    """Say of one message how it ended when the program did."""
    if message.role is Role.USER:
        (answers,) = connection.execute(
            "SELECT count(*) FROM message WHERE chat_id = ? AND parent_id = ?",
            (chat_id, message.message_id),
        ).fetchone()
        state = MessageState.DONE if answers else MessageState.UNANSWERED
        _put_message(connection, chat_id, msgspec.structs.replace(message, state=state))
    elif _has_words(message):
        *before, last = message.parts
        if isinstance(last, ThoughtPart):
            last = msgspec.structs.replace(last, closed=False)
        ended = msgspec.structs.replace(
            message, state=MessageState.INTERRUPTED, parts=(*before, last)
        )
        _put_message(connection, chat_id, ended)
    else:
        _delete_messages(connection, [message.message_id])
        connection.execute(
            "UPDATE chat SET leaf_id = ? WHERE chat_id = ? AND leaf_id = ?",
            (message.parent_id, chat_id, message.message_id),
        )
        # A question that waited behind it would be the beginning of another variant of the chat.
        connection.execute(
            "UPDATE message SET parent_id = ? WHERE chat_id = ? AND parent_id = ?",
            (message.parent_id, chat_id, message.message_id),
        )


def _has_words(message: ChatMessage) -> bool:
    return any(isinstance(p, TextPart | ThoughtPart) and p.text.strip() for p in message.parts)


def _linked(messages: list[ChatMessage]) -> tuple[ChatMessage, ...]:
    """The same messages, each behind the one it follows; without that one it begins the chat.

    Most are in that order. A question that waited is older than the answer that it follows.
    """
    known = {message.message_id for message in messages}
    linked: dict[int, ChatMessage] = {}
    waiting: dict[int, list[ChatMessage]] = {}

    def link(message: ChatMessage) -> None:
        ready = [message]
        for one in ready:
            linked[one.message_id] = one
            ready += waiting.pop(one.message_id, ())

    for message in messages:
        if message.parent_id is None or message.parent_id in linked:
            link(message)
        elif message.parent_id in known:
            waiting.setdefault(message.parent_id, []).append(message)
        else:
            link(msgspec.structs.replace(message, parent_id=None))
    while waiting:  # only damage has messages follow each other in a circle
        parent_id, (first, *others) = waiting.popitem()
        if others:
            waiting[parent_id] = others
        link(msgspec.structs.replace(first, parent_id=None))
    return tuple(linked.values())


def _contents_of(connection: sqlite3.Connection, table: str, column: str, value: int) -> set[str]:
    rows = connection.execute(f"SELECT sha256 FROM {table} WHERE {column} = ?", (value,))  # noqa: S608
    return {sha256 for (sha256,) in rows}


def _unused(connection: sqlite3.Connection, contents: Iterable[str]) -> set[str]:
    return {
        sha256
        for sha256 in contents
        if not connection.execute(
            "SELECT EXISTS (SELECT 1 FROM attachment WHERE sha256 = :sha) "
            "OR EXISTS (SELECT 1 FROM draft_attachment WHERE sha256 = :sha)",
            {"sha": sha256},
        ).fetchone()[0]
    }
