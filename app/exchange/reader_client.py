"""The parent's end: one throw-away process per file or folder with chats, one at a time.

All methods and callbacks of `ChatReader` belong to one thread, the owner's, as they do in
`app.pipe.client`. What a process sends is checked on its reader thread, which waits for the owner:
a process that reads faster than the owner takes is held up by its pipe.
"""

import collections
import contextlib
import os
import pathlib
import signal
import threading
from collections.abc import Callable

import msgspec

from app.domain.attachments import Attachment, PictureAttachment
from app.domain.chat import PicturePart, Role
from app.domain.errors import (
    Cancelled,
    ChatReaderCrashed,
    ChatReaderMissing,
    ChatReaderTooSlow,
    error_from_code,
)
from app.domain.kept_chat import ChatMessage, KeptChat
from app.domain.undecodable import UNDECODABLE
from app.domain.well_formed import as_text
from app.exchange.reader_protocol import (
    COPY_NAMES,
    MAX_LINE_BYTES,
    ChatFound,
    ChatsRead,
    ReadChats,
    Reply,
)
from app.pipe.child import Child, Outcome
from app.pipe.client import Post
from app.pipe.command import worker_command
from app.pipe.messages import Failed
from app.pipe.once import REQUEST_ID
from app.pipe.timers import Timers

_ROLE = "--chat-reader"
# Without a sign of life; cutting a file of a gigabyte takes seconds, and disks may be slow.
_SILENCE_S = 60.0
_CLOSE_S = 3.0
# Chats that the owner has not taken yet; each may be as large as a line.
_MOST_UNTAKEN = 4
# How a process ends that used up its processor time; Windows has no such limit.
_OUT_OF_TIME_CODE = -getattr(signal, "SIGXCPU", 1 << 30)

End = ChatsRead | Exception
OnChat = Callable[[KeptChat], None]
OnEnd = Callable[[End], None]


class _Waiting(msgspec.Struct, frozen=True):
    path: pathlib.Path
    folder: pathlib.Path
    on_chat: OnChat
    on_end: OnEnd

    @property
    def name(self) -> str:
        """For the sentences of errors."""
        return as_text(self.path.name) or as_text(str(self.path))


class _Running:
    """`end` is written on the reader thread, before the process is reported gone."""

    def __init__(self, waiting: _Waiting) -> None:
        self.waiting = waiting
        self.child: Child | None = None
        self.end: End | None = None
        self.is_late = False
        self.closed = threading.Event()
        self.untaken = threading.Semaphore(_MOST_UNTAKEN)


