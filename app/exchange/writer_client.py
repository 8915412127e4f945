"""The parent's end: one throw-away process per export, in the order in which they were asked for.

All methods and callbacks of `ChatWriter` belong to one thread, the owner's. The chats are taken
from their iterable on a thread of their own, one when the process asks for it: however many there
are, no more than one is in memory here.
"""

import collections
import contextlib
import datetime as dt
import os
import pathlib
import queue
import secrets
import shutil
import threading
from collections.abc import Callable, Iterable

import msgspec

from app.domain.attachments import PictureAttachment
from app.domain.errors import (
    Cancelled,
    ExporterMissing,
    ExportFailed,
    error_from_code,
)
from app.domain.kept_chat import ChatMessage, KeptChat
from app.domain.undecodable import UNDECODABLE
from app.domain.well_formed import as_text, builtins_as_text
from app.exchange.writer_protocol import (
    MAX_REPLY_BYTES,
    ChatLine,
    ExportFormat,
    FromWriter,
    NextChat,
    NoMoreChats,
    WriteJob,
    WriteOptions,
    Written,
)
from app.pipe.child import Child, Outcome
from app.pipe.client import Post
from app.pipe.command import worker_command
from app.pipe.messages import Failed, Progress
from app.pipe.once import REQUEST_ID
from app.pipe.timers import Timers
from app.pipe.waiting import wait_for

_ROLE = "--chat-writer"
# The process tells of every message; the longest of them take some seconds as a PDF.
_SILENCE_S = 90.0
_CLOSE_S = 3.0


class WrittenFiles(msgspec.Struct, frozen=True, kw_only=True):
    """What an export made.

    Attributes:
        target: The file, or the folder.
        files: How many.
        names: Of the files in a folder, in the order of the chats; at most a thousand.
    """

    target: pathlib.Path
    files: int
    names: tuple[str, ...]


End = WrittenFiles | Exception
OnEnd = Callable[[End], None]
OnProgress = Callable[[int], None]


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    chats: Iterable[KeptChat]
    target: pathlib.Path
    is_folder: bool
    format: ExportFormat
    options: WriteOptions
    on_end: OnEnd
    on_progress: OnProgress

    @property
    def name(self) -> str:
        """Of the target, for sentences."""
        return as_text(self.target.name)


class _Running:
    """One export; `end` is written before the process is reported gone, the first one counts."""

    def __init__(self, wanted: _Wanted) -> None:
        self.wanted = wanted
        folder = wanted.target if wanted.is_folder else wanted.target.parent
        self.staging = folder / f".cierzo-{secrets.token_hex(6)}.part"
        self.requests: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self.child: Child | None = None
        self.end: End | None = None


