"""The parent's end: one throw-away process per file, in the order in which they came.

All methods and callbacks of the readers belong to one thread, the owner's, as they do in
`app.pipe.client`. What a process sends is checked and written to the disk on its reader thread.
"""

import hashlib
import pathlib
from collections.abc import Callable

import msgspec

from app.domain.atomic_file import write_atomically
from app.domain.attachments import DocumentPage, Source
from app.domain.chat import Picture
from app.domain.errors import (
    DocumentCrashed,
    DocumentEmpty,
    DocumentFileTooLarge,
    DocumentReaderMissing,
    DocumentTooSlow,
    FolderUnwritable,
    PictureCrashed,
    PictureEmpty,
    PictureFileTooLarge,
    PictureReaderMissing,
    PictureTooSlow,
)
from app.domain.file_names import shown_name
from app.domain.picture_grid import PictureGrid
from app.media.process_queue import (
    Faults,
    LieError,
    Order,
    ProcessQueue,
    name_of,
    path_of,
)
from app.media.protocol import (
    MAX_CHARACTERS,
    MAX_PAGES,
    DocumentRead,
    Prepared,
    PreparePicture,
    ReadDocument,
    Result,
)
from app.pipe.client import Post
from app.pipe.once import REQUEST_ID
from app.pipe.waiting import wait_for

# From the start of a process. It may compute for 5 s of it where it opens a picture, for 30 s
# where it reads a document. The rest is for slow disks and busy machines.
_PICTURE_LIMIT_S = 20.0
_DOCUMENT_LIMIT_S = 60.0
_MAX_THUMBNAIL_BYTES = 1 << 20
# A character takes 4 bytes at most, a page's label and the marks around it 500.
_MAX_DOCUMENT_REPLY_BYTES = 4 * MAX_CHARACTERS + 500 * MAX_PAGES + 65536
_PICTURE_FAULTS = Faults(
    empty=PictureEmpty,
    file_too_large=PictureFileTooLarge,
    too_slow=PictureTooSlow,
    crashed=PictureCrashed,
    missing=PictureReaderMissing,
)
_DOCUMENT_FAULTS = Faults(
    empty=DocumentEmpty,
    file_too_large=DocumentFileTooLarge,
    too_slow=DocumentTooSlow,
    crashed=DocumentCrashed,
    missing=DocumentReaderMissing,
)


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


class DocumentText(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a document.

    Attributes:
        kind: For people, e.g. ``PDF``.
        pages: All of them, also those without words; at least one has some.
    """

    kind: str
    pages: tuple[DocumentPage, ...]


End = PreparedPicture | Exception
OnEnd = Callable[[End], None]
OnDocumentEnd = Callable[[DocumentText | Exception], None]


class PictureReader:
    """Opens pictures without making anybody wait."""

    def __init__(self, *, post: Post) -> None:
        self._processes = ProcessQueue[PreparedPicture](
            post=post, faults=_PICTURE_FAULTS, limit_s=_PICTURE_LIMIT_S
        )

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
        limited = _limited(grid, longest_px)
        job = PreparePicture(
            request_id=REQUEST_ID,
            name=name_of(source),
            path=path_of(source),
            data_bytes=len(source.data),
            grid=limited,
        )
        self._processes.add(
            Order(
                source=source,
                job=job,
                max_reply_bytes=_max_picture_reply_bytes(limited),
                take=lambda result: _take_picture(result, limited, folder),
                on_end=on_end,
            )
        )

    def close(self) -> None:
        """End what is running and forget what is waiting. No ends are reported."""
        self._processes.close()


class DocumentReader:
    """Reads documents without making anybody wait."""

    def __init__(self, *, post: Post) -> None:
        self._processes = ProcessQueue[DocumentText](
            post=post, faults=_DOCUMENT_FAULTS, limit_s=_DOCUMENT_LIMIT_S
        )

    def start(self, source: Source, *, on_end: OnDocumentEnd) -> None:
        """Read a document as soon as those before it are done.

        Args:
            source: A file, or the content of one; its name's suffix tells what its content
                does not.
            on_end: Called once: the words, or the exception that ended it.
        """
        job = ReadDocument(
            request_id=REQUEST_ID,
            name=name_of(source),
            path=path_of(source),
            data_bytes=len(source.data),
        )
        self._processes.add(
            Order(
                source=source,
                job=job,
                max_reply_bytes=_MAX_DOCUMENT_REPLY_BYTES,
                take=_take_document,
                on_end=on_end,
            )
        )

    def close(self) -> None:
        """End what is running and forget what is waiting. No ends are reported."""
        self._processes.close()


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

    def start(post: Post, on_end: OnEnd) -> PictureReader:
        reader = PictureReader(post=post)
        reader.start(source, grid, longest_px=longest_px, folder=folder, on_end=on_end)
        return reader

    return wait_for(start)


def read_document(source: Source) -> DocumentText:
    """Read a document and wait for it.

    Raises:
        DocumentError: It cannot be read.
    """

    def start(post: Post, on_end: OnDocumentEnd) -> DocumentReader:
        reader = DocumentReader(post=post)
        reader.start(source, on_end=on_end)
        return reader

    return wait_for(start)


def _limited(grid: PictureGrid, longest_px: int | None) -> PictureGrid:
    """Lower the grid's limit; rounding up to cells never exceeds the lower one."""
    if longest_px is None or longest_px >= grid.longest_px:
        return grid
    cells = max(1, longest_px // grid.cell_px)
    return msgspec.structs.replace(grid, longest_px=cells * grid.cell_px)


def _max_picture_reply_bytes(grid: PictureGrid) -> int:
    """Pixels and thumbnail in base64, and some words."""
    pixels_bytes = 3 * (grid.longest_px + grid.cell_px) ** 2
    return (pixels_bytes + _MAX_THUMBNAIL_BYTES) * 4 // 3 + 65536


def _take_picture(
    result: Result, grid: PictureGrid, folder: pathlib.Path | None
) -> PreparedPicture:
    if not isinstance(result, Prepared):
        raise LieError("it broke the protocol")
    if not _is_plausible(result, grid):
        raise LieError("it sent a wrong size")
    try:
        return _keep(result, folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FolderUnwritable(folder=str(folder), reason=reason) from None


def _is_plausible(reply: Prepared, grid: PictureGrid) -> bool:
    """Whether a process that a picture may have taken over kept to the grid."""
    columns, rows = grid.cells(reply.original_width_px, reply.original_height_px)
    size = (columns * grid.cell_px, rows * grid.cell_px)
    return (reply.width_px, reply.height_px) == size and len(
        reply.pixels
    ) == 3 * reply.width_px * reply.height_px


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


def _take_document(result: Result) -> DocumentText:
    """Check the words of a process that a document may have taken over."""
    if not isinstance(result, DocumentRead):
        raise LieError("it broke the protocol")
    names = [result.kind, *(page.label for page in result.pages)]
    if (
        len(result.pages) > MAX_PAGES
        or sum(len(page.text) for page in result.pages) > MAX_CHARACTERS
        or not any(page.text for page in result.pages)
        or any(name != shown_name(name) for name in names)
    ):
        raise LieError("it sent what is no document")
    return DocumentText(kind=result.kind, pages=result.pages)
