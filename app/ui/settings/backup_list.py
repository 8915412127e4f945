"""The copies of the chats, and what can be done about the chats as a whole."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.domain.errors import ChatsError
from app.store.backups import Backup
from app.ui.announce import announce
from app.ui.buttons import push_button
from app.ui.models.flow_row import FlowRow
from app.ui.plain_text import PlainLabel
from app.ui.settings.backup_row import BackupRow
from app.ui.settings.source import ChatBackups
from app.ui.settings.storage_words import (
    backed_up_words,
    checked_words,
    restored_words,
    work_words,
)


class BackupList(QWidget):
    """One row per copy, updated in place; whoever owns `on_change` calls `show_backups` then."""

    def __init__(self, backups: ChatBackups) -> None:
        super().__init__()
        self._backups = backups
        self._rows: dict[str, BackupRow] = {}
        self._back_up = push_button("backUpButton", self.tr("Back up now"))
        self._check = push_button("checkChatsButton", self.tr("Check now"))
        self._check.setToolTip(self.tr("Read all chats and see whether their file is sound"))
        self._result = PlainLabel(wraps=True)
        self._result.setObjectName("backupsResult")
        self._none = PlainLabel(self.tr("There is no copy yet."), kind="small")
        self._none.setObjectName("noBackups")
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._back_up.clicked.connect(lambda: self._backups.back_up(self._backed_up))
        self._check.clicked.connect(lambda: self._backups.check(self._checked))
        self._arrange()

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """In the order of the keyboard."""
        rows = (stop for row in self._rows.values() for stop in row.tab_stops)
        return (self._back_up, self._check, *rows)

    @Slot()
    def show_backups(self) -> None:
        """Show them as they are now."""
        copies = {copy.path.name: copy for copy in self._backups.copies}
        for gone in set(self._rows) - set(copies):
            row = self._rows.pop(gone)
            if row.isAncestorOf(QApplication.focusWidget() or self):
                self._back_up.setFocus(Qt.FocusReason.OtherFocusReason)
            row.hide()
            row.deleteLater()
        before = list(self._rows)
        for name, copy in copies.items():
            self._row_of(name, copy).show_copy(copy)
        if list(copies) != before:
            self._put_in_order(list(copies))
        work = self._backups.work
        for button in (self._back_up, self._check):
            button.setEnabled(work is None)
        for row in self._rows.values():
            row.show_work(is_working=work is not None)
        if work:
            self.say(work_words(work))
        self._none.setVisible(not copies)

    def say(self, words: str) -> None:
        """Say what came of something, or nothing."""
        if words == self._result.text():
            return
        self._result.setText(words)
        self._result.setVisible(bool(words))
        if words:
            announce(self, words)

    def _row_of(self, name: str, copy: Backup) -> BackupRow:
        if name not in self._rows:
            row = self._rows[name] = BackupRow(copy)
            row.restore_requested.connect(partial(self._restore, name))
            row.delete_requested.connect(partial(self._delete, name))
        return self._rows[name]

    def _put_in_order(self, names: list[str]) -> None:
        self._rows = {name: self._rows[name] for name in names}
        for row in self._rows.values():
            self._list.addWidget(row)
            row.show()

    def _copy(self, name: str) -> Backup | None:
        return next((copy for copy in self._backups.copies if copy.path.name == name), None)

    def _restore(self, name: str) -> None:
        if copy := self._copy(name):
            self._backups.restore(copy, partial(self._restored, copy))

    def _delete(self, name: str) -> None:
        if copy := self._copy(name):
            self.say("")
            self._backups.delete(copy)

    def _backed_up(self, end: Backup | ChatsError) -> None:
        self.say(backed_up_words(end))

    def _checked(self, end: bool | ChatsError) -> None:
        self.say(checked_words(end))

    def _restored(self, copy: Backup, end: ChatsError | None) -> None:
        self.say(restored_words(copy, end))

    def _arrange(self) -> None:
        words = self.tr(
            "A copy of all chats is made once a day when something is new; the last seven are "
            "kept. What you delete for good is taken out of them too."
        )
        buttons = FlowRow()
        buttons.show_members([self._back_up, self._check])
        self._result.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(PlainLabel(self.tr("Backups"), kind="strong"))
        column.addWidget(PlainLabel(words, kind="small", wraps=True))
        column.addWidget(buttons)
        column.addWidget(self._result)
        column.addWidget(self._none)
        column.addLayout(self._list)
