"""Small pictures of attachments, and the large one behind them."""

import pathlib

from PySide6.QtCore import QBuffer, QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath, QPixmap

from app.domain.chat import Picture
from app.domain.errors import PictureMissing

_RADIUS_PX = 8
_RGB_BYTES = 3


def thumbnail(png: bytes, size: QSize, ratio: float, *, fills: bool) -> QPixmap:
    """Draw what our own media process made, with round corners.

    Args:
        png: Of the thumbnail; nothing else is ever decoded in the window.
        size: To fit into, or to cover where it `fills`.
        ratio: Of the screen.
        fills: Whether edges are cut off, so that it has exactly that size.
    """
    image = decoded(png)
    if image.isNull():
        return QPixmap()
    mode = Qt.AspectRatioMode.KeepAspectRatio
    scaled = image.size().scaled(
        size, Qt.AspectRatioMode.KeepAspectRatioByExpanding if fills else mode
    )
    shown = size if fills else scaled.expandedTo(QSize(1, 1))
    pixmap = QPixmap(shown * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    corners = QPainterPath()
    corners.addRoundedRect(QRectF(0, 0, shown.width(), shown.height()), _RADIUS_PX, _RADIUS_PX)
    painter.setClipPath(corners)
    left, top = (shown.width() - scaled.width()) / 2, (shown.height() - scaled.height()) / 2
    painter.drawImage(QRectF(left, top, scaled.width(), scaled.height()), image)
    painter.end()
    return pixmap


def decoded(png: bytes) -> QImage:
    """What our own media process made, and nothing else; null where that is not there."""
    buffer = QBuffer()
    buffer.setData(QByteArray(png))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"png"))
    # Without this Qt would look for another format that the bytes may be in.
    reader.setAutoDetectImageFormat(False)
    return reader.read()


def pixels(picture: Picture) -> QImage:
    """What the model gets to see.

    Raises:
        PictureMissing: The file is gone or is not what it was.
    """
    try:
        data = pathlib.Path(picture.path).read_bytes() if picture.path else picture.data
    except OSError:
        raise PictureMissing from None
    row_bytes = _RGB_BYTES * picture.width_px
    if len(data) != row_bytes * picture.height_px:
        raise PictureMissing
    image = QImage(
        data, picture.width_px, picture.height_px, row_bytes, QImage.Format.Format_RGB888
    )
    return image.copy()  # the bytes are gone after this