class ChatWriter:
    """Writes chats to files without making anybody wait."""

    def __init__(self, *, post: Post) -> None:
        self._post = post
        self._timers = Timers("chat-writer-timers")
        self._waiting: collections.deque[_Wanted] = collections.deque()
        self._running: _Running | None = None

    def write(
        self,
        chats: Iterable[KeptChat],
        target: pathlib.Path,
        format: ExportFormat,  # noqa: A002 - what a file has
        options: WriteOptions,
        on_end: OnEnd,
        *,
        is_folder: bool = False,
        on_progress: OnProgress = lambda messages: None,
    ) -> None:
        """Write chats as soon as the exports before them are done.

        Args:
            chats: Iterated once, on another thread; what it raises is the end.
            target: A file, which is replaced when the new one is whole, and never before; or a
                folder that exists, in which nothing is replaced.
            format: Of the files, whatever their names are.
            options: What goes into them.
            on_end: Called once: what was written, or the exception that ended it.
            is_folder: The target is a folder; every chat gets a file named after its title.
            on_progress: Called with the number of messages written so far.
        """
        self._waiting.append(
            _Wanted(
                chats=chats,
                target=target,
                is_folder=is_folder,
                format=format,
                options=options,
                on_end=on_end,
                on_progress=on_progress,
            )
        )
        if self._running is None:
            self._start_next()

    def cancel(self) -> None:
        """End what is running and what is waiting; each ends with `Cancelled`, no file is left."""
        waiting = list(self._waiting)
        self._waiting.clear()
        if self._running:
            self._kill(self._running, Cancelled())
        for wanted in waiting:
            self._post(lambda wanted=wanted: wanted.on_end(Cancelled()))  # type: ignore[misc]

    def close(self) -> None:
        """End what is running and forget what is waiting. No ends are reported."""
        self._waiting.clear()
        self._timers.close()
        running, self._running = self._running, None
        if running and running.child:
            running.child.kill()
            running.child.wait(_CLOSE_S)

    def _start_next(self) -> None:
        if not self._waiting:
            return
        running = _Running(self._waiting.popleft())
        self._running = running
        child = Child(
            worker_command(_ROLE),
            name="chat-writer",
            environment={},
            max_line_bytes=MAX_REPLY_BYTES,
            on_line=lambda line: self._take(running, line),
            on_exit=lambda outcome: self._exited(running, outcome),
        )
        try:
            child.start()
        except OSError as error:
            running.end = ExporterMissing(reason=error.strerror or type(error).__name__)
            self._post(lambda: self._end(running))
            return
        running.child = child
        child.send(msgspec.json.encode(_job(running)))
        self._expect_life(running)
        threading.Thread(
            target=self._send_chats, args=(running, child), name="chat-sender", daemon=True
        ).start()

    def _send_chats(self, running: _Running, child: Child) -> None:
        """Runs on a thread of its own, until all is sent or the process is gone."""
        chats = iter(running.wanted.chats)
        while running.requests.get():
            try:
                chat = next(chats, None)
                line = _line(ChatLine(chat=_lean(chat)) if chat else NoMoreChats())
            except Exception as error:  # noqa: BLE001 - whatever a store raises is the owner's
                self._kill(running, error)
                return
            child.send(line)
            self._expect_life(running)

    def _take(self, running: _Running, line: bytes) -> None:
        """Runs on the reader thread."""
        name = running.wanted.name
        end: End | None = None
        try:
            said = msgspec.json.decode(line, type=FromWriter)
            if isinstance(said, Failed):
                end = error_from_code(said.code, said.facts, said.detail)
        except UNDECODABLE:
            # Or facts that do not belong to the error's sentence. No detail, because the decoder
            # quotes what it could not read.
            self._kill(running, ExportFailed(name=name, reason="it broke the protocol"))
            return
        if isinstance(said, NextChat):
            self._timers.clear(running)  # it waits for us now
            running.requests.put(True)
        elif isinstance(said, Progress):
            self._expect_life(running)
            self._post(lambda: self._progress(running, said.done))
        elif isinstance(said, Written):
            target = running.wanted.target
            end = WrittenFiles(target=target, files=said.files, names=said.names)
        running.end = running.end or end

    def _progress(self, running: _Running, messages: int) -> None:
        if running is self._running:
            running.wanted.on_progress(messages)

    def _exited(self, running: _Running, outcome: Outcome) -> None:
        """The process is gone and reaped; runs on the reader thread."""
        running.requests.put(False)
        _remove(running.staging)
        running.end = running.end or ExportFailed(
            name=running.wanted.name, reason=outcome.reason, detail="\n".join(outcome.last_words)
        )
        self._post(lambda: self._end(running))

    def _end(self, running: _Running) -> None:
        if running is not self._running:
            return  # `close` ended it
        assert running.end
        self._timers.clear(running)
        self._running = None
        running.wanted.on_end(running.end)
        if self._running is None:
            self._start_next()

    def _expect_life(self, running: _Running) -> None:
        """Kill the process if nothing is heard of it in that time; from any thread."""
        silent = ExportFailed(name=running.wanted.name, reason="it stopped answering")
        self._timers.set(running, _SILENCE_S, lambda: self._kill(running, silent))

    def _kill(self, running: _Running, blame: Exception) -> None:
        """End the process of an export that has no end yet; from any thread."""
        if running.end is None and running.child:
            running.end = blame
            running.child.kill()


def write_chats(
    chats: Iterable[KeptChat],
    target: pathlib.Path,
    format: ExportFormat,  # noqa: A002 - what a file has
    options: WriteOptions,
    *,
    is_folder: bool = False,
) -> WrittenFiles:
    """Write chats and wait for it; the arguments are those of `ChatWriter.write`.

    Args:
        chats: As there.
        target: As there.
        format: As there.
        options: As there.
        is_folder: As there.

    Raises:
        ExportError: There is no file.
    """

    def start(post: Post, on_end: OnEnd) -> ChatWriter:
        writer = ChatWriter(post=post)
        writer.write(chats, target, format, options, on_end, is_folder=is_folder)
        return writer

    return wait_for(start)


def _job(running: _Running) -> WriteJob:
    wanted = running.wanted
    return WriteJob(
        request_id=REQUEST_ID,
        target=os.fsencode(wanted.target),
        staging=os.fsencode(running.staging),
        name=wanted.name,
        is_folder=wanted.is_folder,
        format=wanted.format,
        options=wanted.options,
        exported_ms=round(dt.datetime.now(dt.UTC).timestamp() * 1000),
    )


def _line(message: ChatLine | NoMoreChats) -> bytes:
    try:
        return msgspec.json.encode(message)
    except UnicodeEncodeError:  # half of a surrogate pair
        return msgspec.json.encode(builtins_as_text(msgspec.to_builtins(message)))


def _lean(chat: KeptChat) -> KeptChat:
    """Leave out pixels: the process makes its own pictures of what they came from."""
    return msgspec.structs.replace(chat, messages=tuple(_lean_message(m) for m in chat.messages))


def _lean_message(message: ChatMessage) -> ChatMessage:
    if not message.attachments:
        return message
    return msgspec.structs.replace(
        message,
        attachments=tuple(
            msgspec.structs.replace(attachment, picture=None, grid=None, thumbnail_png=b"")
            if isinstance(attachment, PictureAttachment)
            else attachment
            for attachment in message.attachments
        ),
    )


def _remove(staging: pathlib.Path) -> None:
    """Remove what an ended process left of a file or a folder of files."""
    with contextlib.suppress(OSError):
        if staging.is_dir():
            shutil.rmtree(staging, ignore_errors=True)
        else:
            staging.unlink(missing_ok=True)
