"""Markdown that scrolls when it is longer than its place."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.ui.markdown.text import MarkdownText


class ReadingPane(QScrollArea):
    """A frame around one text.

    Attributes:
        text: The words; whoever adds some calls `lay_out`.
    """

    def __init__(self, name: str, text_name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._content = QWidget()
        self.text = MarkdownText(self._content)
        self.text.setObjectName(text_name)
        self.text.setAccessibleName(label)
        self.text.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Tab goes through its links
        self.text.grown.connect(self.lay_out)
        self.setWidget(self._content)
        self._content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def show_text(self, words: str) -> None:
        """Show this and nothing else, from its beginning."""
        self.text.replace_text(words)
        self.lay_out()
        self.verticalScrollBar().setValue(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the words anew."""
        super().resizeEvent(event)
        self.lay_out()

    @Slot()
    def lay_out(self) -> None:
        """Give the words the room that they need."""
        width = self.viewport().width()
        height = self.text.size_for(width).height()
        self.text.setGeometry(0, 0, width, height)
        self._content.resize(width, height)
