"""The Escape key, which stops the answer unless somebody nearer to the person claims it."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


def claims_escape(event: QEvent) -> bool:
    """Accept Escape before it becomes the window's shortcut; for a widget's `event`."""
    is_escape = (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.key() == Qt.Key.Key_Escape
    )
    if is_escape:
        event.accept()
    return is_escape
