"""One copy of the chats."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.store.backups import Backup
from app.ui.buttons import push_button
from app.ui.models.question import Question
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_bytes
from app.ui.settings.storage_words import moment_words
from app.ui.turning_line import TurningLine

_NARROW_PX = 360
_RESTORE, _DELETE = "restore", "delete"


class BackupRow(QFrame):
    """When it was made, and what can be done with it.

    Signals:
        restore_requested, delete_requested: The person said yes.
    """

    restore_requested = Signal()
    delete_requested = Signal()

    def __init__(self, copy: Backup) -> None:
        super().__init__()
        self.setObjectName("backupRow")
        self._when = PlainLabel()
        self._when.setObjectName("backupMoment")
        self._size = PlainLabel(kind="small")
        self._restore = push_button("restoreButton", self.tr("Restore…"), "link")
        self._delete = push_button("deleteBackupButton", self.tr("Delete…"), "link")
        self._question = Question("backupQuestion", self.tr("Leave all as it is"))
        self._restore.clicked.connect(self._ask_restore)
        self._delete.clicked.connect(self._ask_delete)
        self._question.answered.connect(self._answered)
        self._arrange()
        self.show_copy(copy)

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """In the order of the keyboard."""
        return (self._restore, self._delete)

    def show_copy(self, copy: Backup) -> None:
        """Say when it was made: what was today is yesterday at some time."""
        when, size = moment_words(copy), format_bytes(copy.size_bytes)
        self._when.setText(when)
        self._size.setText(size)
        self._restore.setAccessibleName(self.tr("Restore the copy: {when}").format(when=when))
        self._delete.setAccessibleName(self.tr("Delete the copy: {when}").format(when=when))
        self.setAccessibleName(f"{when}, {size}")

    def show_work(self, *, is_working: bool) -> None:
        """One thing is done at a time."""
        self._restore.setEnabled(not is_working)
        self._delete.setEnabled(not is_working)

    @Slot()
    def _ask_restore(self) -> None:
        words = self.tr(
            "Have your chats as they were? What came since then leaves the list; a copy of it is "
            "made first."
        )
        self._question.ask(words, [(_RESTORE, self.tr("Restore"))], self._restore)

    @Slot()
    def _ask_delete(self) -> None:
        words = self.tr("Delete this copy? Your chats stay as they are.")
        self._question.ask(words, [(_DELETE, self.tr("Delete"))], self._delete)

    @Slot(object)
    def _answered(self, answer: object) -> None:
        if answer == _RESTORE:
            self.restore_requested.emit()
        else:
            self.delete_requested.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the tools where there is room."""
        super().resizeEvent(event)
        self._line.fit(self.width())

    def _arrange(self) -> None:
        said, tools = QHBoxLayout(), QHBoxLayout()
        said.setSpacing(8)
        said.addWidget(self._when)
        said.addWidget(self._size, 1, Qt.AlignmentFlag.AlignVCenter)
        tools.setSpacing(8)
        tools.addWidget(self._restore)
        tools.addWidget(self._delete)
        tools.addStretch()
        line = self._line = TurningLine(_NARROW_PX)
        line.addLayout(said, 1)
        line.addLayout(tools)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self._question)
