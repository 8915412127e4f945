"""What can be done when something is wrong with the chats."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import ChatsError, ChatsInUse, ChatsUnreadable
from app.ui.buttons import push_button
from app.ui.look.icons import Picture
from app.ui.models.flow_row import FlowRow
from app.ui.plain_text import PlainLabel
from app.ui.settings.source import ChatBackups
from app.ui.settings.storage_words import problem_words

_ICON_PX = 18


class RecoveryPanel(QFrame):
    """Says what is wrong, or is not there.

    Signals:
        recover_requested, open_requested: Its buttons.
    """

    recover_requested = Signal()
    open_requested = Signal()

    def __init__(self, backups: ChatBackups) -> None:
        super().__init__()
        self.setObjectName("recoveryPanel")
        self._backups = backups
        self._words = PlainLabel(wraps=True)
        self._words.setObjectName("recoveryText")
        self._recover = push_button("recoverButton", self.tr("Save what can be read"))
        self._again = push_button("openAgainButton", self.tr("Try again"))
        self._recover.clicked.connect(self.recover_requested)
        self._again.clicked.connect(self.open_requested)
        self._arrange()
        self.show_problem()

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """In the order of the keyboard."""
        return (self._recover, self._again)

    @Slot()
    def show_problem(self) -> None:
        """Say what is wrong now."""
        problem = self._backups.problem
        self.setVisible(problem is not None)
        if problem is None:
            return
        self._words.setText(problem_words(problem))
        self.setAccessibleName(self._words.text())
        self._recover.setVisible(self._backups.can_recover)
        self._again.setVisible(_may_pass(problem))
        for button in (self._recover, self._again):
            button.setEnabled(self._backups.work is None)

    def _arrange(self) -> None:
        buttons = FlowRow()
        buttons.show_members([self._recover, self._again])
        words = QVBoxLayout()
        words.setSpacing(10)
        words.addWidget(self._words)
        words.addWidget(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(10)
        colour = QPalette.ColorRole.BrightText
        row.addWidget(Picture("alert", _ICON_PX, colour), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)


def _may_pass(problem: ChatsError) -> bool:
    """Whether the person can mend it outside of Cierzo while this one runs."""
    return isinstance(problem, ChatsInUse | ChatsUnreadable)
