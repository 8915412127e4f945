"""The chats in the order in which something was last asked, and how a row is drawn."""

from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.services.chats import Chat
from app.ui.plain_text import tooltip

_ROW_PX = 36
_RADIUS_PX = 8
_DOT_PX = 4

Index = QModelIndex | QPersistentModelIndex


class ChatRole(IntEnum):
    """What a row knows besides its title."""

    CHAT_ID = Qt.ItemDataRole.UserRole + 1
    IS_WORKING = Qt.ItemDataRole.UserRole + 2


class ChatList(QAbstractListModel):
    """Rows of chats; the first is the one that was used last."""

    def __init__(self) -> None:
        super().__init__()
        self._chats: list[Chat] = []
        self._working_chat_id: int | None = None

    def rowCount(self, parent: Index | None = None) -> int:
        """One row per chat."""
        return 0 if parent is not None and parent.isValid() else len(self._chats)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title, accessible text and the roles of `ChatRole`."""
        chat = self._chats[index.row()]
        is_working = chat.chat_id == self._working_chat_id
        title = chat.title or self.tr("New chat")
        described = self.tr("{title}, being answered").format(title=title) if is_working else title
        by_role: dict[int, object] = {
            Qt.ItemDataRole.DisplayRole: title,
            Qt.ItemDataRole.ToolTipRole: tooltip(title),
            Qt.ItemDataRole.AccessibleTextRole: described,
            ChatRole.CHAT_ID: chat.chat_id,
            ChatRole.IS_WORKING: is_working,
        }
        return by_role.get(role)

    def chat_at(self, row: int) -> Chat:
        """The chat of that row."""
        return self._chats[row]

    def add(self, chat: Chat) -> None:
        """A new chat goes to the top."""
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._chats.insert(0, chat)
        self.endInsertRows()

    def remove(self, chat_id: int) -> None:
        """It is no longer among the chats."""
        row = self._row(chat_id)
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._chats[row]
        self.endRemoveRows()

    def move_up(self, chat_id: int) -> None:
        """Something was asked there: it goes to the top."""
        row = self._row(chat_id)
        if row and self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), 0):
            self._chats.insert(0, self._chats.pop(row))
            self.endMoveRows()

    def show_working(self, chat_id: int | None) -> None:
        """Mark the chat that is being answered; None: nothing is."""
        before, self._working_chat_id = self._working_chat_id, chat_id
        for changed in {before, chat_id} - {None}:
            self.refresh(changed)

    def refresh(self, chat_id: int | None) -> None:
        """Its title or its words changed."""
        index = self.index(self._row(chat_id))
        self.dataChanged.emit(index, index)

    def _row(self, chat_id: int | None) -> int:
        return next(i for i, chat in enumerate(self._chats) if chat.chat_id == chat_id)


class ChatFilter(QSortFilterProxyModel):
    """Keeps the chats that contain the searched words in title or messages."""

    def __init__(self, chats: ChatList) -> None:
        super().__init__()
        self._chats = chats
        self._needle = ""
        self.setSourceModel(chats)

    def search(self, words: str) -> None:
        """Show what contains these words, in whatever case; all chats for none."""
        self.beginFilterChange()
        self._needle = words.strip().casefold()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        """Look through the title, then the messages."""
        if not self._needle:
            return True
        chat = self._chats.chat_at(row)
        return self._needle in chat.title.casefold() or any(
            self._needle in message.text.casefold() for message in chat.messages
        )

    def row_of(self, chat_id: int) -> QModelIndex:
        """Where that chat is shown; invalid where it is filtered out."""
        rows = (self.index(row, 0) for row in range(self.rowCount()))
        return next((i for i in rows if i.data(ChatRole.CHAT_ID) == chat_id), QModelIndex())


class ChatRow(QStyledItemDelegate):
    """Draws a row: title, and a dot while it is being answered."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are alike."""
        return QSize(0, max(_ROW_PX, option.fontMetrics.height() + 16))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw it with the palette's colours."""
        role = QPalette.ColorRole
        state = option.state
        place = option.rect.adjusted(0, 1, 0, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(option.palette.color(role.Light))
            painter.drawRoundedRect(place, _RADIUS_PX, _RADIUS_PX)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(option.palette.color(role.Highlight))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), _RADIUS_PX, _RADIUS_PX)
        words = place.adjusted(10, 0, -10, 0)
        if index.data(ChatRole.IS_WORKING):
            self._draw_dot(painter, option, words)
            words.setRight(words.right() - 16)
        painter.setPen(option.palette.color(role.WindowText))
        title = option.fontMetrics.elidedText(
            index.data(), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, title)
        painter.restore()

    def _draw_dot(self, painter: QPainter, option: QStyleOptionViewItem, place: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(option.palette.color(QPalette.ColorRole.Highlight))
        centre = QPointF(place.right() - _DOT_PX, place.center().y() + 0.5)
        painter.drawEllipse(centre, _DOT_PX, _DOT_PX)
