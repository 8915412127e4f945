"""A field that filters a list."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPalette
from PySide6.QtWidgets import QLineEdit

from app.ui.look.icons import icon


class SearchField(QLineEdit):
    """Filters while it is typed in; Escape empties it, Down goes to the list.

    Signals:
        left: The person goes on to the results.
        escaped: It was emptied by Escape.
    """

    left = Signal()
    escaped = Signal()

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "search")
        self.setAccessibleName(label)
        self.setPlaceholderText(label)
        self._picture = QAction(label, self)
        self._picture.triggered.connect(self.setFocus)
        self._empty = QAction(self.tr("Clear the search"), self)
        self._empty.triggered.connect(self.clear)
        self.addAction(self._picture, QLineEdit.ActionPosition.LeadingPosition)
        self.addAction(self._empty, QLineEdit.ActionPosition.TrailingPosition)
        self.textChanged.connect(lambda text: self._empty.setVisible(bool(text)))
        self._empty.setVisible(False)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        muted = QPalette.ColorRole.PlaceholderText
        self._picture.setIcon(icon("search", muted, 16))
        self._empty.setIcon(icon("close", muted, 16))

    def event(self, event: QEvent) -> bool:
        """Claim Escape while there is something to empty; it would stop the answer otherwise."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.text()
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave for the list."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.escaped.emit()
        else:
            super().keyPressEvent(event)
