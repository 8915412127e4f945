"""The list of chats: what mouse and keyboard do in it."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView

from app.ui.chat.chat_entries import ChatEntry, Entry, Heading, HitEntry, Key, TrashEntry
from app.ui.chat.chat_row import ChatRow
from app.ui.chat.chat_rows import CHAT_MIME, ChatRows, Index
from app.ui.chat.chat_sections import Period
from app.ui.escape import claims_escape
from app.ui.look.measures import measures
from app.ui.shortcuts import Keys, is_pressed


class ChatListView(QListView):
    """Headings, chats and messages in one column.

    Attributes:
        can_leave: There is something that Escape leads out of.

    Signals:
        chat_stepped: A chat's id: the keyboard came to it.
        chat_clicked: The same by mouse or Enter: the person is done with the list.
        hit_clicked: A chat's id and a message's, by mouse or Enter.
        fold_requested: A folder's name: it is to be folded or unfolded.
        trash_requested: The row of the trash was pressed.
        menu_requested: What stands in a row, and where on the screen its menu belongs.
        trash_wanted: A chat's id: it is to be put into the trash.
        undo_requested: Ctrl+Z was pressed.
        filed: A chat's id and the folder that it was dropped on; empty for none.
        left: Escape was pressed while there is something to leave.
    """

    chat_stepped = Signal(int)
    chat_clicked = Signal(int)
    hit_clicked = Signal(int, int)
    fold_requested = Signal(str)
    trash_requested = Signal()
    menu_requested = Signal(object, QPoint)
    trash_wanted = Signal(int)
    undo_requested = Signal()
    filed = Signal(int, str)
    left = Signal()

    def __init__(self, rows: ChatRows) -> None:
        super().__init__()
        self.can_leave = False
        self.setObjectName("chatList")
        self.setAccessibleName(self.tr("Chats"))
        self._rows = rows
        self._row = ChatRow(rows, self)
        self._is_pressed = False
        self._is_quiet = False
        self.setModel(rows)
        self.setItemDelegate(self._row)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.clicked.connect(self._open)
        measures().changed.connect(self.scheduleDelayedItemsLayout)

    def show_entries(
        self,
        entries: list[Entry],
        moved: Collection[Key],
        open_chat_id: int | None,
        *,
        are_alike: bool,
    ) -> None:
        """Have these rows; nobody is moved to another chat by it.

        Args:
            entries: All of them.
            moved: What may stand elsewhere now.
            open_chat_id: Where the keyboard goes if what it was on is gone.
            are_alike: Whether all rows are equally high.
        """
        here, bar = self.currentIndex(), self.verticalScrollBar()
        key = self._rows.entry(here).key if here.isValid() else None
        height_px = bar.value()
        self._is_quiet = True
        self.setUniformItemSizes(are_alike)
        self._rows.show(entries, moved)
        self._is_quiet = False
        index = self._rows.index_of(key)
        self.go_to(index if index.isValid() else self._rows.index_of(open_chat_id))
        self.executeDelayedItemsLayout()
        bar.setValue(height_px)

    def show_open(self, chat_id: int | None) -> None:
        """Mark the chat that is on the page."""
        self._row.open_chat_id = chat_id
        self.viewport().update()

    def go_to(self, index: Index) -> None:
        """Put the keyboard's place there without opening what stands there."""
        self._is_quiet = True
        self.setCurrentIndex(index)
        if not index.isValid():
            self.clearSelection()
        self._is_quiet = False

    def open_menu(self, index: Index) -> None:
        """Ask for the menu of a row, below its button."""
        if index.isValid() and self._row.has_menu(index):
            corner = self._row.more_rect(self.visualRect(index)).bottomLeft()
            place = self.viewport().mapToGlobal(corner)
            self.menu_requested.emit(self._rows.entry(index), place)

    def rename(self, index: Index) -> None:
        """Have a row's words written anew in its place."""
        if index.isValid() and self._row.has_menu(index):
            self.go_to(index)
            self.scrollTo(index)
            self.edit(index)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Open the chat that the keyboard comes to; what was searched for waits for Enter."""
        super().currentChanged(current, previous)
        if self._is_quiet or self._is_pressed or not current.isValid():
            return
        entry = self._rows.entry(current)
        if isinstance(entry, ChatEntry) and entry.section:
            self.chat_stepped.emit(entry.key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open a row's menu, or wait whether the press becomes a click or a drag."""
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and self._is_on_more(index, event):
            self.go_to(index)
            self.open_menu(index)
            return
        self._is_pressed = True
        super().mousePressEvent(event)
        self._is_pressed = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the button that is under the mouse."""
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        self._point_at(index.row() if self._is_on_more(index, event) else -1)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        super().leaveEvent(event)
        self._point_at(-1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the row that was meant."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.open_menu(self.currentIndex())
            return
        index = self.indexAt(event.pos())
        if index.isValid() and self._row.has_menu(index):
            self.menu_requested.emit(self._rows.entry(index), event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt goes to the first row where the keyboard is on none; that opens nothing."""
        self._is_quiet = True
        super().focusInEvent(event)
        self._is_quiet = False

    def event(self, event: QEvent) -> bool:
        """Claim Escape while there is something to leave; it would stop the answer otherwise."""
        return (self.can_leave and claims_escape(event)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do with the row what its menu does."""
        index, key = self.currentIndex(), event.key()
        if is_pressed(Keys.ROW_MENU, event):
            self.open_menu(index)
        elif is_pressed(Keys.RENAME_CHAT, event):
            self.rename(index)
        elif key == Qt.Key.Key_Home:
            self._go_home()
        elif key == Qt.Key.Key_Escape and self.can_leave:
            self.left.emit()
        elif is_pressed(Keys.UNDO, event):
            self.undo_requested.emit()
        elif not (index.isValid() and self._act_on(index, event)):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take chats of this list; files are the window's."""
        if event.mimeData().hasFormat(CHAT_MIME):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the chat would go."""
        super().dragMoveEvent(event)  # it scrolls near the edges
        index = self.indexAt(event.position().toPoint())
        is_place = event.mimeData().hasFormat(CHAT_MIME) and self._folder_at(index) is not None
        event.setAccepted(is_place)
        self._target(index.row() if is_place else -1)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It goes nowhere."""
        super().dragLeaveEvent(event)
        self._target(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        """Put the chat into the folder."""
        folder = self._folder_at(self.indexAt(event.position().toPoint()))
        self._target(-1)
        self.setState(QAbstractItemView.State.NoState)
        if folder is not None:
            event.acceptProposedAction()
            self.filed.emit(int(event.mimeData().data(CHAT_MIME).toStdString()), folder)

    def _go_home(self) -> None:
        """Go to the first row; Qt would stop at a heading that is a date."""
        indexes = (self._rows.index(row) for row in range(self._rows.rowCount()))
        enabled = (i for i in indexes if i.flags() & Qt.ItemFlag.ItemIsEnabled)
        self.setCurrentIndex(next(enabled, QModelIndex()))
        self.scrollToTop()

    def _act_on(self, index: QModelIndex, event: QKeyEvent) -> bool:
        """Whether that key has a meaning of its own for that row."""
        entry, key = self._rows.entry(index), event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(index)
        elif is_pressed(Keys.DELETE_CHAT, event) and isinstance(entry, ChatEntry):
            self.trash_wanted.emit(entry.key)
        elif isinstance(entry, Heading):
            is_fold = {Qt.Key.Key_Left: False, Qt.Key.Key_Right: True}.get(Qt.Key(key))
            if key == Qt.Key.Key_Space or is_fold is entry.is_folded:
                self.fold_requested.emit(entry.key.folder)
            elif is_fold is None:
                return False
        elif key == Qt.Key.Key_Space:
            self._open(index)
        elif key == Qt.Key.Key_Left and isinstance(entry, ChatEntry) and entry.section:
            # As in a tree: from what is in a folder to the folder.
            heading = self._rows.index_of(entry.section)
            if heading.isValid() and heading.flags() & Qt.ItemFlag.ItemIsEnabled:
                self.setCurrentIndex(heading)
        else:
            return False
        return True

    def _open(self, index: Index) -> None:
        match self._rows.entry(index):
            case ChatEntry(chat_id):
                self.chat_clicked.emit(chat_id)
            case HitEntry((chat_id, message_id)):
                self.hit_clicked.emit(chat_id, message_id)
            case Heading(section) if section.period is Period.FOLDER:
                self.fold_requested.emit(section.folder)
            case TrashEntry():
                self.trash_requested.emit()

    def _folder_at(self, index: Index) -> str | None:
        """The folder that something dropped there goes into, empty for none; None: it cannot."""
        entry = self._rows.entry(index) if index.isValid() else None
        section = entry.key if isinstance(entry, Heading) else None
        if isinstance(entry, ChatEntry):
            section = entry.section
        return section.folder if section and section.period is not Period.PINNED else None

    def _is_on_more(self, index: Index, event: QMouseEvent) -> bool:
        place = event.position().toPoint()
        return (
            index.isValid()
            and self._row.has_menu(index)
            and self._row.more_rect(self.visualRect(index)).contains(place)
        )

    def _point_at(self, row: int) -> None:
        if row != self._row.pointed:
            self._row.pointed = row
            self.viewport().update()

    def _target(self, row: int) -> None:
        if row != self._row.target:
            self._row.target = row
            self.viewport().update()
