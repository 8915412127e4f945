"""Pictures and documents on their way from a file or the clipboard to a question.

Lives on the owner's thread, like everything in this layer.
"""

import contextlib
import pathlib
from collections.abc import Callable

from app.domain.attachments import Detail, DocumentAttachment, PictureAttachment, Source
from app.domain.picture_grid import PictureGrid
from app.media.client import DocumentReader, DocumentText, PictureReader, PreparedPicture

_PIXELS = "*.rgb"


OnDocumentEnd = Callable[[DocumentAttachment | Exception], None]
OnEnd = Callable[[PictureAttachment | Exception], None]


class Attachments:
    """Opens pictures for the model that is loaded, and documents.

    Args:
        reader: Decodes pictures in processes of their own.
        documents: Reads documents in the same way.
        folder: For the pixels; another Cierzo may have some there, too.
    """

    def __init__(
        self, reader: PictureReader, folder: pathlib.Path, *, documents: DocumentReader
    ) -> None:
        self._reader = reader
        self._documents = documents
        self._folder = folder
        self._own: set[str] = set()

    def open(self, source: Source, grid: PictureGrid, detail: Detail, *, on_end: OnEnd) -> None:
        """Open a picture; `on_end` gets it or the exception that ended it."""

        def end(end: PreparedPicture | Exception) -> None:
            if isinstance(end, Exception):
                on_end(end)
                return
            self._own.add(end.picture.path)
            on_end(
                PictureAttachment(
                    source=source,
                    detail=detail,
                    grid=grid,
                    picture=end.picture,
                    original_width_px=end.original_width_px,
                    original_height_px=end.original_height_px,
                    thumbnail_png=end.thumbnail_png,
                )
            )

        self._reader.start(
            source, grid, longest_px=detail.longest_px(grid), folder=self._folder, on_end=end
        )

    def read(self, source: Source, *, on_end: OnDocumentEnd) -> None:
        """Read a document; `on_end` gets it or the exception that ended it."""

        def end(end: DocumentText | Exception) -> None:
            if isinstance(end, Exception):
                on_end(end)
            else:
                on_end(DocumentAttachment(source=source, kind=end.kind, pages=end.pages))

        self._documents.start(source, on_end=end)

    def clear_leftovers(self) -> None:
        """Delete the pixels of an earlier run; for who has the chats open: no other runs then."""
        for path in self._folder.glob(_PIXELS):
            if str(path) not in self._own:
                with contextlib.suppress(OSError):
                    path.unlink()

    def close(self, *, is_alone: bool = True) -> None:
        """End what is running and delete the pixels, those of others only if `is_alone`."""
        self._reader.close()
        self._documents.close()
        for path in filter(None, self._own):
            with contextlib.suppress(OSError):
                pathlib.Path(path).unlink()
        self._own.clear()
        if is_alone:
            self.clear_leftovers()
