"""Content that is as large as it wants to be, and scrolls where there is no room for that."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class ScrollColumn(QScrollArea):
    """Takes the size of its content, up to what `fit` allows."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._most = QSize(1 << 16, 1 << 16)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self._content = content
        self.setWidget(content)
        content.setAutoFillBackground(False)  # what a scroll area turns on

    def fit(self, most: QSize) -> None:
        """Be no larger than that."""
        self._most = most
        self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take another size when the content does; consumes what the base class does."""
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """The content's, with its scroll bar where it is cut."""
        self._content.ensurePolished()
        least, most = self._content.minimumSize(), self._content.maximumSize()
        wanted = self._content.sizeHint().expandedTo(least).boundedTo(most)
        if wanted.height() > self._most.height():
            wanted += QSize(self.verticalScrollBar().sizeHint().width(), 0)
        return wanted.boundedTo(self._most)
