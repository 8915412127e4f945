"""The parent's end: one throw-away process per picture, in the order in which they came.

All methods and callbacks of `PictureReader` belong to one thread, the owner's, as they do in
`app.pipe.client`. What a process sends is checked and written to the disk on its reader thread.
"""

import collections
import hashlib
import os
import pathlib
import queue
import signal
from collections.abc import Callable

import msgspec

from app.domain.atomic_file import write_atomically
from app.domain.attachments import Source
from app.domain.chat import Picture
from app.domain.errors import (
    FolderUnwritable,
    PictureCrashed,
    PictureEmpty,
    PictureFileTooLarge,
    PictureReaderMissing,
    PictureTooSlow,
    error_from_code,
)
from app.domain.picture_grid import PictureGrid
from app.media.protocol import MAX_SOURCE_BYTES, Job, Prepared, Reply
from app.pipe.child import Child, Outcome
from app.pipe.client import Post
from app.pipe.command import worker_command
from app.pipe.messages import Failed
from app.pipe.once import REQUEST_ID
from app.pipe.timers import Timers

_ROLE = "--media-worker"
# From the start of the process; it may compute for 5 s of it. The rest is for slow disks and
# busy machines.
_LIMIT_S = 20.0
_CLOSE_S = 3.0
_MAX_THUMBNAIL_BYTES = 1 << 20
# How a process ends that used up its processor time; Windows has no such limit.
_OUT_OF_TIME_CODE = -getattr(signal, "SIGXCPU", 1 << 30)


class PreparedPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture for the model, and what to show of it.

    Attributes:
        original_width_px: Of the upright picture before it was scaled, as is the height.
        format: Of the file, e.g. ``JPEG``.
        thumbnail_png: At most 256 pixels in either direction.
    """

    picture: Picture
    original_width_px: int
    original_height_px: int
    format: str
    thumbnail_png: bytes


End = PreparedPicture | Exception
OnEnd = Callable[[End], None]


class _Waiting(msgspec.Struct, frozen=True):
    source: Source
    grid: PictureGrid
    folder: pathlib.Path | None
    on_end: OnEnd


class _Running(msgspec.Struct):
    """`end` is written on the reader thread, before the process is reported gone."""

    waiting: _Waiting
    child: Child | None = None
    end: End | None = None
    is_late: bool = False


class PictureReader:
    """Opens pictures without making anybody wait."""

    def __init__(self, *, post: Post) -> None:
        self._post = post
        self._timers = Timers("media-timers")
        self._waiting: collections.deque[_Waiting] = collections.deque()
        self._running: _Running | None = None

    def start(
        self,
        source: Source,
        grid: PictureGrid,
        *,
        longest_px: int | None = None,
        folder: pathlib.Path | None,
        on_end: OnEnd,
    ) -> None:
        """Open a picture as soon as those before it are done.

        Args:
            source: A file, or the content of one.
            grid: What the model makes of pictures.
            longest_px: A lower limit than the grid's, see `Detail`; it is rounded down to whole
                cells.
            folder: Gets the pixels as a private file; None keeps them in memory.
            on_end: Called once: the picture, or the exception that ended it.
        """
        self._waiting.append(_Waiting(source, _limited(grid, longest_px), folder, on_end))
        if self._running is None:
            self._start_next()

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
        waiting = self._waiting.popleft()
        self._running = running = _Running(waiting)
        source = waiting.source
        job = Job(
            request_id=REQUEST_ID,
            name=source.name.encode("utf-8", "replace").decode(),
            path=os.fsencode(source.path),
            data_bytes=len(source.data),
            grid=waiting.grid,
        )
        if not source.path and (refusal := _refuse(source)):
            self._post(lambda: self._end(running, refusal))
            return
        child = Child(
            worker_command(_ROLE),
            name="media",
            environment={},
            max_line_bytes=_max_reply_bytes(waiting.grid),
            on_line=lambda line: _take(running, line),
            on_exit=lambda outcome: self._post(lambda: self._ended(running, outcome)),
        )
        try:
            child.start()
        except OSError as error:
            missing = PictureReaderMissing(reason=_reason(error))
            self._post(lambda: self._end(running, missing))
            return
        running.child = child
        child.send(msgspec.json.encode(job))
        if source.data:
            child.send(source.data)
        self._timers.set("limit", _LIMIT_S, lambda: self._post(lambda: self._kill(running)))

    def _kill(self, running: _Running) -> None:
        if running is self._running and running.child:
            running.is_late = True
            running.child.kill()

    def _ended(self, running: _Running, outcome: Outcome) -> None:
        """The process is gone and reaped."""
        self._end(running, running.end or _death(running, outcome))

    def _end(self, running: _Running, end: End) -> None:
        if running is not self._running:
            return  # `close` ended it
        self._timers.clear("limit")
        self._running = None
        running.waiting.on_end(end)
        if self._running is None:
            self._start_next()


def prepare_picture(
    source: Source,
    grid: PictureGrid,
    *,
    longest_px: int | None = None,
    folder: pathlib.Path | None,
) -> PreparedPicture:
    """Open a picture and wait for it; the arguments are those of `PictureReader.start`.

    Raises:
        PictureError: It cannot be opened.
        FolderUnwritable: Its pixels cannot be kept.
    """
    posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    ends: list[End] = []
    reader = PictureReader(post=posted.put)
    try:
        reader.start(source, grid, longest_px=longest_px, folder=folder, on_end=ends.append)
        while not ends:
            posted.get()()
    finally:
        reader.close()
    if isinstance(ends[0], Exception):
        raise ends[0]
    return ends[0]


def _limited(grid: PictureGrid, longest_px: int | None) -> PictureGrid:
    """Lower the grid's limit; rounding up to cells never exceeds the lower one."""
    if longest_px is None or longest_px >= grid.longest_px:
        return grid
    cells = max(1, longest_px // grid.cell_px)
    return msgspec.structs.replace(grid, longest_px=cells * grid.cell_px)


def _refuse(source: Source) -> Exception | None:
    if not source.data:
        return PictureEmpty(name=source.name)
    if len(source.data) > MAX_SOURCE_BYTES:
        return PictureFileTooLarge(name=source.name, limit_bytes=MAX_SOURCE_BYTES)
    return None


def _max_pixels_bytes(grid: PictureGrid) -> int:
    return 3 * (grid.longest_px + grid.cell_px) ** 2


def _max_reply_bytes(grid: PictureGrid) -> int:
    """Pixels and thumbnail in base64, and some words."""
    return (_max_pixels_bytes(grid) + _MAX_THUMBNAIL_BYTES) * 4 // 3 + 65536


def _take(running: _Running, line: bytes) -> None:
    """Make the end of what the process said; runs on the reader thread."""
    if running.end:
        return
    name, folder = running.waiting.source.name, running.waiting.folder
    try:
        reply = msgspec.json.decode(line, type=Reply)
        if isinstance(reply, Failed):
            running.end = error_from_code(reply.code, reply.facts, reply.detail)
        elif _is_plausible(reply, running.waiting.grid):
            running.end = _keep(reply, folder)
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError):
        # The last two: facts that do not belong to the error's sentence. No detail, because the
        # decoder quotes what it could not read.
        running.end = PictureCrashed(name=name, reason="it broke the protocol")
    except OSError as error:
        running.end = FolderUnwritable(folder=str(folder), reason=_reason(error))
    running.end = running.end or PictureCrashed(name=name, reason="it sent a wrong size")


