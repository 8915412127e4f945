"""Where the part of a chat ends that the model does not read any more."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.ui.plain_text import PlainLabel


class LeftOutDivider(QWidget):
    """A line across the column with the words in its middle."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("leftOutDivider")
        words = PlainLabel(self.tr("Not read by the model any more"), kind="small")
        self.setAccessibleName(words.text())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._line(), 1)
        row.addWidget(words, 0, Qt.AlignmentFlag.AlignCenter)
        row.addWidget(self._line(), 1)
        self.hide()

    @staticmethod
    def _line() -> QFrame:
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedHeight(1)
        return line
