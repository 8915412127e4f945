"""What can be done with a chat and with a folder, as menus."""

import functools
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.services.chats import Chat
from app.ui.plain_text import one_line


class RowMenu(QMenu):
    """A menu that is gone when it was closed; its keys are those that work in the list."""

    def __init__(self, name: str, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def add(self, name: str, label: str, act: Callable[[], object], key: str = "") -> QAction:
        """Add an entry; `name` is for `objectName`."""
        return add_action(self, name, label, act, key)


def add_action(
    menu: QMenu, name: str, label: str, act: Callable[[], object], key: str = ""
) -> QAction:
    """Add an entry to a menu."""
    action = menu.addAction(label)
    action.setObjectName(name)
    if key:
        action.setShortcut(QKeySequence(key))
        action.setShortcutVisibleInContextMenu(True)
        # The list itself has the key; as a shortcut it would reach it from anywhere.
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    action.triggered.connect(lambda _: act())
    return action


def add_folders(
    menu: QMenu, chat: Chat, folders: Sequence[str], file: Callable[[str], object]
) -> None:
    """Add the folders, with the chat's own ticked, and none."""
    for name in [*folders, ""]:
        label = one_line(name).replace("&", "&&") or _tr("No folder")
        action = add_action(menu, "folder", label, functools.partial(file, name))
        action.setCheckable(True)
        action.setChecked(chat.info.folder == name)


def _tr(text: str) -> str:
    return QCoreApplication.translate("chats", text)
