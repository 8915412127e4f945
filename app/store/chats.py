"""Chats and their messages."""

import sqlite3
from collections.abc import Iterable

import msgspec

from app.domain.attachments import Attachment
from app.domain.chat import Role, ThoughtPart
from app.domain.kept_chat import ChatInfo, ChatMessage, Draft, Hit, KeptChat, MessageState
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
from app.store.words import find, index_message, unindex_message, with_attachments

_AT_WORK = (MessageState.QUEUED, MessageState.WORKING)


class Chats:
    """What is in the database of chats.

    All methods raise a `ChatsError` where it cannot be read or written.
    """

    def __init__(self, database: Database, files: AttachedFiles) -> None:
        self._database = database
        self._files = files

    def infos(self) -> list[ChatInfo]:
        """All chats, also those in the trash, the one used last first."""
        rows = self._database.read(
            f"SELECT {INFO_COLUMNS} FROM chat ORDER BY used_order DESC, chat_id DESC"  # noqa: S608
        )
        return [info_of(row) for row in rows]

    def load(self, chat_id: int) -> KeptChat:
        """A chat with everything in it; it is known to exist."""
        rows = self._database.read(f"SELECT {INFO_COLUMNS} FROM chat WHERE chat_id = ?", chat_id)  # noqa: S608
        attachments: dict[int, list[Attachment]] = {}
        for message_id, sha256, facts in self._database.read(
            "SELECT message_id, sha256, attachment.facts FROM attachment "
            "JOIN message USING (message_id) WHERE chat_id = ? ORDER BY message_id, position",
            chat_id,
        ):
            path = str(self._files.path(sha256))
            attachments.setdefault(message_id, []).append(attachment_of(facts, path))
        # A message is younger than what it follows.
        messages = self._database.read(
            f"SELECT {MESSAGE_COLUMNS} FROM message WHERE chat_id = ? ORDER BY message_id",  # noqa: S608
            chat_id,
        )
        return KeptChat(
            info=info_of(rows[0]),
            messages=tuple(message_of(row, tuple(attachments.get(row[0], ()))) for row in messages),
        )

    def last_ids(self) -> tuple[int, int, int]:
        """The largest chat id, message id and order that were ever given."""
        given = dict(self._database.read("SELECT name, seq FROM sqlite_sequence"))
        ((order,),) = self._database.read("SELECT coalesce(max(used_order), 0) FROM chat")
        return given.get("chat", 0), given.get("message", 0), order

    def put_info(self, info: ChatInfo) -> None:
        """Keep what is known of a chat, new or changed."""
        with self._database.writing() as connection:
            _put_info(connection, info)

    def put(self, info: ChatInfo, *messages: ChatMessage) -> None:
        """Keep messages of a chat, new or changed, and what is known of it, in one go."""
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
                    "AND NOT is_indexed",
                    (parts, facts, message.message_id),
                )

    def add(self, chats: Iterable[KeptChat]) -> None:
        """Keep whole chats that are new, all of them or none."""
        with self._database.writing() as connection:
            for chat in chats:
                _put_info(connection, chat.info)
                for message in chat.messages:
                    _put_message(connection, chat.info.chat_id, message)

    def delete(self, chat_ids: Iterable[int]) -> None:
        """Take chats out of the file with everything in them; see also `forget_deleted`."""
        chat_ids = list(chat_ids)
        contents: set[str] = set()
        with self._database.writing() as connection:
            for chat_id in chat_ids:
                contents |= _contents_of(connection, "message.chat_id = ?", chat_id)
                contents |= _draft_contents(connection, chat_id)
                _delete_messages(connection, "chat_id = ?", chat_id)
                connection.execute("DELETE FROM chat WHERE chat_id = ?", (chat_id,))
            unused = _unused(connection, contents)
        self._files.delete(unused)

    def delete_messages(self, message_ids: Iterable[int]) -> None:
        """Take messages out of the file with what was attached to them."""
        contents: set[str] = set()
        with self._database.writing() as connection:
            for message_id in message_ids:
                contents |= _contents_of(connection, "message_id = ?", message_id)
                _delete_messages(connection, "message_id = ?", message_id)
            unused = _unused(connection, contents)
        self._files.delete(unused)

    def end_interrupted(self) -> None:
        """Tell what an earlier run left in the middle: it will not go on by itself."""
        rows = self._database.read(
            f"SELECT chat_id, {MESSAGE_COLUMNS} FROM message WHERE state IN ('queued', 'working')"  # noqa: S608
        )
        if not rows:
            return
        with self._database.writing() as connection:
            # An answer first: whether its question was answered depends on what there is of it.
            for chat_id, *columns in sorted(rows, key=lambda row: -row[1]):
                _end(connection, chat_id, message_of(tuple(columns)))

    def find(self, typed: str, *, most: int = 100) -> list[Hit]:
        """The newest messages that have all the words of what was typed."""
        return find(self._database.connection, typed, most)

    def drafts(self) -> dict[int, Draft]:
        """What is written and not sent, by chat."""
        attachments: dict[int, list[Attachment]] = {}
        for chat_id, sha256, facts in self._database.read(
            "SELECT chat_id, sha256, facts FROM draft_attachment ORDER BY chat_id, position"
        ):
            path = str(self._files.path(sha256))
            attachments.setdefault(chat_id, []).append(attachment_of(facts, path))
        return {
            chat_id: msgspec.convert(
                {"text": text, "effort": effort, "attachments": attachments.get(chat_id, ())},
                Draft,
            )
            for chat_id, text, effort in self._database.read(
                "SELECT chat_id, text, effort FROM draft"
            )
        }

    def put_draft(self, info: ChatInfo, draft: Draft) -> None:
        """Keep what is being written in a chat; an empty draft is forgotten."""
        chat_id = info.chat_id
        with self._database.writing(is_durable=False) as connection:
            connection.execute("DELETE FROM draft WHERE chat_id = ?", (chat_id,))
            if not draft:
                return
            _put_info(connection, info)
            connection.execute(
                "INSERT INTO draft VALUES (?, ?, ?)", (chat_id, draft.text, draft.effort)
            )
            connection.executemany(
                "INSERT INTO draft_attachment VALUES (?, ?, ?, ?, ?)",
                [(chat_id, i, *attachment_row(a)) for i, a in enumerate(draft.attachments)],
            )

    def sweep_files(self) -> None:
        """Delete contents that nothing refers to, as a crash between two steps leaves them."""
        self._files.clear_parts()
        self._files.delete(_unused(self._database.connection, self._files.all()))


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
    is_indexed = message.state not in _AT_WORK
    connection.execute(
        f"INSERT OR REPLACE INTO message (chat_id, is_indexed, {MESSAGE_COLUMNS}) "  # noqa: S608
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (chat_id, is_indexed, *message_row(message)),
    )
    connection.executemany(
        "INSERT INTO attachment VALUES (?, ?, ?, ?, ?)",
        [(message.message_id, i, *attachment_row(a)) for i, a in enumerate(message.attachments)],
    )
    if is_indexed:
        index_message(connection, message)


