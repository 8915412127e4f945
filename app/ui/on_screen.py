"""A window that is where nobody can see it comes back."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

# So much of its upper edge has to be seen, for the mouse to take hold of it.
_GRIP_PX = 80


def bring_back(window: QWidget) -> None:
    """Move a window to the first screen if none shows enough of it: one was unplugged."""
    frame = window.frameGeometry()
    grip = QRect(frame.left(), frame.top(), frame.width(), _GRIP_PX)
    for screen in QGuiApplication.screens():
        seen = screen.availableGeometry().intersected(grip)
        if seen.width() >= min(_GRIP_PX, frame.width()) and seen.height() >= _GRIP_PX // 2:
            return
    screen = QGuiApplication.primaryScreen()
    if screen is None or window.isFullScreen():
        return
    room = screen.availableGeometry()
    frame.setSize(frame.size().boundedTo(room.size()))
    frame.moveCenter(room.center())
    around = window.frameGeometry().size() - window.size()
    window.resize(frame.size() - around)
    window.move(frame.topLeft())
