"""What the parent and the media worker say to each other.

One process opens one file: it reads one line, a `Job`, and after it as many raw bytes as the job
announces; it answers with one line, the job's kind of `Done` or a `Failed`, and is gone.
"""

from typing import Annotated

import msgspec

from app.domain.attachments import DocumentPage
from app.domain.picture_grid import PictureGrid
from app.pipe.messages import Done, Failed, Request

MAX_SOURCE_BYTES = 64 * 1024 * 1024
THUMBNAIL_PX = 256
# Far more than any model reads at once; people choose pages from it.
MAX_CHARACTERS = 16_000_000
MAX_PAGES = 10_000
_EDGE_PX = msgspec.Meta(gt=0, lt=1 << 31)


class _Opening(Request, frozen=True, kw_only=True):
    """Attributes common to all jobs.

    Attributes:
        name: For the sentences of errors; never a path.
        path: Of the file, as `os.fsencode` makes it, since a name need not be valid text; empty
            where its content follows the line.
        data_bytes: How many bytes follow.
    """

    name: str
    path: bytes = b""
    data_bytes: int = 0


class PreparePicture(_Opening, frozen=True, kw_only=True):
    """Open this picture and scale it to that grid."""

    grid: PictureGrid


class ReadDocument(_Opening, frozen=True, kw_only=True):
    """Read the words of this document."""


Job = PreparePicture | ReadDocument


class Prepared(Done, frozen=True, kw_only=True):
    """The picture.

    Attributes:
        pixels: RGB, 8 bits, row after row.
        width_px: A multiple of the grid's cell, as is the height.
        original_width_px: Of the upright picture before it was scaled, as is the height.
        format: Of the file, e.g. ``JPEG``.
        thumbnail_png: At most `THUMBNAIL_PX` in either direction.
    """

    pixels: bytes
    width_px: int
    height_px: int
    original_width_px: Annotated[int, _EDGE_PX]
    original_height_px: Annotated[int, _EDGE_PX]
    format: str
    thumbnail_png: bytes


class DocumentRead(Done, frozen=True, kw_only=True):
    """The words.

    Attributes:
        kind: For people, e.g. ``PDF``.
        pages: At most `MAX_PAGES`, with `MAX_CHARACTERS` in all of them together.
    """

    kind: str
    pages: tuple[DocumentPage, ...]


Result = Prepared | DocumentRead
Reply = Result | Failed
