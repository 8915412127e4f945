"""Tells a person something who looks elsewhere."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.raising import bring_to_front
from app.ui.tray_icon import STANDING, TrayIcon, can_speak

_SHOWN_MS = 10_000


def notify(window: QWidget, title: str, text: str, then: Callable[[], None] = lambda: None) -> None:
    """Show a notification of the system, or have the window ask for attention.

    Nothing happens while the window is in front: it says the same. A press on the notification
    brings the window there, and calls `then`.
    """
    if window.isActiveWindow():
        return
    if not can_speak():
        QApplication.alert(window)
        return
    standing = window.findChild(TrayIcon, STANDING)
    icon = standing if isinstance(standing, TrayIcon) else TrayIcon(window)

    def leave() -> None:
        icon.hide()
        icon.deleteLater()

    def come() -> None:
        bring_to_front(window)
        then()
        if icon is not standing:
            leave()

    if icon is not standing:
        icon.activated.connect(come)
        icon.show()
        # The icon carries the message on some systems, so it stays as long and no longer.
        QTimer.singleShot(_SHOWN_MS, icon, leave)
    icon.say(title, text, come, _SHOWN_MS)
