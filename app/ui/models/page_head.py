"""The ways out of the Models page."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from app.ui.icons import IconFollower
from app.ui.key_hint import key_hint

_BUTTON_PX = 36


class PageHead(QWidget):
    """Stays while the page below it scrolls.

    Signals:
        back_requested, sidebar_requested, open_file_requested: A button was pressed.
    """

    back_requested = Signal()
    sidebar_requested = Signal()
    open_file_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        sidebar = QToolButton()
        sidebar.setObjectName("modelsSidebarButton")
        sidebar.setAccessibleName(self.tr("Sidebar"))
        sidebar.setToolTip(key_hint(self.tr("Show or hide the sidebar"), "Ctrl+B"))
        sidebar.setFixedSize(_BUTTON_PX, _BUTTON_PX)
        sidebar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(sidebar, "sidebar", QPalette.ColorRole.PlaceholderText)
        sidebar.clicked.connect(self.sidebar_requested)
        self._back = QPushButton(self.tr("Back to the chat"))
        self._back.setObjectName("backButton")
        self._back.setProperty("kind", "fold")
        self._back.setToolTip(key_hint(self.tr("Back to the chat"), "Esc"))
        self._back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(self._back, "back", QPalette.ColorRole.PlaceholderText, 16)
        self._back.clicked.connect(self.back_requested)
        open_file = QPushButton(self.tr("Open a downloaded file…"))
        open_file.setObjectName("openDownloadedButton")
        open_file.setProperty("kind", "outline")
        open_file.setToolTip(
            key_hint(self.tr("Use a model file (.gguf) that is on this PC"), "Ctrl+O")
        )
        open_file.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        open_file.clicked.connect(self.open_file_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(4)
        row.addWidget(sidebar)
        row.addWidget(self._back)
        row.addStretch()
        row.addWidget(open_file)

    def enter(self) -> None:
        """Take the keyboard."""
        self._back.setFocus(Qt.FocusReason.OtherFocusReason)
