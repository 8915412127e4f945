"""The ways to begin a chat: one that is kept, and one that is not."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from app.ui.key_hint import key_hint
from app.ui.look.icons import IconFollower


class NewChatRow(QWidget):
    """A wide button and a small one.

    Signals:
        chat_requested, private_chat_requested: A button was pressed.
    """

    chat_requested = Signal()
    private_chat_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        chat = QPushButton(self.tr("New chat"))
        chat.setObjectName("newChatButton")
        chat.setAccessibleName(chat.text())
        chat.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chat.clicked.connect(self.chat_requested)
        IconFollower(chat, "compose", QPalette.ColorRole.Highlight, 18)
        private = QToolButton()
        private.setObjectName("newPrivateChatButton")
        private.setAccessibleName(self.tr("New private chat"))
        words = self.tr("Private chat: nothing of it touches the disk")
        private.setToolTip(key_hint(words, "Ctrl+Shift+N"))
        private.setAccessibleDescription(words)
        private.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # As high as the button beside it.
        private.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        private.clicked.connect(self.private_chat_requested)
        IconFollower(private, "private", QPalette.ColorRole.PlaceholderText, 18)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(chat, 1)
        row.addWidget(private)
