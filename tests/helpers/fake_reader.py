"""A picture reader without processes: a test says when a picture is open."""

import pathlib

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QColor, QImage, QImageWriter

from app.domain.attachments import Source
from app.domain.chat import Picture
from app.domain.picture_grid import PictureGrid
from app.media.client import DocumentText, End, OnDocumentEnd, OnEnd, PreparedPicture


def png(width_px: int, height_px: int, colour: str = "teal") -> bytes:
    """A plain picture as our media process sends thumbnails."""
    image = QImage(width_px, height_px, QImage.Format.Format_RGB888)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


class FakeDocumentReader:
    """Has the interface of `app.media.client.DocumentReader` that `Attachments` uses.

    Attributes:
        sources: Everything that was to be read.
    """

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self._waiting: list[OnDocumentEnd] = []

    def start(self, source: Source, *, on_end: OnDocumentEnd) -> None:
        """Remember what is to be read."""
        self.sources.append(source)
        self._waiting.append(on_end)

    def close(self) -> None:
        """Forget it."""
        self._waiting.clear()

    def finish(self, end: DocumentText | Exception) -> None:
        """End the document that came first."""
        self._waiting.pop(0)(end)


class FakePictureReader:
    """Has the interface of `app.media.client.PictureReader` that `Attachments` uses.

    Attributes:
        sources: Everything that was to be opened.
        limits: The longest edge that was asked for, in pixels.
        folder: Where pixels are written; None keeps them in memory.
    """

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.limits: list[int | None] = []
        self.folder: pathlib.Path | None = None
        self._waiting: list[OnEnd] = []
        self._grids: list[PictureGrid] = []

    def start(
        self,
        source: Source,
        grid: PictureGrid,
        *,
        longest_px: int | None = None,
        folder: pathlib.Path | None,  # noqa: ARG002 - the test says where pixels go
        on_end: OnEnd,
    ) -> None:
        """Remember what is to be opened."""
        self.sources.append(source)
        self.limits.append(longest_px)
        self._grids.append(grid)
        self._waiting.append(on_end)

    def close(self) -> None:
        """Forget it."""
        self._waiting.clear()

    @property
    def is_busy(self) -> bool:
        """Whether a picture is being opened."""
        return bool(self._waiting)

    def finish(self, end: End | None = None, *, columns: int = 55, rows: int = 37) -> None:
        """End the picture that came first: with an error, or open with so many cells."""
        on_end, grid = self._waiting.pop(0), self._grids.pop(0)
        on_end(end or self._prepared(columns * grid.cell_px, rows * grid.cell_px))

    def _prepared(self, width_px: int, height_px: int) -> PreparedPicture:
        pixels = bytes((13, 108, 105)) * (width_px * height_px)
        path = ""
        if self.folder:
            file = self.folder / f"{width_px}.rgb"
            file.write_bytes(pixels)
            path, pixels = str(file), b""
        return PreparedPicture(
            picture=Picture(
                sha256="0" * 64, width_px=width_px, height_px=height_px, path=path, data=pixels
            ),
            original_width_px=2 * width_px,
            original_height_px=2 * height_px,
            format="PNG",
            thumbnail_png=png(256, max(1, 256 * height_px // width_px)),
        )
