"""The pictures of a question that was sent."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGraphicsOpacityEffect, QToolButton, QWidget

from app.domain.attachments import PictureAttachment
from app.ui.chat.picture_words import picture_name, size_words
from app.ui.chat.thumbnail import thumbnail
from app.ui.flow import flow
from app.ui.look.icons import IconFollower
from app.ui.plain_text import tooltip

_TILE = QSize(168, 132)
_UNOPENED = QSize(132, 99)
_ICON_PX = 24
_GAP_PX = 8
_DIMMED = 0.5


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
