"""The rows of the list of chats, as Qt's views want them."""

import itertools
from collections.abc import Collection, Sequence
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.ui.chat.chat_entries import (
    ChatEntry,
    Entry,
    Heading,
    HitEntry,
    Key,
    TrashEntry,
    shown_words,
    spoken_words,
)
from app.ui.chat.chat_sections import Period
from app.ui.plain_text import tooltip

CHAT_MIME = "application/x-cierzo-chat"
# Beyond that many pieces it is quicker to have the view begin anew.
_MOST_RUNS = 40

Index = QModelIndex | QPersistentModelIndex


class ChatRole(IntEnum):
    """What a row knows besides its words."""

    CHAT_ID = Qt.ItemDataRole.UserRole + 1
    IS_WORKING = Qt.ItemDataRole.UserRole + 2


class ChatRows(QAbstractListModel):
    """A row for every `Entry`.

    Signals:
        chat_renamed: A chat's id and the title that the person wrote in its row.
        folder_renamed: A folder's name and the new one.
    """

    chat_renamed = Signal(int, str)
    folder_renamed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self._row_of: dict[Key, int] = {}
        self._working_chat_id: int | None = None

    def rowCount(self, parent: Index | None = None) -> int:
        """One row per entry."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def entry(self, index: Index) -> Entry:
        """What stands in that row."""
        return self._entries[index.row()]

    def entries(self) -> Sequence[Entry]:
        """All rows."""
        return self._entries

    def index_of(self, key: Key) -> QModelIndex:
        """Where something is shown; invalid where it is not."""
        row = self._row_of.get(key)
        return QModelIndex() if row is None else self.index(row)

    def is_working(self, chat_id: int) -> bool:
        """Whether that chat is being answered."""
        return chat_id == self._working_chat_id

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words, accessible text and the roles of `ChatRole`."""
        entry = self._entries[index.row()]
        chat = entry.chat if isinstance(entry, ChatEntry | HitEntry) else None
        is_working = chat is not None and self.is_working(chat.chat_id)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown_words(entry)
            case Qt.ItemDataRole.EditRole:
                return entry.key.folder if isinstance(entry, Heading) else chat and chat.title
            case Qt.ItemDataRole.ToolTipRole if chat:
                return tooltip(shown_words(entry))
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken_words(entry, is_working=is_working)
            case ChatRole.CHAT_ID:
                return chat.chat_id if chat else None
            case ChatRole.IS_WORKING:
                return is_working
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell what the person wrote in a row."""
        match self._entries[index.row()]:
            case ChatEntry(chat_id):
                self.chat_renamed.emit(chat_id, str(value))
            case Heading(section):
                self.folder_renamed.emit(section.folder, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What can be done with a row; a heading that is a date is passed over."""
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.NoItemFlags
        match self._entries[index.row()]:
            case ChatEntry():
                chosen = flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsEditable
                return chosen | flag.ItemIsDragEnabled | flag.ItemNeverHasChildren
            case Heading(key) if key.period is Period.FOLDER:
                return flag.ItemIsEnabled | flag.ItemIsEditable | flag.ItemNeverHasChildren
            case HitEntry():
                return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemNeverHasChildren
            case TrashEntry():
                return flag.ItemIsEnabled | flag.ItemNeverHasChildren
        return flag.NoItemFlags

    def mimeTypes(self) -> list[str]:
        """Chats alone are dragged."""
        return [CHAT_MIME]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:
        """A chat's id, of no use to other programs."""
        data = QMimeData()
        data.setData(CHAT_MIME, str(indexes[0].data(ChatRole.CHAT_ID)).encode())
        return data

    def supportedDropActions(self) -> Qt.DropAction:
        """A chat is in one place."""
        return Qt.DropAction.MoveAction

    def show_working(self, chat_id: int | None) -> None:
        """Mark the chat that is being answered; None: nothing is."""
        before, self._working_chat_id = self._working_chat_id, chat_id
        for changed in {before, chat_id} - {None}:
            self.refresh(changed)

    def refresh(self, key: Key) -> None:
        """Something that a row says has changed."""
        index = self.index_of(key)
        if index.isValid():
            self.dataChanged.emit(index, index)

    def show(self, entries: list[Entry], moved: Collection[Key] = ()) -> None:
        """Have these rows; those that stay where they are are left alone.

        Args:
            entries: All of them.
            moved: The keys of rows that may stand elsewhere now.
        """
        kept = {entry.key for entry in entries}.difference(moved)
        gone = [row for row, entry in enumerate(self._entries) if entry.key not in kept]
        kept.intersection_update(self._row_of)
        runs = _runs(gone)
        if len(runs) > _MOST_RUNS or not _are_in_order(self._entries, entries, kept):
            self.beginResetModel()
            self._entries = entries
            self._note_rows()
            self.endResetModel()
            return
        for first, last in reversed(runs):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._entries[first : last + 1]
            self.endRemoveRows()
        new = [row for row, entry in enumerate(entries) if entry.key not in kept]
        for first, last in _runs(new):
            self.beginInsertRows(QModelIndex(), first, last)
            self._entries[first:first] = entries[first : last + 1]
            self.endInsertRows()
        old, self._entries = self._entries, entries
        self._note_rows()
        for row, (before, now) in enumerate(zip(old, entries, strict=True)):
            if before is not now and before != now:
                self.dataChanged.emit(self.index(row), self.index(row))

    def _note_rows(self) -> None:
        self._row_of = {entry.key: row for row, entry in enumerate(self._entries)}


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Rows that follow each other, as first and last."""
    groups = itertools.groupby(enumerate(rows), lambda place: place[1] - place[0])
    runs = [[row for _, row in group] for _, group in groups]
    return [(run[0], run[-1]) for run in runs]


def _are_in_order(before: Sequence[Entry], now: Sequence[Entry], kept: Collection[Key]) -> bool:
    """Whether what is kept stands in the same order as before."""
    old = (entry.key for entry in before if entry.key in kept)
    new = (entry.key for entry in now if entry.key in kept)
    return all(a == b for a, b in zip(old, new, strict=True))
