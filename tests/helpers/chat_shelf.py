"""The list of chats in a window, as a person uses it."""

import pathlib
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from app.services.chats import Chat
from app.store.store import Store
from app.ui.chat.chat_rows import ChatRole
from tests.helpers.desk import Desk
from tests.helpers.old_chats import kept


def keep(data: pathlib.Path, chats: Sequence[Chat], folders: Sequence[str] = ()) -> None:
    """Have chats on the disk, as an earlier run left them; what is said in each is “Yes.”."""
    with Store(data) as store:
        store.presets.put_folders(folders)
        store.chats.add(
            kept(chat.info, f"Question of {chat.chat_id}", chat.messages[-1].text)
            if chat.is_loaded
            else kept(chat.info, f"Question of {chat.chat_id}", "Yes.")
            for chat in chats
        )


class Shelf:
    """Looks at the list and puts hands on it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.view = desk.widget("chatList")
        self._qtbot: QtBot = desk.qtbot

    def rows(self) -> list[str]:
        """What every row says, headings included."""
        return [index.data() for index in self._indexes()]

    def chats(self) -> list[str]:
        """What the rows of chats and messages say."""
        return [i.data() for i in self._indexes() if i.data(ChatRole.CHAT_ID) is not None]

    def spoken(self, words: str) -> str:
        """What a screen reader says of that row."""
        return self.index(words).data(Qt.ItemDataRole.AccessibleTextRole)

    def index(self, words: str) -> QModelIndex:
        """The first row that says this."""
        return next(index for index in self._indexes() if index.data() == words)

    def here(self) -> str:
        """The row that the keyboard is on."""
        return self.view.currentIndex().data()

    def place(self, words: str) -> QPoint:
        """The middle of a row."""
        index = self.index(words)
        self.view.scrollTo(index)
        return self.view.visualRect(index).center()

    def click(self, words: str) -> None:
        self._click(self.place(words))

    def click_more(self, words: str) -> None:
        """Press the button at the end of a row."""
        place = self.place(words)
        self._click(QPoint(self.view.visualRect(self.index(words)).right() - 14, place.y()))

    def right_click(self, words: str) -> None:
        place = self.place(words)
        reason = QContextMenuEvent.Reason.Mouse
        event = QContextMenuEvent(reason, place, self.view.viewport().mapToGlobal(place))
        QApplication.sendEvent(self.view.viewport(), event)

    def go_to(self, words: str) -> None:
        """Have the keyboard on that row, without the mouse."""
        self.view.setFocus()
        self.view.setCurrentIndex(self.index(words))

    def key(self, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self._qtbot.keyClick(self.view, key, modifier)

    def entries(self, menu: str) -> list[str]:
        """What an open menu offers."""
        return [action.text() for action in self._menu(menu).actions() if action.text()]

    def choose(self, menu: str, *labels: str) -> None:
        """Choose from an open menu, through its inner menus."""
        found: QMenu = self._menu(menu)
        for label in labels:
            action = next(a for a in found.actions() if a.text() == label)
            if inner := action.menu():
                found = inner
            else:
                action.trigger()
        self._menu(menu).close()

    def write(self, words: str) -> QLineEdit:
        """Write into the row that is being edited, in the place of what is there."""
        (editor,) = self.desk.seen("rowEditor")  # the one before may not be gone yet
        assert isinstance(editor, QLineEdit)
        editor.selectAll()
        self._qtbot.keyClick(editor, Qt.Key.Key_Delete)
        self._qtbot.keyClicks(editor, words)
        return editor

    def rename(self, words: str) -> None:
        """The same, and be done with it."""
        self._qtbot.keyClick(self.write(words), Qt.Key.Key_Return)
        self.desk.wait_for(lambda: not self.desk.seen("rowEditor"))

    def drag(self, words: str, onto: str) -> bool:
        """Drag a chat to another row; whether it would be taken there."""
        data = self.view.model().mimeData([self.index(words)])
        at = self.place(onto)
        action, left = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
        rest = (action, data, left, Qt.KeyboardModifier.NoModifier)
        self.view.dragEnterEvent(QDragEnterEvent(at, *rest))
        move = QDragMoveEvent(at, *rest)
        self.view.dragMoveEvent(move)
        if move.isAccepted():
            self.view.dropEvent(QDropEvent(QPointF(at), *rest))
        return move.isAccepted()

    def _click(self, place: QPoint) -> None:
        self._qtbot.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def _menu(self, name: str) -> QMenu:
        return next(m for m in self.view.findChildren(QMenu, name) if m.isVisible())

    def _indexes(self) -> list[QModelIndex]:
        model = self.view.model()
        return [model.index(row, 0) for row in range(model.rowCount())]
