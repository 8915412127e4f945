"""One picture, fitted into its room or pixel for pixel."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

_SMALLEST = QSize(160, 120)
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class PictureCanvas(QScrollArea):
    """Fits the picture, never larger than it is; at full size it is moved with the mouse."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pictureCanvas")
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(_SMALLEST)
        # It is moved by hand, by the arrows and by the wheel; nothing stands on the picture.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._sheet = _Sheet()
        self._grip: QPoint | None = None
        self.is_full_size = False
        self.setWidget(self._sheet)
        # Without it the area is as grey as its style draws it.
        self.viewport().setAutoFillBackground(False)

    def show_image(self, image: QImage) -> None:
        """Show that picture."""
        self._sheet.image = image
        self._fit()

    def show_size(self, *, is_full: bool) -> None:
        """Show it pixel for pixel, or fitted."""
        self.is_full_size = is_full
        self._fit()

    def can_grow(self) -> bool:
        """Whether it is shown smaller than it is, or would be if it was fitted."""
        image = self._sheet.image.size() / self.devicePixelRatioF()
        room = self.size()
        return image.width() > room.width() or image.height() > room.height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit it again."""
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move it with the arrows where there is more of it than room; else they are others'."""
        if self.is_full_size and self.can_grow() and event.key() in _ARROWS:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        self._grip = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it."""
        if self._grip is None:
            return
        now = event.position().toPoint()
        moved, self._grip = now - self._grip, now
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() - moved.x())
        down.setValue(down.value() - moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        self._grip = None

    def _fit(self) -> None:
        own = (self._sheet.image.size() / self.devicePixelRatioF()).expandedTo(QSize(1, 1))
        room = self.size().boundedTo(own)
        size = own if self.is_full_size else own.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        self._sheet.resize(size)
        can_move = self.is_full_size and self.can_grow()
        shape = Qt.CursorShape.OpenHandCursor if can_move else Qt.CursorShape.ArrowCursor
        self._sheet.setCursor(shape)
        self._sheet.update()


class _Sheet(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it as large as the sheet."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRect(QPoint(0, 0), self.size()), self.image)
