"""A line that unfolds what belongs to it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPushButton

from app.ui.look.icons import IconFollower


class Fold(QPushButton):
    """Says whether it is open by its arrow and to screen readers.

    Signals:
        opened: The person unfolded or folded it.
    """

    opened = Signal(bool)

    def __init__(self, name: str, label: str) -> None:
        super().__init__(label)
        self.setObjectName(name)
        self.setProperty("kind", "fold")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._icon = IconFollower(self, "chevron-right", QPalette.ColorRole.PlaceholderText, 16)
        self.say(label)
        self.toggled.connect(self._draw)
        self.clicked.connect(self.opened)
        self._draw(is_open=False)

    def say(self, label: str) -> None:
        """Take another label."""
        self.setText(label)
        self.setAccessibleName(label)

    @Slot(bool)
    def _draw(self, is_open: bool) -> None:
        self._icon.show("chevron-down" if is_open else "chevron-right")
        self.setAccessibleDescription(self.tr("Expanded") if is_open else self.tr("Folded"))