def _is_plausible(reply: Prepared, grid: PictureGrid) -> bool:
    """Whether a process that a picture may have taken over kept to the grid."""
    columns, rows = grid.cells(reply.original_width_px, reply.original_height_px)
    size = (columns * grid.cell_px, rows * grid.cell_px)
    return (
        reply.original_width_px > 0
        and reply.original_height_px > 0
        and (reply.width_px, reply.height_px) == size
        and len(reply.pixels) == 3 * reply.width_px * reply.height_px
    )


def _keep(reply: Prepared, folder: pathlib.Path | None) -> PreparedPicture:
    """Put the pixels where they are wanted.

    Raises:
        OSError: The file cannot be written.
    """
    sha256 = hashlib.sha256(reply.pixels).hexdigest()
    path = folder / f"{sha256}.rgb" if folder else None
    if path:
        write_atomically(path, reply.pixels)
    return PreparedPicture(
        picture=Picture(
            sha256=sha256,
            width_px=reply.width_px,
            height_px=reply.height_px,
            path=str(path) if path else "",
            data=b"" if path else reply.pixels,
        ),
        original_width_px=reply.original_width_px,
        original_height_px=reply.original_height_px,
        format=reply.format,
        thumbnail_png=reply.thumbnail_png,
    )


def _death(running: _Running, outcome: Outcome) -> Exception:
    name, detail = running.waiting.source.name, "\n".join(outcome.last_words)
    if running.is_late or outcome.exit_code == _OUT_OF_TIME_CODE:
        return PictureTooSlow(name=name, detail=detail)
    return PictureCrashed(name=name, reason=outcome.reason, detail=detail)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
