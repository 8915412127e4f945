"""All chats: begin one, find one, go to one."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QListView, QPushButton, QVBoxLayout, QWidget

from app.services.chats import Chat
from app.ui.chat.chat_list import ChatFilter, ChatList, ChatRole, ChatRow
from app.ui.chat.page_links import PageLinks
from app.ui.icons import IconFollower, Picture
from app.ui.plain_text import PlainLabel
from app.ui.search_field import SearchField


class Sidebar(QWidget):
    """The list of chats and what belongs to it.

    Attributes:
        search: The search field.
        links: The ways to the other pages.

    Signals:
        new_chat_requested: The button was pressed.
        chat_chosen: A chat's id, by mouse or keyboard.
        chat_clicked: The same by mouse or Enter: the person is done with the list.
    """

    new_chat_requested = Signal()
    chat_chosen = Signal(int)
    chat_clicked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._chats = ChatList()
        self._filter = ChatFilter(self._chats)
        self._open_chat_id: int | None = None
        self._is_updating = False
        self._new_chat = QPushButton(self.tr("New chat"))
        self._new_chat.setObjectName("newChatButton")
        self._new_chat.setAccessibleName(self._new_chat.text())
        self._new_chat.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(self._new_chat, "compose", QPalette.ColorRole.Highlight, 18)
        self.search = SearchField("searchField", self.tr("Search chats"))
        self._list = self._list_view()
        self._nothing = PlainLabel(self.tr("No chat contains this."), kind="small")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.links = PageLinks()
        self._arrange()
        self._new_chat.clicked.connect(self.new_chat_requested)
        self.search.textChanged.connect(self._filter_chats)
        self.search.left.connect(self._enter_list)
        self._list.clicked.connect(self._clicked)
        self._list.activated.connect(self._clicked)
        self._list.selectionModel().currentChanged.connect(self._moved)

    def add(self, chat: Chat) -> None:
        """Show a new chat at the top."""
        self._update(lambda: self._chats.add(chat))

    def remove(self, chat_id: int) -> None:
        """It is no longer among the chats."""
        self._update(lambda: self._chats.remove(chat_id))

    def show_folders(self, names: list[str]) -> None:
        """Show these folders, in that order."""

    def move_up(self, chat_id: int) -> None:
        """Show it at the top: something was asked there."""
        self._update(lambda: self._chats.move_up(chat_id))

    def show_change(self, chat_id: int, working_chat_id: int | None) -> None:
        """Show a new title, and which chat is being answered."""
        self._update(lambda: self._chats.refresh(chat_id))
        self._chats.show_working(working_chat_id)

    def show_open(self, chat_id: int) -> None:
        """Select the chat that is on the page."""
        self._open_chat_id = chat_id
        self._update(lambda: None)

    def step(self, rows: int) -> None:
        """Go that many chats down the list, up where negative."""
        here = self._list.currentIndex()
        row = min(max(here.row() + rows, 0), self._filter.rowCount() - 1)
        self._list.setCurrentIndex(self._filter.index(row, 0))

    def _update(self, change: Callable[[], None]) -> None:
        """Make a change that must not move the person to another chat."""
        self._is_updating = True

        change()
        index = (
            self._filter.row_of(self._open_chat_id)
            if self._open_chat_id is not None
            else QModelIndex()
        )
        self._list.setCurrentIndex(index)
        if not index.isValid():
            self._list.clearSelection()
        self._is_updating = False

    def _arrange(self) -> None:
        brand = QHBoxLayout()
        brand.setContentsMargins(4, 0, 0, 0)
        brand.setSpacing(8)
        brand.addWidget(Picture("wind", 22, QPalette.ColorRole.Highlight))
        brand.addWidget(PlainLabel(self.tr("Cierzo"), kind="wordmark"))
        brand.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 14, 12, 12)
        column.setSpacing(8)
        column.addLayout(brand)
        column.addSpacing(4)
        column.addWidget(self._new_chat)
        column.addWidget(self.search)
        column.addSpacing(4)
        column.addWidget(self._nothing)
        column.addWidget(self._list, 1)
        column.addWidget(self.links)
        self._nothing.hide()

    def _list_view(self) -> QListView:
        view = QListView()
        view.setObjectName("chatList")
        view.setAccessibleName(self.tr("Chats"))
        view.setModel(self._filter)
        view.setItemDelegate(ChatRow(view))
        view.setMouseTracking(True)
        view.setUniformItemSizes(True)
        view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        return view

    @Slot(str)
    def _filter_chats(self, words: str) -> None:
        self._update(lambda: self._filter.search(words))
        self._nothing.setVisible(not self._filter.rowCount())

    @Slot()
    def _enter_list(self) -> None:
        if self._filter.rowCount():
            self._list.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._list.setCurrentIndex(self._filter.index(0, 0))

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self.chat_clicked.emit(index.data(ChatRole.CHAT_ID))

    @Slot(QModelIndex)
    def _moved(self, index: QModelIndex) -> None:
        if not self._is_updating and index.isValid():
            self.chat_chosen.emit(index.data(ChatRole.CHAT_ID))
