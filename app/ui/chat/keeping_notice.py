"""Why chats are not kept, in a few words; the whole sentence is in the banner."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.errors import (
    ChatsDamaged,
    ChatsDiskFull,
    ChatsError,
    ChatsInUse,
    ChatsReadOnly,
    ChatsTooNew,
)
from app.ui.look.icons import Picture
from app.ui.plain_text import PlainLabel


class KeepingNotice(QWidget):
    """A line or two below the chats, or nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notKeptNotice")
        self._words = PlainLabel(kind="small", wraps=True)
        self._words.setObjectName("notKeptText")
        picture = Picture("alert", 16, QPalette.ColorRole.BrightText)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 4, 4)
        row.setSpacing(8)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        self.hide()

    def show_problem(self, problem: ChatsError | None) -> None:
        """Say why nothing is kept; None: all is well."""
        words = _tr("Not kept: {why}").format(why=_why(problem)) if problem else ""
        self._words.setText(words)
        self.setVisible(bool(words))


def _why(problem: ChatsError) -> str:
    match problem:
        case ChatsInUse():
            return _tr("another Cierzo has your chats open.")
        case ChatsTooNew():
            return _tr("your chats are of a newer Cierzo.")
        case ChatsDamaged():
            return _tr("the file with your chats is damaged.")
        case ChatsReadOnly():
            return _tr("the folder of your chats is read-only.")
        case ChatsDiskFull():
            return _tr("the disk is full.")
        case _:
            return _tr("the file with your chats cannot be used.")


def _tr(text: str) -> str:
    return QCoreApplication.translate("chats", text)
