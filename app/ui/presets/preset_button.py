"""Shows the preset of a chat; the others are in its menu."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton

from app.ui.look.icons import Picture
from app.ui.plain_text import ElidedLabel, tooltip

_MOST_PX = 220


class PresetButton(QToolButton):
    """Its menu is filled by who listens to its `aboutToShow`."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("presetButton")
        self.setProperty("kind", "choice")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMaximumWidth(_MOST_PX)
        menu = QMenu(self)
        menu.setObjectName("presetMenu")
        menu.setAccessibleName(self.tr("Presets"))
        self.setMenu(menu)
        self._words = ElidedLabel()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 5, 8, 5)
        self._row.setSpacing(8)
        self._row.addWidget(self._words)
        self._row.addWidget(Picture("chevron-down", 16, QPalette.ColorRole.PlaceholderText))

    def show_preset(self, words: str, line: str) -> None:
        """Say which one it is and what it does."""
        self._words.setText(words)
        self.setToolTip(tooltip(line))
        self.setAccessibleName(self.tr("Preset: {name}").format(name=words))
        self.setAccessibleDescription(line)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as its parts."""
        return self._row.sizeHint().boundedTo(QSize(_MOST_PX, 1 << 16))

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()
