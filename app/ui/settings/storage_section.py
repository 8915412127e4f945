"""What takes how much room, and copies of the chats."""

import itertools
import pathlib
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from app.domain.errors import ChatsError
from app.services.storage_use import Cleaned, Kind, Storage, StorageItem
from app.store.recovery import Recovered
from app.ui.note import Note
from app.ui.plain_text import PlainLabel
from app.ui.settings.backup_list import BackupList
from app.ui.settings.recovery_panel import RecoveryPanel
from app.ui.settings.source import ChatBackups, StorageUse
from app.ui.settings.storage_bar import StorageBar
from app.ui.settings.storage_row import StorageRow
from app.ui.settings.storage_words import cleaned_words, recovered_words, total_words

_LINE_PX = 1
# Shown also when there is nothing of it.
_ALWAYS = (Kind.MODELS, Kind.CHATS)


class StorageSection(QWidget):
    """A bar, a row for everything that takes room, and the backups.

    Takes over `on_change` of the backups. Sizes are as they were when the page was gone to.
    """

    def __init__(self, storage: StorageUse, backups: ChatBackups) -> None:
        super().__init__()
        self.setObjectName("storageSection")
        self._storage = storage
        self._backups = backups
        self._rows: dict[tuple[Kind, pathlib.Path], StorageRow] = {}
        self._recovery = RecoveryPanel(backups)
        self._result = Note("storageResult")
        self._summary = PlainLabel(self.tr("Counting…"), kind="muted", wraps=True)
        self._summary.setObjectName("storageSummary")
        self._bar = StorageBar()
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._copies = BackupList(backups)
        self._recovery.recover_requested.connect(self._recover)
        self._recovery.open_requested.connect(self._backups.open_again)
        backups.on_change = self._show_backups
        self._arrange()

    @property
    def is_alarming(self) -> bool:
        """Something is wrong with the chats."""
        return self._backups.problem is not None

    def arrive(self) -> None:
        """The page is on the screen: count anew; what was said before is over."""
        self._result.say("")
        self._copies.say("")
        self._show_backups()
        self._backups.look()
        self._storage.look(self._show_storage)

    def _show_storage(self, storage: Storage) -> None:
        items = {
            (item.kind, item.folder): item
            for item in storage.items
            if item.bytes or item.kind in _ALWAYS
        }
        before = list(self._rows)
        for key, item in items.items():
            self._row_of(key, item).show_item(item)
        for gone in set(self._rows) - set(items):
            self._drop(self._rows.pop(gone))
        if list(items) != before:
            self._put_in_order(list(items))
        self._summary.setText(total_words(storage))
        self._bar.show_items(storage.items)

    def _row_of(self, key: tuple[Kind, pathlib.Path], item: StorageItem) -> StorageRow:
        if key not in self._rows:
            row = self._rows[key] = StorageRow(item)
            row.clean_requested.connect(partial(self._clean, row))
        return self._rows[key]

    def _put_in_order(self, keys: list[tuple[Kind, pathlib.Path]]) -> None:
        self._rows = {key: self._rows[key] for key in keys}
        for row in self._rows.values():
            self._list.addWidget(row)
            row.show()
        self._order_keyboard()

    def _order_keyboard(self) -> None:
        rows = (stop for row in self._rows.values() for stop in row.tab_stops)
        stops = (
            *self._recovery.tab_stops,
            *self._result.tab_stops,
            *rows,
            *self._copies.tab_stops,
        )
        for stop, following in itertools.pairwise(stops):
            QWidget.setTabOrder(stop, following)

    def _drop(self, row: StorageRow) -> None:
        """Let a row go; the keyboard goes to the one below it."""
        if row.isAncestorOf(QApplication.focusWidget() or self):
            below = [r for r in self._rows.values() if r.y() > row.y()]
            heir = min(below, key=StorageRow.y).tab_stops[-1] if below else None
            (heir or self._copies.tab_stops[0]).setFocus(Qt.FocusReason.OtherFocusReason)
        row.hide()
        row.deleteLater()

    def _clean(self, row: StorageRow) -> None:
        self._storage.clean(row.item, self._cleaned)

    def _cleaned(self, cleaned: Cleaned) -> None:
        self._result.say(cleaned_words(cleaned))
        self._backups.look()
        self._storage.look(self._show_storage)

    @Slot()
    def _recover(self) -> None:
        self._backups.recover(self._recovered)

    def _recovered(self, end: Recovered | ChatsError) -> None:
        self._result.say(recovered_words(end))
        self._storage.look(self._show_storage)

    def _show_backups(self) -> None:
        self._recovery.show_problem()
        self._copies.show_backups()
        self._order_keyboard()

    def _arrange(self) -> None:
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedHeight(_LINE_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._recovery)
        column.addWidget(self._result)
        column.addWidget(self._summary)
        column.addWidget(self._bar)
        column.addLayout(self._list)
        column.addWidget(line)
        column.addWidget(self._copies)