def _delete_messages(connection: sqlite3.Connection, condition: str, value: int) -> None:
    rows = connection.execute(f"SELECT message_id FROM message WHERE {condition}", (value,))  # noqa: S608
    for (message_id,) in rows.fetchall():
        _take_out(connection, message_id)
        connection.execute("DELETE FROM message WHERE message_id = ?", (message_id,))


def _take_out(connection: sqlite3.Connection, message_id: int) -> None:
    """Take what stands beside a message's row out: its words in the index, its attachments."""
    old = connection.execute(
        f"SELECT is_indexed, {MESSAGE_COLUMNS} FROM message WHERE message_id = ?",  # noqa: S608
        (message_id,),
    ).fetchone()
    if old is None:
        return
    if old[0]:
        unindex_message(connection, with_attachments(connection, old[1:]))
    connection.execute("DELETE FROM attachment WHERE message_id = ?", (message_id,))


def _end(connection: sqlite3.Connection, chat_id: int, message: ChatMessage) -> None:
    """Say of one message how it ended when the program did."""
    if message.role is Role.USER:
        (answers,) = connection.execute(
            "SELECT count(*) FROM message WHERE parent_id = ?", (message.message_id,)
        ).fetchone()
        whole = with_attachments(connection, message_row(message))
        state = MessageState.DONE if answers else MessageState.UNANSWERED
        _put_message(connection, chat_id, msgspec.structs.replace(whole, state=state))
    elif message.parts:
        *before, last = message.parts
        if isinstance(last, ThoughtPart):
            last = msgspec.structs.replace(last, closed=False)
        ended = msgspec.structs.replace(
            message, state=MessageState.INTERRUPTED, parts=(*before, last)
        )
        _put_message(connection, chat_id, ended)
    else:
        _delete_messages(connection, "message_id = ?", message.message_id)
        connection.execute(
            "UPDATE chat SET leaf_id = ? WHERE chat_id = ? AND leaf_id = ?",
            (message.parent_id, chat_id, message.message_id),
        )


def _contents_of(connection: sqlite3.Connection, condition: str, value: int) -> set[str]:
    rows = connection.execute(
        "SELECT sha256 FROM attachment JOIN message USING (message_id) "  # noqa: S608
        f"WHERE {condition}",
        (value,),
    )
    return {sha256 for (sha256,) in rows}


def _draft_contents(connection: sqlite3.Connection, chat_id: int) -> set[str]:
    rows = connection.execute("SELECT sha256 FROM draft_attachment WHERE chat_id = ?", (chat_id,))
    return {sha256 for (sha256,) in rows}


def _unused(connection: sqlite3.Connection, contents: Iterable[str]) -> list[str]:
    """Which contents no message and no draft has."""
    return [
        sha256
        for sha256 in contents
        if not connection.execute(
            "SELECT EXISTS (SELECT 1 FROM attachment WHERE sha256 = :sha) "
            "OR EXISTS (SELECT 1 FROM draft_attachment WHERE sha256 = :sha)",
            {"sha": sha256},
        ).fetchone()[0]
    ]
