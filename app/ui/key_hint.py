"""Tooltips that teach the keyboard way."""

from PySide6.QtGui import QKeySequence


def key_hint(words: str, key: str) -> str:
    """Add a key as this system writes it, e.g. ``Models (Ctrl+Shift+M)``."""
    written = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{words} ({written})"
