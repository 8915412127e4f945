"""A picture of the screen for the question, whole or in part; the window itself is not on it."""

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from app.domain.errors import ScreenUnreadable

# Until compositors have drawn the screen without the window, with their fading.
_HIDING_MS = 300
_SMALLEST_PX = 8
_DIMMED = QColor(0, 0, 0, 110)
_EDGE_PX = 2
_TAKING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class Screenshot(QObject):
    """Hides the window, takes the picture, lets the person choose a part, shows the window again.

    Signals:
        taken: A `QImage`.
        refused: Why there is none; the error to show.
    """

    taken = Signal(QImage)
    refused = Signal(object)

    def __init__(self, near: QWidget) -> None:
        """Take the screen that the window of `near` is on."""
        super().__init__(near)
        self._near = near
        self._overlay: RegionOverlay | None = None
        self._timer = QTimer(self, singleShot=True, interval=_HIDING_MS)
        self._timer.timeout.connect(self._grab)

    @property
    def is_possible(self) -> bool:
        """Whether programs may read the screen: on Wayland they may not."""
        return not QGuiApplication.platformName().startswith("wayland")

    @Slot()
    def take(self) -> None:
        """Begin; a press while one is being taken changes nothing."""
        if self._overlay or self._timer.isActive():
            return
        self._near.window().hide()
        self._timer.start()

    def _grab(self) -> None:
        window = self._near.window()
        screen = window.screen()
        picture = screen.grabWindow(0)
        if picture.isNull():
            self._return()
            self.refused.emit(ScreenUnreadable())
            return
        self._overlay = RegionOverlay(picture, screen)
        self._overlay.chosen.connect(self._chosen)
        self._overlay.closed.connect(self._return)
        self._overlay.open_overlay()

    @Slot(QImage)
    def _chosen(self, image: QImage) -> None:
        self._return()
        self.taken.emit(image)

    @Slot()
    def _return(self) -> None:
        overlay, self._overlay = self._overlay, None
        if overlay:
            overlay.hide()
            overlay.deleteLater()
        window = self._near.window()
        window.show()
        window.activateWindow()


class RegionOverlay(QWidget):
    """The picture over its whole screen; a part of it is drawn with the mouse, Enter takes all.

    Signals:
        chosen: The part, as a `QImage`.
        closed: The person wants none.
    """

    chosen = Signal(QImage)
    closed = Signal()

    def __init__(self, picture: QPixmap, screen: QScreen) -> None:
        super().__init__(
            None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        )
        self.setObjectName("regionOverlay")
        self._words = self.tr("Draw around what you want to attach. Enter takes all, Esc none.")
        self.setWindowTitle(self.tr("Screenshot"))
        self.setAccessibleName(self._words)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._picture = picture
        self._begin: QPoint | None = None
        self._part = QRect()
        self.setScreen(screen)
        self.setGeometry(screen.geometry())

    def open_overlay(self) -> None:
        """Show it over everything, with the keyboard."""
        self.showFullScreen()
        self.activateWindow()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take all of it, or nothing."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in _TAKING_KEYS:
            self.chosen.emit(self._picture.toImage())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a part."""
        self._begin = event.position().toPoint()
        self._part = QRect()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Make it larger or smaller."""
        if self._begin is not None:
            self._part = QRect(self._begin, event.position().toPoint()).normalized()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the part; a click alone is none."""
        self._begin = None
        part = self._part.intersected(self.rect())
        if min(part.width(), part.height()) < _SMALLEST_PX:
            self._part = QRect()
            self.update()
            return
        self.chosen.emit(self._picture.toImage().copy(self._in_picture(part)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the screen as it was, dark where it is not chosen."""
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._picture)
        painter.fillRect(self.rect(), _DIMMED)
        if self._part.isEmpty():
            self._draw_words(painter)
            return
        painter.drawPixmap(self._part, self._picture, self._in_picture(self._part))
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), _EDGE_PX))
        painter.drawRect(self._part)

    def _draw_words(self, painter: QPainter) -> None:
        palette, metrics = self.palette(), self.fontMetrics()
        around = metrics.height()
        place = metrics.boundingRect(self._words).adjusted(-around, -around, around, around)
        place.moveCenter(self.rect().center())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(place, 12, 12)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._words)

    def _in_picture(self, part: QRect) -> QRect:
        """The same part in the picture's pixels, of which a screen may have more."""
        across = self._picture.width() / max(1, self.width())
        down = self._picture.height() / max(1, self.height())
        return QRect(
            round(part.x() * across),
            round(part.y() * down),
            round(part.width() * across),
            round(part.height() * down),
        )
