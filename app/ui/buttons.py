"""Buttons with words."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton


def push_button(name: str, label: str, kind: str = "outline") -> QPushButton:
    """Make one that Tab reaches and a press of the mouse leaves without the keyboard.

    `kind` is one of the stylesheet's, as `link`.
    """
    button = QPushButton(label)
    button.setObjectName(name)
    button.setProperty("kind", kind)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
