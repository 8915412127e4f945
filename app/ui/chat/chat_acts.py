"""What a person does to whole chats and to folders, by the sidebar's rows and their menus."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QMenu

from app.domain.names import clean_name, free_name
from app.services.chat_service import ChatService
from app.services.chats import Chat, ChatsOpened, ChatsRemoved, LibraryEvent
from app.ui.chat.chat_entries import ChatEntry, Heading
from app.ui.chat.chat_menu import RowMenu, add_action, add_folders
from app.ui.chat.sidebar import Sidebar

_NAME_CHARACTERS = 60


class ChatActs(QObject):
    """Turns what the sidebar asks for into calls of the library; a mistake can be undone."""

    def __init__(
        self,
        chats: ChatService,
        sidebar: Sidebar,
        keep_draft: Callable[[], None],
        parent: QObject,
    ) -> None:
        """Use `keep_draft`, which keeps what is being written in the open chat."""
        super().__init__(parent)
        self._chats = chats
        self._keep_draft = keep_draft
        self._library = chats.library
        self._sidebar = sidebar
        view, rows = sidebar.list, sidebar.rows
        view.menu_requested.connect(self._show_menu)
        view.trash_wanted.connect(self.move_to_trash)
        view.trash_requested.connect(self._show_trash)
        view.filed.connect(self._file)
        rows.chat_renamed.connect(self._rename)
        rows.folder_renamed.connect(self._rename_folder)

    @Slot(int)
    def move_to_trash(self, chat_id: int) -> None:
        """Take a chat out of the list; the bar below it has the way back."""
        chat, library = self._library.chat(chat_id), self._library
        self._keep_draft()
        draft, was_open = library.draft(chat_id), self._sidebar.open_chat_id == chat_id
        is_empty = not (chat.info.leaf_id is not None or chat.messages or draft)
        if was_open:
            # What stands beside it, not what happens to be the newest.
            self._sidebar.step_aside()
        self._chats.give_up(chat_id)
        library.move_to_trash(chat)
        if is_empty:
            return
        is_in_trash = chat in library.trash

        def undo() -> None:
            library.bring_back(chat)
            library.keep_draft(chat, draft)
            self._sidebar.chat_chosen.emit(chat_id)
            self._sidebar.list.setFocus()

        words = self.tr("Moved to the trash.") if is_in_trash else self.tr("Deleted.")
        self._sidebar.undo_bar.offer(words, undo)

    def follow(self, event: LibraryEvent) -> None:
        """What could be undone before is another matter once chats are gone or others are there."""
        if isinstance(event, ChatsOpened | ChatsRemoved):
            self._sidebar.undo_bar.leave()

    def when_open(self, chat_id: int, message_id: int, then: Callable[[], None]) -> None:
        """Go on when a chat's messages are here and the variant with that message is open."""
        chat = self._library.chat(chat_id)

        def loaded() -> None:
            if not chat.has(message_id):
                return  # it was deleted since it was found
            if chat.index(message_id) is None:
                self._chats.show_variant(chat_id, message_id)
            then()

        self._library.load(chat, loaded)

    @Slot(object, QPoint)
    def _show_menu(self, entry: ChatEntry | Heading, place: QPoint) -> None:
        if isinstance(entry, ChatEntry):
            self._chat_menu(entry.chat).popup(place)
        else:
            self._folder_menu(entry.key.folder).popup(place)

    def _chat_menu(self, chat: Chat) -> RowMenu:
        sidebar, chat_id = self._sidebar, chat.chat_id
        menu = RowMenu("chatMenu", self.tr("Chat"), sidebar.list)
        menu.add("rename", self.tr("Rename"), lambda: sidebar.rename_row(chat_id), "F2")
        is_pinned = chat.info.is_pinned
        menu.add(
            "pin",
            self.tr("Unpin") if is_pinned else self.tr("Pin"),
            lambda: self._library.change(chat, is_pinned=not is_pinned),
        )
        folders = QMenu(self.tr("Move to folder"), menu)
        menu.addMenu(folders)
        add_folders(folders, chat, self._library.folders, lambda name: self._file(chat_id, name))
        folders.addSeparator()
        add_action(folders, "newFolder", self.tr("New folder…"), lambda: self._file_in_new(chat))
        menu.add("export", self.tr("Export…"), lambda: sidebar.export_requested.emit(chat_id))
        menu.addSeparator()
        menu.add("delete", self.tr("Delete"), lambda: self.move_to_trash(chat_id), "Del")
        return menu

    def _folder_menu(self, name: str) -> RowMenu:
        sidebar, folders = self._sidebar, self._library.folders
        place = folders.index(name)
        menu = RowMenu("folderMenu", self.tr("Folder"), sidebar.list)
        menu.add("newChat", self.tr("New chat here"), lambda: self._begin_in(name))
        menu.add("rename", self.tr("Rename"), lambda: sidebar.rename_folder_row(name), "F2")
        up = menu.add("up", self.tr("Move up"), lambda: self._move_folder(name, -1))
        up.setEnabled(place > 0)
        down = menu.add("down", self.tr("Move down"), lambda: self._move_folder(name, 1))
        down.setEnabled(place < len(folders) - 1)
        menu.addSeparator()
        words = self.tr("Delete folder, keep its chats")
        menu.add("delete", words, lambda: self._delete_folder(name))
        return menu

    @Slot(int, str)
    def _rename(self, chat_id: int, title: str) -> None:
        chat = self._library.chat(chat_id)
        if title == chat.title:
            return
        # Without a title of the person's it is its first question, which must be here.
        self._library.load(chat, lambda: self._library.rename(chat, title))

    @Slot(int, str)
    def _file(self, chat_id: int, folder: str) -> None:
        chat = self._library.chat(chat_id)
        if chat.info.folder != folder or chat.info.is_pinned:
            # What is pinned stands above the folders and would not be seen to move.
            self._library.change(chat, folder=folder, is_pinned=False)

    def _file_in_new(self, chat: Chat) -> None:
        library = self._library
        name = free_name(self.tr("New folder"), library.folders)
        library.set_folders([*library.folders, name])
        library.change(chat, folder=name)
        self._sidebar.rename_folder_row(name)

    def _begin_in(self, folder: str) -> None:
        """Begin a chat in a folder, or go on with an empty one there."""
        empty = (
            chat
            for chat in self._library.chats
            if chat.info.folder == folder and chat.is_loaded and not chat.messages
        )
        chat = next(empty, None) or self._library.new_chat(folder=folder)
        self._sidebar.chat_clicked.emit(chat.chat_id)

    @Slot(str, str)
    def _rename_folder(self, old: str, typed: str) -> None:
        new = clean_name(typed, most=_NAME_CHARACTERS)
        if new and new != old:
            self._sidebar.carry_fold(old, new)
            self._library.rename_folder(old, new)

    def _move_folder(self, name: str, step: int) -> None:
        names = list(self._library.folders)
        place = names.index(name)
        names.insert(place + step, names.pop(place))
        self._library.set_folders(names)

    def _delete_folder(self, name: str) -> None:
        library, before = self._library, list(self._library.folders)
        chats = (*library.chats, *library.trash)
        inside = [chat.chat_id for chat in chats if chat.info.folder == name]
        library.set_folders([other for other in before if other != name])

        def undo() -> None:
            came_since = [other for other in library.folders if other not in before]
            library.set_folders([*before, *came_since])
            for chat in (*library.chats, *library.trash):
                if chat.chat_id in inside and not chat.info.folder:
                    library.change(chat, folder=name)
            self._sidebar.list.setFocus()

        self._sidebar.undo_bar.offer(self.tr("Folder deleted."), undo)

    @Slot()
    def _show_trash(self) -> None:
        from app.ui.chat.trash_list import TrashPanel

        panel = TrashPanel(self._library, self._sidebar)
        panel.open_at(self._sidebar.list)
        panel.brought_back.connect(lambda _: self._sidebar.undo_bar.leave())
        panel.brought_back.connect(self._sidebar.chat_clicked)
