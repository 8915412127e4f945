"""A list of named things: a name, one line about it, a mark."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.look.icons import pixmap
from app.ui.plain_text import tooltip

_RADIUS_PX = 8
_EDGE_PX = 10
_GAP_PX = 2
_ICON_PX = 16
_MORE_PX = 32
_SMALL = 0.9
_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

Index = QModelIndex | QPersistentModelIndex


class Entry(NamedTuple):
    """One row; without a key it is the heading of those below.

    Attributes:
        key: Names it to who shows it.
        mark: Name of an icon at its end.
        mark_words: What that means.
    """

    key: str
    name: str
    line: str = ""
    mark: str = ""
    mark_words: str = ""


class _Role(IntEnum):
    ENTRY = Qt.ItemDataRole.UserRole + 1


class _Entries(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        said = ", ".join(part for part in (entry.name, entry.mark_words, entry.line) if part)
        by_role: dict[int, object] = {
            Qt.ItemDataRole.DisplayRole: entry.name,
            Qt.ItemDataRole.AccessibleTextRole: said,
            _Role.ENTRY: entry,
        }
        if role == Qt.ItemDataRole.ToolTipRole and entry.key:
            return tooltip("\n".join(part for part in (entry.name, entry.line) if part))
        return by_role.get(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_row = bool(self.entries[index.row()].key)
        both = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return both if is_row else Qt.ItemFlag.NoItemFlags

    def show(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()


class EntryView(QListView):
    """Rows of `Entry`; one of them is current.

    Signals:
        moved: Key of the row that the person went to.
        taken: Key of a row that was clicked, or is current when Enter is pressed.
        more_requested: Key of a row and where its menu is to be, on the screen.
    """

    moved = Signal(str)
    taken = Signal(str)
    more_requested = Signal(str, QPoint)

    def __init__(self, name: str, label: str, *, has_more: bool = False) -> None:
        """Make it; `has_more`: every row has a menu."""
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "entries")
        self.setAccessibleName(label)
        self._entries = _Entries()
        self._has_more = has_more
        self._is_updating = False
        self.setModel(self._entries)
        self.setItemDelegate(_Row(self, has_more=has_more))
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_for_more)
        self.selectionModel().currentChanged.connect(self._moved)

    def show_entries(self, entries: Sequence[Entry], *, current: str = "") -> None:
        """Show these; that one is current, else the one that was, else what is in its place."""
        before, place = self.current, self.currentIndex().row()
        self._is_updating = True
        self._entries.show(entries)
        keys = [entry.key for entry in entries]
        rows = [row for row, key in enumerate(keys) if key]
        named = [keys.index(key) for key in (current, before) if key and key in keys]
        near = [row for row in rows if row >= place][:1] or rows[-1:]
        if found := [*named, *near]:
            self.setCurrentIndex(self._entries.index(found[0]))
        self._is_updating = False

    @property
    def current(self) -> str:
        """Key of the current row; empty where there is none."""
        index = self.currentIndex()
        return self._entries.entries[index.row()].key if index.isValid() else ""

    def step(self, rows: int) -> None:
        """Make the next row current, or the one before."""
        row = self.currentIndex().row() + rows
        if 0 <= row < self._entries.rowCount():
            self.setCurrentIndex(self._entries.index(row))

    def height_of(self, rows: int) -> int:
        """What so many rows take, or all of them if they are fewer."""
        sizes = [self.sizeHintForRow(row) for row in range(self._entries.rowCount())]
        return sum(sizes[:rows])

    def more_place(self) -> QPoint:
        """Where the menu of the current row is to be, on the screen."""
        place = self.visualRect(self.currentIndex())
        return self.viewport().mapToGlobal(place.bottomRight() - QPoint(_MORE_PX, _EDGE_PX))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the row, or open its menu."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or not index.isValid():
            return
        key = self._entries.entries[index.row()].key
        if not key or index != self.currentIndex():
            return
        if self._has_more and event.position().x() > self.visualRect(index).right() - _MORE_PX:
            self.more_requested.emit(key, self.more_place())
        else:
            self.taken.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the current row on Enter."""
        if event.key() in _ENTER_KEYS and self.current:
            self.taken.emit(self.current)
        else:
            super().keyPressEvent(event)

    @Slot(QPoint)
    def _ask_for_more(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if index.isValid() and self._entries.entries[index.row()].key:
            self.setCurrentIndex(index)
            self.more_requested.emit(self.current, self.viewport().mapToGlobal(place))

    @Slot(QModelIndex)
    def _moved(self, index: QModelIndex) -> None:
        if not self._is_updating and index.isValid():
            self.moved.emit(self.current)


class _Row(QStyledItemDelegate):
    def __init__(self, view: EntryView, *, has_more: bool) -> None:
        super().__init__(view)
        self._view = view
        self._has_more = has_more

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One or two lines, whatever their length."""
        entry: Entry = index.data(_Role.ENTRY)
        height = option.fontMetrics.height()
        if not entry.key:
            return QSize(0, _small(option.font)[1].height() + 16)
        if entry.line:
            height += _small(option.font)[1].height() + _GAP_PX
        return QSize(0, height + 18)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw it with the palette's colours."""
        entry: Entry = index.data(_Role.ENTRY)
        # A stylesheet makes the view's own placeholder colour half transparent.
        role, palette = QPalette.ColorRole, QGuiApplication.palette()
        place = option.rect.adjusted(0, 1, 0, -1)
        words = place.adjusted(_EDGE_PX, 7, -_EDGE_PX, -7)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not entry.key:
            font, _ = _small(option.font)
            font.setWeight(QFont.Weight.DemiBold)
            self._write(painter, words, entry.name, font, palette.color(role.PlaceholderText))
            painter.restore()
            return
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        is_pointed_at = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if is_current or is_pointed_at:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(role.Light))
            painter.drawRoundedRect(place, _RADIUS_PX, _RADIUS_PX)
        if is_current and self._view.hasFocus():
            painter.setPen(palette.color(role.Highlight))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), _RADIUS_PX, _RADIUS_PX)
        for name, colour, is_shown in (
            ("more", role.PlaceholderText, self._has_more and (is_current or is_pointed_at)),
            (entry.mark, role.Highlight, bool(entry.mark)),
        ):
            if is_shown:
                self._draw_icon(painter, words, name, colour, palette)
                words.setRight(words.right() - _ICON_PX - 8)
        self._draw_words(painter, option, words, entry, palette)
        painter.restore()

    def _draw_words(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        place: QRect,
        entry: Entry,
        palette: QPalette,
    ) -> None:
        role = QPalette.ColorRole
        text = palette.color(role.WindowText)
        if not entry.line:
            self._write(painter, place, entry.name, option.font, text)
            return
        small, metrics = _small(option.font)
        first, second = QRect(place), QRect(place)
        first.setHeight(option.fontMetrics.height())
        second.setTop(place.bottom() - metrics.height() + 1)
        self._write(painter, first, entry.name, option.font, text)
        self._write(painter, second, entry.line, small, palette.color(role.PlaceholderText))

    def _write(
        self, painter: QPainter, place: QRect, text: str, font: QFont, colour: QColor
    ) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(place, flags, shown)

    def _draw_icon(
        self,
        painter: QPainter,
        place: QRect,
        name: str,
        colour: QPalette.ColorRole,
        palette: QPalette,
    ) -> None:
        picture = pixmap(name, palette.color(colour), _ICON_PX, self._view.devicePixelRatioF())
        top = place.center().y() - _ICON_PX // 2 + 1
        painter.drawPixmap(place.right() - _ICON_PX + 1, top, picture)


def _small(font: QFont) -> tuple[QFont, QFontMetrics]:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * _SMALL)
    return small, QFontMetrics(small)
