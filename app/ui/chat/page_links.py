"""The sidebar's foot: the ways to the pages that are not chats."""

from enum import Enum

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.key_hint import key_hint
from app.ui.look.icons import IconFollower


class Page(Enum):
    """Where a link leads."""

    MODELS = "models"
    SETTINGS = "settings"


class PageLinks(QWidget):
    """A button for every page that there is.

    Signals:
        requested: The `Page` whose button was pressed.
    """

    requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._buttons = {
            Page.MODELS: self._button(
                Page.MODELS,
                self.tr("Models"),
                key_hint(self.tr("What this PC can run"), "Ctrl+Shift+M"),
                "model",
            ),
            Page.SETTINGS: self._button(
                Page.SETTINGS,
                self.tr("Settings"),
                key_hint(self.tr("Network, folders and what was fetched"), "Ctrl+,"),
                "gear",
            ),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for button in self._buttons.values():
            column.addWidget(button)
        self.hide()

    def offer(self) -> None:
        """There are pages to go to."""
        self.show()

    def show_open(self, page: Page | None) -> None:
        """Mark the page that is on the screen."""
        for link, button in self._buttons.items():
            button.setChecked(link is page)

    def put_badge(self, page: Page, badge: QWidget, said: SignalInstance) -> None:
        """Show a widget at the end of a page's button; the button stays what is pressed.

        Args:
            page: Whose button.
            badge: Says something without words, and takes no press.
            said: Carries the same in words.
        """
        button = self._buttons[page]
        row = QHBoxLayout(button)
        row.setContentsMargins(0, 0, 10, 0)
        row.addStretch()
        row.addWidget(badge, 0, Qt.AlignmentFlag.AlignVCenter)
        said.connect(button.setAccessibleDescription)

    def _button(self, page: Page, words: str, hint: str, picture: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(f"{page.value}Button")
        button.setProperty("kind", "page")
        button.setAccessibleName(words)
        button.setToolTip(hint)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(button, picture, QPalette.ColorRole.PlaceholderText, 18)
        button.clicked.connect(lambda: self.requested.emit(page))
        return button
