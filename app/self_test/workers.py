"""The other processes: each starts and does a little of what it is for."""

import hashlib
import pathlib
import struct
import zlib
from collections.abc import Callable

from app.catalog.header_client import read_header
from app.domain.attachments import Source
from app.domain.chat import Role, TextPart
from app.domain.kept_chat import ChatInfo, ChatMessage, KeptChat, MessageState
from app.domain.package_data import package_file
from app.domain.picture_grid import PictureGrid
from app.downloads.client import DownloadClient
from app.downloads.protocol import Hashed
from app.exchange.reader_client import ChatReader
from app.exchange.reader_client import End as ReadEnd
from app.exchange.writer_client import write_chats
from app.exchange.writer_protocol import ExportFormat, WriteOptions
from app.media.client import prepare_picture, read_document
from app.pipe.client import Post
from app.pipe.waiting import wait_for
from app.self_test.trial import Fault, Trial
from app.services.picture_drawing import draw_png

_WORDS = "Cold air from the northwest."
_GRID = PictureGrid(cell_px=14, longest_px=56)
_WRITTEN = "chat"


def headers(trial: Trial) -> str:
    """A model's header is read."""
    header = read_header(trial.model.path)
    return f"{len(header.tensors)} tensors"


def pictures(_trial: Trial) -> str:
    """A picture is decoded."""
    source = Source(name="picture.png", data=_png(20, 10))
    made = prepare_picture(source, _GRID, folder=None)
    return f"{made.format}, {made.original_width_px} × {made.original_height_px} pixels"


def drawing(_trial: Trial) -> str:
    """Our icon is drawn."""
    svg = package_file("resources/icons/cierzo.svg").read_text(encoding="utf-8")
    width_px, height_px = struct.unpack(">II", draw_png(svg, name="picture.png")[16:24])
    return f"PNG, {width_px} × {height_px} pixels"


def exports(trial: Trial) -> str:
    """A chat is written in every format."""
    chat = KeptChat(
        info=ChatInfo(chat_id=1, key="self-test", title="Self-test", leaf_id=2),
        messages=(_message(1, Role.USER), _message(2, Role.ASSISTANT)),
    )
    for kind in ExportFormat:
        write_chats([chat], _file(trial, kind), kind, WriteOptions())
    return ", ".join(kind.value for kind in ExportFormat)


def documents(trial: Trial) -> str:
    """What was written just now is read as documents are."""
    kinds = []
    for kind in (ExportFormat.PDF, ExportFormat.DOCX, ExportFormat.HTML):
        path = _file(trial, kind)
        read = read_document(Source(name=path.name, path=str(path)))
        if not any(_WORDS in " ".join(page.text.split()) for page in read.pages):
            raise Fault(f"What a file of the kind {read.kind} says could not be read.")
        kinds.append(read.kind)
    return ", ".join(kinds)


def imports(trial: Trial) -> str:
    """Our own file is read back."""
    found: list[KeptChat] = []

    def start(post: Post, on_end: Callable[[ReadEnd], None]) -> ChatReader:
        reader = ChatReader(post=post)
        path = _file(trial, ExportFormat.JSON)
        reader.read(path, trial.scratch, on_chat=found.append, on_end=on_end)
        return reader

    read = wait_for(start)
    if [message.text for chat in found for message in chat.messages] != [_WORDS] * 2:
        raise Fault("A chat that was written could not be read back.")
    return read.program


def downloads(trial: Trial) -> str:
    """The process that downloads takes a file's hash; it goes to no network."""
    path = _file(trial, ExportFormat.JSON)

    def start(post: Post, on_end: Callable[[Hashed | Exception], None]) -> DownloadClient:
        client = DownloadClient(post=post)
        client.hash(path, is_urgent=True, on_progress=lambda progress: None, on_end=on_end)
        return client

    if wait_for(start).sha256 != hashlib.sha256(path.read_bytes()).hexdigest():
        raise Fault("A file's hash was computed wrongly.")
    return "a file was hashed"


def _file(trial: Trial, kind: ExportFormat) -> pathlib.Path:
    return trial.scratch / f"{_WRITTEN}{kind.suffix}"


def _message(number: int, role: Role) -> ChatMessage:
    return ChatMessage(
        message_id=number,
        parent_id=number - 1 or None,
        role=role,
        parts=(TextPart(_WORDS),),
        state=MessageState.DONE,
    )


def _png(width_px: int, height_px: int) -> bytes:
    """A grey picture."""
    size = struct.pack(">IIBBBBB", width_px, height_px, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width_px) * height_px)
    return b"\x89PNG\r\n\x1a\n" + _part(b"IHDR", size) + _part(b"IDAT", rows) + _part(b"IEND", b"")


def _part(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
