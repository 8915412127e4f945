"""Pictures on their way from a file or the clipboard to a question.

Lives on the owner's thread, like everything in this layer.
"""

import contextlib
import pathlib
from collections.abc import Callable

import msgspec

from app.domain.attachments import Detail, Source
from app.domain.chat import Picture
from app.domain.picture_grid import PictureGrid
from app.media.client import PictureReader, PreparedPicture

_PIXELS = "*.rgb"


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that can go with a question.

    Attributes:
        source: What it was made from, to make it again with another detail or for another model.
        grid: Of the model it was made for.
        tokens: What it takes of the context.
    """

    source: Source
    detail: Detail
    grid: PictureGrid
    picture: Picture
    original_width_px: int
    original_height_px: int
    thumbnail_png: bytes

    @property
    def name(self) -> str:
        """What the person calls it."""
        return self.source.name

    @property
    def tokens(self) -> int:
        """What it takes of the context."""
        columns = self.picture.width_px // self.grid.cell_px
        rows = self.picture.height_px // self.grid.cell_px
        return (columns + 1) * rows


OnEnd = Callable[[Attachment | Exception], None]


class Attachments:
    """Opens pictures for the model that is loaded.

    Args:
        reader: Decodes them in processes of their own.
        folder: For the pixels; what an earlier run left there is deleted.
    """

    def __init__(self, reader: PictureReader, folder: pathlib.Path) -> None:
        self._reader = reader
        self._folder = folder
        self._clear()

    def open(self, source: Source, grid: PictureGrid, detail: Detail, *, on_end: OnEnd) -> None:
        """Open a picture; `on_end` gets it or the exception that ended it."""

        def end(end: PreparedPicture | Exception) -> None:
            if isinstance(end, Exception):
                on_end(end)
                return
            on_end(
                Attachment(
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

    def close(self) -> None:
        """End what is running and delete the pixels."""
        self._reader.close()
        self._clear()

    def _clear(self) -> None:
        for path in self._folder.glob(_PIXELS):
            with contextlib.suppress(OSError):
                path.unlink()
