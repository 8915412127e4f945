"""Says something to who listens to the screen instead of looking at it."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, words: str) -> None:
    """Have a screen reader say it when it is done with what it says now."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
