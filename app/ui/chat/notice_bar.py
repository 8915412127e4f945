"""Something to decide before going on: what does not fit, what repeats itself."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from app.ui.announce import announce
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_count


class NoticeBar(QFrame):
    """One sentence and its buttons, or nothing.

    Signals:
        choose_pages_requested, leave_out_requested, larger_context_requested,
        new_chat_requested: It does not fit.
        stop_requested, go_on_requested: It repeats itself.
    """

    choose_pages_requested = Signal()
    leave_out_requested = Signal()
    larger_context_requested = Signal()
    new_chat_requested = Signal()
    stop_requested = Signal()
    go_on_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("noticeBar")
        self.setAccessibleName(self.tr("Notice"))
        self._words = PlainLabel(wraps=True)
        self._words.setObjectName("noticeText")
        self._leave_out = self._button("leaveOutButton", self.tr("Leave out the oldest turn"))
        self._pages = self._button("choosePagesButton", self.tr("Choose pages…"))
        self._larger = self._button("largerContextButton", self.tr("Larger context"))
        self._new_chat = self._button("newChatWithDraftButton", self.tr("New chat"))
        self._stop = self._button("stopRepeatingButton", self.tr("Stop"))
        self._go_on = self._button("goOnButton", self.tr("Let it go on"))
        self._leave_out.clicked.connect(self.leave_out_requested)
        self._pages.clicked.connect(self.choose_pages_requested)
        self._larger.clicked.connect(self.larger_context_requested)
        self._new_chat.clicked.connect(self.new_chat_requested)
        self._stop.clicked.connect(self.stop_requested)
        self._go_on.clicked.connect(self.go_on_requested)
        self._larger.setToolTip(self.tr("Load the model again with room for twice as much"))
        self._new_chat.setToolTip(self.tr("Begin a new chat with this question"))
        self._buttons = (
            *(self._pages, self._leave_out, self._larger, self._new_chat),
            *(self._stop, self._go_on),
        )
        self._arrange()
        self.show_nothing()

    def show_overflow(
        self,
        *,
        needed_tokens: int,
        context_tokens: int,
        can_leave_out: bool,
        can_grow: bool,
        can_move: bool,
        can_choose_pages: bool,
    ) -> None:
        """Say that question and answer do not fit, and what can be done."""
        words = self.tr(
            "With room for an answer this takes {needed} tokens, and the model can keep "
            "{context} in mind."
        ).format(needed=format_count(needed_tokens), context=format_count(context_tokens))
        shown = {
            self._pages: can_choose_pages,
            self._leave_out: can_leave_out,
            self._larger: can_grow,
            self._new_chat: can_move,
        }
        self._show(words, [button for button, is_offered in shown.items() if is_offered])

    def show_repeating(self) -> None:
        """Offer to end an answer that gets nowhere."""
        self._show(self.tr("The answer seems to repeat itself."), [self._stop, self._go_on])

    def show_nothing(self) -> None:
        """Nothing is to be decided."""
        self._words.clear()
        self.hide()

    def _show(self, words: str, buttons: list[QPushButton]) -> None:
        for button in self._buttons:
            button.setVisible(button in buttons)
        self.show()
        if words == self._words.text():
            return
        self._words.setText(words)
        announce(self, words)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 10, 8, 6)
        # Under the words of the sentence stand the words of the buttons, not their edges.
        self._words.setContentsMargins(6, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._words)
        column.addLayout(row)

    def _button(self, name: str, label: str) -> QPushButton:
        button = QPushButton(label)
        button.setObjectName(name)
        button.setProperty("kind", "link")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
