"""An icon in the system's tray that can say something."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

# The name of the one that stays, if there is one.
STANDING = "trayIcon"


class TrayIcon(QSystemTrayIcon):
    """Wears the icon of its window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window.windowIcon(), window)
        self._window = window
        self._come: Callable[[], None] = lambda: None
        self.messageClicked.connect(self._pressed)

    def say(self, title: str, text: str, come: Callable[[], None], shown_ms: int) -> None:
        """Show a message; a press on it calls `come`, until the next message."""
        self._come = come
        self.showMessage(title, text, self._window.windowIcon(), shown_ms)

    @Slot()
    def _pressed(self) -> None:
        self._come()


def can_speak() -> bool:
    """Whether there is a tray that shows messages."""
    return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()
