"""The trash: what is in it, back into the list, or gone for good."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.services.chat_keeper import now_ms
from app.services.chat_library import TRASH_DAYS, ChatLibrary
from app.services.chats import Chat
from app.ui.buttons import push_button
from app.ui.chat.chat_entries import title_words
from app.ui.chat.chat_rows import Index
from app.ui.chat.row_painting import colour_of, draw_end, draw_ground, draw_line, small
from app.ui.models.question import Question
from app.ui.plain_text import PlainLabel, tooltip
from app.ui.popover import Popover
from app.ui.quantities import counted

_DAY_MS = 24 * 3600 * 1000
_WIDTH_PX = 420
_MOST_ROWS = 7
_ROW_PX = 34
_PAD_PX = 10


class TrashRows(QAbstractListModel):
    """A row per chat, the one that was put there last first."""

    def __init__(self) -> None:
        super().__init__()
        self._chats: list[Chat] = []

    def show(self, chats: Sequence[Chat]) -> None:
        """Have these rows."""
        self.beginResetModel()
        self._chats = list(chats)
        self.endResetModel()

    def chat(self, index: Index) -> Chat:
        """The chat of that row."""
        return self._chats[index.row()]

    def days_words(self, index: Index) -> str:
        """How long it can still be brought back."""
        lain_ms = now_ms() - (self._chats[index.row()].info.trashed_ms or now_ms())
        days = min(TRASH_DAYS, max(0, TRASH_DAYS - lain_ms // _DAY_MS))
        return counted(days, "1 day left", "{count} days left")

    def rowCount(self, parent: Index | None = None) -> int:
        """One row per chat."""
        return 0 if parent is not None and parent.isValid() else len(self._chats)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title, and the days in the accessible text."""
        title = title_words(self._chats[index.row()])
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(title)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{title}, {self.days_words(index)}"
        return None


class TrashRow(QStyledItemDelegate):
    """Draws the title on the left and the days on the right."""

    def __init__(self, rows: TrashRows, parent: QListView) -> None:
        super().__init__(parent)
        self._rows = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are alike."""
        return QSize(0, max(_ROW_PX, option.fontMetrics.height() + 14))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw it with the palette's colours."""
        state = option.state
        painter.save()
        painter.setClipRect(option.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_marked = state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        draw_ground(painter, option.rect, is_filled=bool(is_marked), has_ring=has_focus)
        place = option.rect.adjusted(_PAD_PX, 1, -_PAD_PX, -1)
        muted, font = colour_of(QPalette.ColorRole.PlaceholderText), small(option.font)
        is_mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        within = option.rect if is_mirrored else None
        days = self._rows.days_words(index)
        place = draw_end(painter, place, days, muted, font=font, within=within)
        words = index.data(Qt.ItemDataRole.DisplayRole)
        colour = colour_of(QPalette.ColorRole.WindowText)
        draw_line(painter, place, words, colour, font=option.font, within=within)
        painter.restore()


class TrashView(QListView):
    """The list; Enter brings back, Delete deletes.

    Signals:
        back_wanted, deletion_wanted: Of the row that is chosen.
    """

    back_wanted = Signal()
    deletion_wanted = Signal()

    def __init__(self, rows: TrashRows) -> None:
        super().__init__()
        self.setObjectName("trashList")
        self.setAccessibleName(self.tr("Chats in the trash"))
        self.setModel(rows)
        self.setItemDelegate(TrashRow(rows, self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    def fit(self) -> None:
        """Be as high as a few rows."""
        rows = min(self.model().rowCount(), _MOST_ROWS)
        self.setFixedHeight(max(1, rows) * max(self.sizeHintForRow(0), _ROW_PX))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the buttons do."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.back_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.deletion_wanted.emit()
        else:
            super().keyPressEvent(event)


class TrashPanel(Popover):
    """Chats that were deleted, while they can be brought back.

    Signals:
        brought_back: A chat's id.
    """

    brought_back = Signal(int)

    def __init__(self, library: ChatLibrary, owner: QWidget) -> None:
        super().__init__("trashPanel", self.tr("Trash"), owner)
        self._library = library
        self._asked: list[Chat] = []
        self._rows = TrashRows()
        self._view = TrashView(self._rows)
        self._question = Question("trashQuestion", self.tr("Keep"))
        self._question.answered.connect(self._delete_asked)
        self._back = push_button("bringBackButton", self.tr("Bring back"))
        self._delete = push_button("deleteForGoodButton", self.tr("Delete for good…"))
        self._empty = push_button("emptyTrashButton", self.tr("Empty trash…"))
        self._view.back_wanted.connect(self._bring_back)
        self._view.doubleClicked.connect(self._bring_back)
        self._view.deletion_wanted.connect(self._ask_for_one)
        self._back.clicked.connect(self._bring_back)
        self._delete.clicked.connect(self._ask_for_one)
        self._empty.clicked.connect(self._ask_for_all)
        self._arrange()
        self._show_chats()
        self.closed.connect(self.deleteLater)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._back)
        buttons.addWidget(self._delete)
        buttons.addStretch()
        buttons.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(8)
        column.addWidget(PlainLabel(self.tr("Trash"), kind="heading"))
        words = counted(
            TRASH_DAYS,
            "Chats in the trash are deleted after 1 day.",
            "Chats in the trash are deleted after {count} days.",
        )
        column.addWidget(PlainLabel(words, kind="small", wraps=True))
        column.addWidget(self._view)
        column.addWidget(self._question)
        column.addLayout(buttons)
        self.setFixedWidth(_WIDTH_PX)

    def _chosen(self) -> Chat | None:
        index = self._view.currentIndex()
        return self._rows.chat(index) if index.isValid() else None

    def _show_chats(self) -> None:
        """Show what is there now; the place in the list stays."""
        row = max(0, self._view.currentIndex().row())
        self._rows.show(self._library.trash)
        last = self._rows.rowCount() - 1
        self._view.setCurrentIndex(self._rows.index(min(row, last), 0))
        self._view.fit()
        for button in (self._back, self._delete, self._empty):
            button.setEnabled(last >= 0)

    @Slot(QModelIndex)
    def _bring_back(self, _: QModelIndex | None = None) -> None:
        if chat := self._chosen():
            self._library.bring_back(chat)
            self.close_panel()
            self.brought_back.emit(chat.chat_id)

    @Slot()
    def _ask_for_one(self) -> None:
        if chat := self._chosen():
            words = self.tr("Delete “{title}” for good? This cannot be undone.")
            self._ask([chat], words.format(title=title_words(chat)), self._delete)

    @Slot()
    def _ask_for_all(self) -> None:
        chats = list(self._library.trash)
        words = counted(
            len(chats),
            "Delete the chat in the trash for good? This cannot be undone.",
            "Delete all {count} chats in the trash for good? This cannot be undone.",
        )
        self._ask(chats, words, self._empty)

    def _ask(self, chats: list[Chat], words: str, asker: QPushButton) -> None:
        self._asked = chats
        self._question.ask(words, [("delete", self.tr("Delete for good"))], asker)
        self._fit()

    @Slot(object)
    def _delete_asked(self, _: object) -> None:
        there = [chat for chat in self._asked if chat in self._library.trash]
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._library.delete(there)
        if self._library.trash:
            self._show_chats()
        else:
            self.close_panel()

    def _fit(self) -> None:
        """Grow with the question, upwards: the panel stands at the foot of the window."""
        bottom = self.geometry().bottom()
        self.adjustSize()
        self.move(self.x(), max(_PAD_PX, bottom - self.height() + 1))