class ChatReader:
    """Reads chats of other programs, and of ours, without making anybody wait."""

    def __init__(self, *, post: Post) -> None:
        self._post = post
        self._timers = Timers("chat-reader-timers")
        self._waiting: collections.deque[_Waiting] = collections.deque()
        self._running: _Running | None = None
        self._is_held = False
        self._held = 0  # chats that were handed over since

    def read(
        self, path: pathlib.Path, folder: pathlib.Path, *, on_chat: OnChat, on_end: OnEnd
    ) -> None:
        """Read a file or a folder as soon as those before it are done.

        Args:
            path: What the person chose.
            folder: Private and there; gets attachments that are too large for memory, each under
                the SHA-256 of its content.
            on_chat: Called with every chat; what was read before an error stays read.
            on_end: Called once: what became of all, or the exception that ended it.
        """
        self._waiting.append(_Waiting(path, folder, on_chat, on_end))
        if self._running is None:
            self._start_next()

    def hold(self) -> None:
        """Take no more than a few chats until `go_on`: those before are not dealt with yet."""
        self._is_held = True

    def go_on(self) -> None:
        """Take chats again."""
        held, self._held, self._is_held = self._held, 0, False
        if self._running and held:
            self._running.untaken.release(held)

    def cancel(self) -> None:
        """End what is running and what is waiting; each ends with `Cancelled`.

        No chat comes after this.
        """
        waiting = list(self._waiting)
        self._waiting.clear()
        if self._running and self._running.end is None:
            self._running.end = Cancelled()
            self._kill(self._running)
        for each in waiting:
            self._post(lambda each=each: each.on_end(Cancelled()))  # type: ignore[misc]

    def close(self) -> None:
        """End what is running and forget what is waiting. No ends are reported."""
        self._waiting.clear()
        self._timers.close()
        running, self._running = self._running, None
        if running and running.child:
            self._kill(running)
            running.child.wait(_CLOSE_S)

    def _kill(self, running: _Running) -> None:
        if running.child:
            running.closed.set()
            running.untaken.release(_MOST_UNTAKEN)
            running.child.kill()

    def _start_next(self) -> None:
        if not self._waiting:
            return
        waiting = self._waiting.popleft()
        self._running = running = _Running(waiting)
        child = Child(
            worker_command(_ROLE),
            name="chat-reader",
            environment={},
            max_line_bytes=MAX_LINE_BYTES,
            on_line=lambda line: self._take(running, line),
            on_exit=lambda outcome: self._exited(running, outcome),
        )
        job = ReadChats(
            request_id=REQUEST_ID,
            name=waiting.name,
            path=os.fsencode(waiting.path),
            folder=os.fsencode(waiting.folder),
        )
        try:
            child.start()
        except OSError as error:
            missing = ChatReaderMissing(reason=error.strerror or type(error).__name__)
            self._post(lambda: self._end(running, missing))
            return
        running.child = child
        child.send(msgspec.json.encode(job))
        self._wait_for_sign(running)

    def _wait_for_sign(self, running: _Running) -> None:
        self._timers.set(
            "silence", _SILENCE_S, lambda: self._post(lambda: self._too_silent(running))
        )

    def _take(self, running: _Running, line: bytes) -> None:
        """Look at what the process said; runs on the reader thread."""
        if running.end or running.closed.is_set():
            return
        reply = _checked(line, running.waiting.folder)
        if isinstance(reply, ChatFound):
            # While the owner is busy nobody can expect a sign of the process.
            self._timers.clear("silence")
            running.untaken.acquire()
            if running.closed.is_set():
                return
            chat = reply.chat
            self._post(lambda: self._hand_over(running, chat))
        elif isinstance(reply, ChatsRead):
            running.end = reply
        elif isinstance(reply, Failed):
            running.end = _failure(reply, running.waiting.name)
        elif reply is None:
            running.end = ChatReaderCrashed(
                name=running.waiting.name, reason="it broke the protocol"
            )
        self._wait_for_sign(running)

    def _hand_over(self, running: _Running, chat: KeptChat) -> None:
        try:
            if running is self._running and not running.closed.is_set():
                running.waiting.on_chat(chat)
        finally:
            if self._is_held:
                self._held += 1
            else:
                running.untaken.release()

    def _exited(self, running: _Running, outcome: Outcome) -> None:
        """The process is gone and reaped; runs on the reader thread."""
        for name in COPY_NAMES:
            with contextlib.suppress(OSError):
                (running.waiting.folder / name).unlink()
        self._post(lambda: self._end(running, running.end or _death(running, outcome)))

    def _too_silent(self, running: _Running) -> None:
        if running is self._running and running.child:
            running.is_late = True
            running.child.kill()

    def _end(self, running: _Running, end: End) -> None:
        if running is not self._running:
            return  # `close` ended it
        self._timers.clear("silence")
        self._running = None
        self._held, self._is_held = 0, False
        running.waiting.on_end(end)
        if self._running is None:
            self._start_next()


def _checked(line: bytes, folder: pathlib.Path) -> Reply | None:
    """What was said; None where a file may have taken the process over."""
    try:
        reply: Reply = msgspec.json.decode(line, type=Reply)
    except UNDECODABLE:
        return None
    if isinstance(reply, ChatFound) and not _is_plausible(reply.chat, folder):
        return None
    return reply


def _is_plausible(chat: KeptChat, folder: pathlib.Path) -> bool:
    """Whether everything hangs together, and no file is named but those that were asked for."""
    seen: set[int | None] = {None}
    for message in chat.messages:
        if message.message_id in seen or message.parent_id not in seen:
            return False
        seen.add(message.message_id)
    return (
        chat.info.leaf_id is not None
        and chat.info.leaf_id in seen
        and chat.info.reads_after in seen
        and not chat.info.settings.model_path
        and all(_is_plain(message, folder) for message in chat.messages)
    )


def _is_plain(message: ChatMessage, folder: pathlib.Path) -> bool:
    return (
        message.role in (Role.USER, Role.ASSISTANT)
        and not any(isinstance(part, PicturePart) for part in message.parts)
        and all(_is_ours(attachment, folder) for attachment in message.attachments)
    )


def _is_ours(attachment: Attachment, folder: pathlib.Path) -> bool:
    if isinstance(attachment, PictureAttachment) and attachment.picture:
        return False
    path, sha256 = attachment.source.path, attachment.source.sha256
    return not path or (sha256.isalnum() and path == str(folder / sha256))


def _failure(failed: Failed, name: str) -> Exception:
    try:
        return error_from_code(failed.code, failed.facts, failed.detail)
    except ValueError:  # facts that do not belong to the error's sentence
        return ChatReaderCrashed(name=name, reason="it broke the protocol")


def _death(running: _Running, outcome: Outcome) -> Exception:
    name, detail = running.waiting.name, "\n".join(outcome.last_words)
    if running.is_late or outcome.exit_code == _OUT_OF_TIME_CODE:
        return ChatReaderTooSlow(name=name, detail=detail)
    return ChatReaderCrashed(name=name, reason=outcome.reason, detail=detail)
