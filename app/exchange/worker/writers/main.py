"""The process that writes chats to files: one job, then it is gone."""

import os
import pathlib
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Protocol

import msgspec

from app.domain.errors import ExporterMissing, ExportFailed, ExportRefused
from app.domain.export_refusal import export_refusal
from app.domain.kept_chat import KeptChat
from app.domain.package_data import package_file
from app.domain.reports import frames_of
from app.exchange.worker.writers.staging import StagedFile, StagedFolder
from app.exchange.writer_protocol import (
    STAGE_WRITING,
    ChatLine,
    ExportFormat,
    FromParent,
    NextChat,
    WriteJob,
    Written,
)
from app.pipe.channel import Channel
from app.pipe.limits import limit_memory
from app.pipe.lines import LineBuffer
from app.pipe.messages import Progress
from app.pipe.once import REQUEST_ID, read_chunk
from app.pipe.sandbox import become_worker
from app.pipe.silence import stay_silent

# A chat is one line, with all that private chats keep in memory.
_MAX_LINE_BYTES = 2 << 30
_ADDRESS_SPACE_BYTES = 6 << 30
_REPORT_S = 0.25
_MOST_NAMES = 1000


class Writer(Protocol):
    """Writes chats into one open file."""

    def add(self, chat: KeptChat) -> None:
        """Write one more chat."""

    def finish(self) -> None:
        """Write what ends the file."""


OpenWriter = Callable[[BinaryIO], Writer]


def run() -> int:
    """Read a job and chats from stdin, answer on what was stdout; returns the exit code."""
    become_worker()
    stay_silent(is_throw_away=True)
    limit_memory(_ADDRESS_SPACE_BYTES)
    channel = Channel(FromParent)
    lines = _lines()
    try:
        job = next(lines)
        assert isinstance(job, WriteJob)
        channel.send(_write(job, _chats(lines, channel), channel))
    except Exception as error:  # noqa: BLE001 - the one place that turns bugs into reports
        channel.send_failure(REQUEST_ID, error)
    return 0


class _Pulse:
    """Tells the parent that the work goes on, a few times a second at most."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._turns = 0
        self._next_s = 0.0

    def __call__(self) -> None:
        self._turns += 1
        now_s = time.monotonic()
        if now_s >= self._next_s:
            self._next_s = now_s + _REPORT_S
            self._channel.send(
                Progress(request_id=REQUEST_ID, stage=STAGE_WRITING, done=self._turns, total=0)
            )


def _write(job: WriteJob, chats: Iterator[KeptChat], channel: Channel) -> Written:
    try:
        open_writer = _writer(job, _Pulse(channel))
    except (ImportError, OSError) as error:  # a broken installation
        raise ExporterMissing(reason="a part is missing", detail=frames_of(error)) from None
    if b"\0" in job.target:
        raise ExportRefused(name=job.name, reason="its name is invalid")
    target = pathlib.Path(os.fsdecode(job.target))
    staging = pathlib.Path(os.fsdecode(job.staging))
    try:
        if job.is_folder:
            return _write_each(StagedFolder(target, staging), job, chats, open_writer)
        with StagedFile(target, staging).open() as file:
            writer = open_writer(file)
            for chat in chats:
                writer.add(chat)
            writer.finish()
    except OSError as error:
        raise export_refusal(error, job.name) from None
    except MemoryError:
        raise ExportFailed(name=job.name, reason="it is too large for the memory") from None
    return Written(request_id=REQUEST_ID, files=1)


def _write_each(
    folder: StagedFolder, job: WriteJob, chats: Iterator[KeptChat], open_writer: OpenWriter
) -> Written:
    from app.exchange.worker.writers.turns import title_of

    with folder:
        for chat in chats:
            with folder.open(title_of(chat, job.options.words), job.format.suffix) as file:
                writer = open_writer(file)
                writer.add(chat)
                writer.finish()
        names = folder.publish()
    return Written(request_id=REQUEST_ID, files=len(names), names=tuple(names[:_MOST_NAMES]))


def _writer(job: WriteJob, pulse: Callable[[], None]) -> OpenWriter:
    """Load what the format takes, and nothing else."""
    from app.exchange.worker.writers.pictures import load_decoders

    load_decoders()
    options = job.options
    match job.format:
        case ExportFormat.JSON:
            from app.exchange.worker.writers.json_file import JsonWriter

            return lambda file: JsonWriter(file, options, pulse, exported_ms=job.exported_ms)
        case ExportFormat.MARKDOWN:
            from app.exchange.worker.writers.markdown_file import MarkdownWriter

            return lambda file: MarkdownWriter(file, options, pulse)
        case ExportFormat.HTML:
            from app.exchange.worker.writers.html_file import HtmlWriter

            style = package_file("resources/export/chat.css").read_text(encoding="utf-8")
            return lambda file: HtmlWriter(file, options, pulse, style=style)
        case ExportFormat.DOCX:
            from app.exchange.worker.writers.docx.package import load_parts
            from app.exchange.worker.writers.docx.writer import DocxWriter

            parts = load_parts()
            return lambda file: DocxWriter(file, options, pulse, parts)
        case ExportFormat.PDF:
            from app.exchange.worker.writers.pdf.fonts import Fonts
            from app.exchange.worker.writers.pdf.writer import PdfWriter

            fonts = Fonts()
            return lambda file: PdfWriter(file, options, pulse, fonts)


def _lines() -> Iterator[Any]:
    """Yield what the parent says; the process ends where the parent is gone."""
    decoder = msgspec.json.Decoder(FromParent)
    buffer = LineBuffer(_MAX_LINE_BYTES)
    while True:
        for line in buffer.feed(read_chunk()):
            yield decoder.decode(line)


def _chats(lines: Iterator[Any], channel: Channel) -> Iterator[KeptChat]:
    """Ask for one chat after the other."""
    while True:
        channel.send(NextChat(request_id=REQUEST_ID))
        said = next(lines)
        if not isinstance(said, ChatLine):
            return
        yield said.chat
