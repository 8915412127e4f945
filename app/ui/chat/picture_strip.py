"""The pictures of a question that was sent, and one of them in full."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QDialog, QGraphicsOpacityEffect, QToolButton, QVBoxLayout, QWidget

from app.domain.attachments import PictureAttachment
from app.ui.chat.picture_words import picture_name, size_words
from app.ui.chat.thumbnail import thumbnail
from app.ui.flow import flow
from app.ui.look.icons import IconFollower
from app.ui.plain_text import PlainLabel, tooltip

_TILE = QSize(168, 132)
_UNOPENED = QSize(132, 99)
_ICON_PX = 24
_GAP_PX = 8
_DIMMED = 0.5
_WINDOW_SHARE = 0.9
_SMALLEST = QSize(160, 120)


class PictureStrip(QWidget):
    """Tiles in rows; the question's view gives the width.

    Signals:
        opened: The `PictureAttachment` that the person wants to see large.
    """

    opened = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown: tuple[PictureAttachment, ...] = ()
        self._tiles: list[QToolButton] = []

    def show_pictures(self, attachments: tuple[PictureAttachment, ...]) -> None:
        """Show these."""
        if attachments == self._shown:
            return
        self._shown = attachments
        for tile in self._tiles:
            tile.hide()
            tile.deleteLater()
        self._tiles = [self._tile(attachment) for attachment in attachments]

    def show_dimmed(self, *, is_dimmed: bool) -> None:
        """Step back."""
        if is_dimmed == (self.graphicsEffect() is not None):
            return
        if is_dimmed:
            effect = QGraphicsOpacityEffect(self)
            effect.setOpacity(_DIMMED)
            self.setGraphicsEffect(effect)
        else:
            self.setGraphicsEffect(None)  # type: ignore[arg-type]  # WORKAROUND: stub of PySide6

    def lay_out(self, width: int) -> QSize:
        """Place the tiles at most that wide; the size they take."""
        places, whole = flow((tile.size() for tile in self._tiles), width, _GAP_PX)
        for tile, place in zip(self._tiles, places, strict=True):
            tile.setGeometry(place)
        self.resize(whole)
        return whole

    def first_tile(self) -> QWidget | None:
        """Where the keyboard enters."""
        return self._tiles[0] if self._tiles else None

    def _tile(self, attachment: PictureAttachment) -> QToolButton:
        tile = QToolButton(self)
        tile.setObjectName("pictureTile")
        tile.setAccessibleName(picture_name(attachment))
        tile.setToolTip(tooltip(f"{attachment.name}\n{size_words(attachment)}"))
        tile.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tile.setCursor(Qt.CursorShape.PointingHandCursor)
        shown = thumbnail(attachment.thumbnail_png, _TILE, self.devicePixelRatioF(), fills=False)
        size = shown.deviceIndependentSize().toSize()
        if shown.isNull():  # it came with an imported chat and is not opened yet, or is gone
            size = _unopened_size(attachment)
            tile.setProperty("kind", "unopened")
            IconFollower(tile, "picture", QPalette.ColorRole.PlaceholderText, _ICON_PX)
        else:
            tile.setIcon(shown)
            tile.setIconSize(size)
        # The focus ring is around the picture, not on it.
        tile.setFixedSize(size + QSize(4, 4))
        tile.clicked.connect(lambda: self.opened.emit(attachment))
        tile.show()
        return tile


def _unopened_size(attachment: PictureAttachment) -> QSize:
    """What the picture is going to take, where that is known."""
    original = QSize(attachment.original_width_px, attachment.original_height_px)
    if original.isEmpty():
        return _UNOPENED
    return original.scaled(_TILE, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(
        QSize(_ICON_PX, _ICON_PX)
    )


class PictureDialog(QDialog):
    """One picture as large as the window allows; Escape closes it."""

    def __init__(self, parent: QWidget, attachment: PictureAttachment, image: QImage) -> None:
        super().__init__(parent)
        self.setObjectName("pictureDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(attachment.name)
        self.setAccessibleName(picture_name(attachment))
        canvas = _Canvas(image)
        canvas.setAccessibleName(picture_name(attachment))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        column.addWidget(canvas, 1)
        words = self.tr("As the model sees it: {size}").format(size=size_words(attachment))
        column.addWidget(PlainLabel(words, kind="small"), 0, Qt.AlignmentFlag.AlignHCenter)
        most = parent.size() * _WINDOW_SHARE
        margins = column.contentsMargins()
        around = QSize(
            margins.left() + margins.right(),
            self.sizeHint().height() - canvas.sizeHint().height(),
        )
        room = (most - around).boundedTo(image.size())
        self.resize(image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio) + around)


class _Canvas(QWidget):
    def __init__(self, image: QImage) -> None:
        super().__init__()
        self._image = image
        self.setMinimumSize(_SMALLEST)

    def sizeHint(self) -> QSize:
        """The least that is useful."""
        return _SMALLEST

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it as large as there is room, but no larger than it is."""
        room = self.size().boundedTo(self._image.size())
        size = self._image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect((self.width() - size.width()) // 2, 0, size.width(), size.height())
        place.moveTop((self.height() - size.height()) // 2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
