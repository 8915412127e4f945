"""How far something long is."""

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.ui.look.pulse import Pulse
from app.ui.plain_text import PlainLabel

_BAR_PX = 6


class WorkingLine(QWidget):
    """Words, and a bar where the end is known."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._words = PlainLabel(kind="muted", wraps=True)
        self._words.setObjectName(f"{name}Words")
        self._pulse = Pulse()
        self._bar = QProgressBar()
        self._bar.setObjectName(f"{name}Bar")
        self._bar.setProperty("kind", "thin")
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(_BAR_PX)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._words, 1)
        head.addWidget(self._pulse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._bar)

    def show_progress(self, words: str, done: int = 0, total: int = 0) -> None:
        """Say how far it is; 0 in total is not known."""
        self._words.setText(words)
        self._bar.setAccessibleName(words)
        self._bar.setVisible(total > 0)
        self._pulse.setVisible(not total)
        if total:
            self._bar.setRange(0, total)
            self._bar.setValue(done)
