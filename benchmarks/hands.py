"""What a person's hands do with the real window, by the names of what is on it."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QWidget


class Hands:
    """Acts on a window; all of it on the GUI thread, at once."""

    def __init__(self, window: QWidget) -> None:
        self.window = window

    def widget(self, name: str) -> QWidget:
        """Find the first one of that name."""
        found = self.window.findChild(QWidget, name)
        assert found, name
        return found

    def press(self, name: str) -> None:
        """Press a button."""
        self.widget(name).click()

    def type(self, name: str, words: str) -> None:
        """Type words, sign by sign."""
        QTest.keyClicks(self.widget(name), words)

    def key(self, name: str, key: Qt.Key) -> None:
        """Press a key."""
        QTest.keyClick(self.widget(name), key)

    def scroll(self, name: str, share: float) -> None:
        """Go to that share of the way from the end to the beginning, 0 .. 1."""
        widget = self.widget(name)
        for area in [widget, *widget.findChildren(QAbstractScrollArea)]:
            if isinstance(area, QAbstractScrollArea) and area.isVisible():
                bar = area.verticalScrollBar()
                bar.setValue(round(bar.maximum() * (1 - share)))
