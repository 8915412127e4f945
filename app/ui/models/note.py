"""A sentence above the models."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.ui.icons import Picture
from app.ui.plain_text import PlainLabel


class Note(QFrame):
    """One sentence that the person should know."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("noticeBar")
        self.setAccessibleName(self.tr("Notice"))
        self._words = PlainLabel(wraps=True)
        self._words.setObjectName("modelsNote")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(Picture("info", 18, QPalette.ColorRole.Highlight), 0, top)
        row.addWidget(self._words, 1)

    def say(self, words: str) -> None:
        """Show it, or nothing."""
        self._words.setText(words)
        self.setVisible(bool(words))
