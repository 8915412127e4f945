"""Tells a person something who looks elsewhere."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

_SHOWN_MS = 10_000


def notify(window: QWidget, title: str, text: str) -> None:
    """Show a notification of the system, or have the window ask for attention.

    Nothing happens while the window is in front: it says the same. A press on the notification
    brings the window there.
    """
    if window.isActiveWindow():
        return
    if not QSystemTrayIcon.isSystemTrayAvailable() or not QSystemTrayIcon.supportsMessages():
        QApplication.alert(window)
        return
    icon = QSystemTrayIcon(window.windowIcon(), window)

    def leave() -> None:
        icon.hide()
        icon.deleteLater()

    def come() -> None:
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()
        leave()

    icon.messageClicked.connect(come)
    icon.activated.connect(come)
    icon.show()
    icon.showMessage(title, text, window.windowIcon(), _SHOWN_MS)
    # The icon carries the message on some systems, so it stays as long and no longer.
    QTimer.singleShot(_SHOWN_MS, icon, leave)
