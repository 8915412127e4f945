"""Whether Enter sends, or Ctrl with it: one answer for every field that messages are written in."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent

_PROPERTY = "sendsWithCtrl"
_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def use_send_key(*, needs_ctrl: bool) -> None:
    """Let it hold in all fields, at once."""
    if application := QCoreApplication.instance():
        application.setProperty(_PROPERTY, needs_ctrl)


def needs_ctrl() -> bool:
    """Whether Enter alone begins a new line."""
    application = QCoreApplication.instance()
    return bool(application and application.property(_PROPERTY))


def is_enter(event: QKeyEvent) -> bool:
    """Whether it sends or begins a line."""
    return event.key() in _ENTER_KEYS


def sends(event: QKeyEvent) -> bool:
    """Whether that Enter sends; Ctrl with it always does, Shift with it never."""
    modifiers = event.modifiers()
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return False
    return bool(modifiers & Qt.KeyboardModifier.ControlModifier) or not needs_ctrl()
