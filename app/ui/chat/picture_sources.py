"""Which files and clipboard contents are pictures. None of them is opened here."""

import pathlib

from PySide6.QtCore import QBuffer, QByteArray, QMimeData
from PySide6.QtGui import QImage, QImageWriter

from app.domain.attachments import Source
from app.domain.file_names import shown_name

_RAW_FORMATS = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/tiff", "image/gif")
# Of Qt's PNG writer: fast and hardly larger, since the bytes live for seconds.
_QUALITY = 80


def local_files(data: QMimeData) -> list[pathlib.Path]:
    """What was copied or dragged in a file manager."""
    return [pathlib.Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def has_only_image(data: QMimeData) -> bool:
    """Whether it is an image; office programs copy one beside every piece of text."""
    return data.hasImage() and not data.text().strip()


def file_source(path: pathlib.Path) -> Source:
    """A file, under a name that shows as it is."""
    return Source(name=shown_name(path.name), path=str(path.absolute()))


def image_source(data: QMimeData, name: str) -> Source | None:
    """The image on the clipboard as a file's content; None if there is none after all."""
    for kind in _RAW_FORMATS:
        if data.hasFormat(kind):
            return Source(name=name, data=bytes(data.data(kind).data()))
    image = data.imageData()
    return png_source(image, name) if isinstance(image, QImage) and not image.isNull() else None


def png_source(image: QImage, name: str) -> Source:
    """An image as a file's content."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setQuality(_QUALITY)
    writer.write(image)
    return Source(name=name, data=bytes(buffer.data().data()))
