"""Brings a window to the front, as far as the system lets a program do that."""

import os

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget


def bring_to_front(window: QWidget, activation_token: str = "") -> None:
    """Show it, wherever it was put away; where the system refuses it asks for attention.

    Args:
        window: A window.
        activation_token: The Wayland compositor's leave, from the process that the person started.
    """
    if activation_token and QGuiApplication.platformName().startswith("wayland"):
        os.putenv("XDG_ACTIVATION_TOKEN", activation_token)  # Qt takes it from there, once
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    QApplication.alert(window)  # does nothing where it is in front
