"""One download in the tray."""

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.downloads.jobs import Download, State
from app.ui.look.icons import IconFollower
from app.ui.models.download_controls import DownloadControls
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.download_progress import DownloadProgress
from app.ui.plain_text import ElidedLabel, tooltip

_GRIP_PX = 28


class DownloadRow(QFrame):
    """Its name, its progress, its buttons, and a grip that moves it.

    Signals:
        move_requested: Id of the job, and by how many places; negative is up.
        dragged: Id of the job, and where the mouse is, in the row's parent.
        dropped: Id of the job.
    """

    move_requested = Signal(str, int)
    dragged = Signal(str, int)
    dropped = Signal(str)

    def __init__(self, feed: DownloadFeed, download: Download) -> None:
        super().__init__()
        self.setObjectName("downloadRow")
        self._job_id = download.job.id
        self._name = ElidedLabel(kind="strong")
        self._name.setObjectName("downloadName")
        self._build = ElidedLabel(kind="small")
        self._progress = DownloadProgress(self._name, self._build)
        self._controls = DownloadControls(feed, is_small=True, parent=self)
        self._grip = Grip()
        self._grip.moved.connect(lambda places: self.move_requested.emit(self._job_id, places))
        self._grip.dragged.connect(self._drag)
        self._grip.dropped.connect(lambda: self.dropped.emit(self._job_id))
        self._arrange()
        self.show_download(download)

    def show_download(self, download: Download) -> None:
        """Say where it stands now."""
        job = download.job
        self._name.setText(job.name)
        self._build.setText(job.build)
        self._build.setToolTip(tooltip(job.repository))
        self._progress.show_download(download)
        self._controls.show_download(download)
        can_move = download.state is not State.INSTALLED
        self._grip.setEnabled(can_move)
        self._grip.setAccessibleName(self.tr("Move {name}").format(name=job.name))
        self.setAccessibleName(f"{job.name} {job.build}")
        self.setAccessibleDescription(self._progress.words())

    def enter(self) -> bool:
        """Take the keyboard; False where nothing here can."""
        doors = (*self._controls.buttons, self._grip)
        door = next((door for door in doors if not door.isHidden() and door.isEnabled()), None)
        if door:
            door.setFocus(Qt.FocusReason.OtherFocusReason)
        return door is not None

    @Slot(QPoint)
    def _drag(self, place: QPoint) -> None:
        parent = self.parentWidget()
        if parent:
            self.dragged.emit(self._job_id, parent.mapFromGlobal(place).y())

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for button in self._controls.buttons:
            buttons.addWidget(button)
        top = Qt.AlignmentFlag.AlignTop
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._grip, 0, top)
        line.addWidget(self._progress, 1)
        line.addLayout(buttons)
        line.setAlignment(buttons, top)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 10, 10, 10)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self._controls.question)


class Grip(QToolButton):
    """Drags its row; the arrow keys and a menu do the same.

    Signals:
        moved: By how many places; negative is up.
        dragged: Where the mouse is, on the screen.
        dropped: The mouse was let go after that.
    """

    moved = Signal(int)
    dragged = Signal(QPoint)
    dropped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("moveGrip")
        self.setFixedSize(_GRIP_PX, _GRIP_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(self.tr("Drag to change the order, or use the arrow keys"))
        IconFollower(self, "grip", QPalette.ColorRole.PlaceholderText, 18)
        self._pressed_at: QPoint | None = None
        self._is_dragging = False
        self.clicked.connect(self._offer)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin."""
        self._pressed_at = event.globalPosition().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag once the mouse went some way."""
        here = event.globalPosition().toPoint()
        if self._pressed_at is not None:
            way = (here - self._pressed_at).manhattanLength()
            self._is_dragging = self._is_dragging or way >= QApplication.startDragDistance()
        if self._is_dragging:
            self.setDown(False)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(here)
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End; a press without a way is a click."""
        was_dragging, self._is_dragging, self._pressed_at = self._is_dragging, False, None
        if was_dragging:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.dropped.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by the arrow keys."""
        places = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if places:
            self.moved.emit(places)
        else:
            super().keyPressEvent(event)

    @Slot()
    def _offer(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(self.accessibleName())
        menu.addAction(self.tr("Move up")).triggered.connect(lambda: self.moved.emit(-1))
        menu.addAction(self.tr("Move down")).triggered.connect(lambda: self.moved.emit(1))
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))


def first_that_enters(rows: list[DownloadRow], fallback: QWidget) -> None:
    """Give the keyboard to the first row that takes it."""
    if not any(row.enter() for row in rows):
        fallback.setFocus(Qt.FocusReason.OtherFocusReason)
