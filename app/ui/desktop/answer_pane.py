"""One answer that scrolls when it is longer than its place."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.ui.markdown.text import MarkdownText

_BOTTOM_PX = 8


class AnswerPane(QScrollArea):
    """Follows what is being written as long as its end is in sight.

    Attributes:
        text: The words.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("quickAnswerPane")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._content = QWidget()
        self.text = MarkdownText()
        self.text.setObjectName("quickAnswer")
        self.text.setAccessibleName(self.tr("Answer"))
        self.text.setParent(self._content)
        self.text.grown.connect(self._lay_out)
        self.setWidget(self._content)
        self._content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def clear(self) -> None:
        """Show nothing."""
        self.text.replace_text("")
        self._lay_out()

    def append(self, words: str) -> None:
        """Show more."""
        self.text.append_text(words)
        self._lay_out()

    def settle(self) -> None:
        """Nothing follows."""
        self.text.settle()
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the words anew."""
        super().resizeEvent(event)
        self._lay_out()

    @Slot()
    def _lay_out(self) -> None:
        bar = self.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - _BOTTOM_PX
        width = self.viewport().width()
        height = self.text.size_for(width).height()
        self.text.setGeometry(0, 0, width, height)
        self._content.resize(width, height)
        if follows:
            bar.setValue(bar.maximum())
