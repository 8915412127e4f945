"""What questions and answers on the page have in common.

The transcript gives the width; `lay_out` places the parts and answers with the height.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.domain.chat import Effort
from app.domain.kept_chat import ChatMessage, MessageState
from app.ui.chat.message_editor import MessageEditor
from app.ui.chat.message_requests import Rewrite
from app.ui.chat.message_text import MessageText
from app.ui.chat.variant_bar import VariantBar
from app.ui.look.icons import IconFollower
from app.ui.plain_text import PlainLabel

GAP_PX = 6


class MessageView(QWidget):
    """A message and what can be done with it.

    Attributes:
        message: As it was last shown.
        text: Its words.

    Signals:
        requested: A `MessageRequest`.
        attachment_opened: The `Attachment` that the person wants to see in full.
        edited: The words so far of an edit that is not done; None where there is none any more.
        pressed: The mouse went down on words that are no part of a selection over messages.
        resized: It wants another height.
        grown: The same, without the person having done anything.
    """

    requested = Signal(object)
    attachment_opened = Signal(object)
    edited = Signal(object)
    pressed = Signal()
    resized = Signal()
    grown = Signal()

    def __init__(self, message: ChatMessage, parent: QWidget, *, is_hurried: bool = False) -> None:
        """Show `message`; its words come a little later if it is hurried."""
        super().__init__(parent)
        self.message = message
        self.text = self._make_text()
        if is_hurried:
            self.text.append_later(message.text)
        else:
            self.text.append_text(message.text)
        self._variants: VariantBar | None = None  # most messages have none
        self._editor: MessageEditor | None = None
        self._is_left_out = False

    def show_variants(self, variants: list[int]) -> None:
        """Show which of several it is; one alone is not worth a word."""
        if len(variants) > 1 and self._variants is None:
            self._variants = bar = VariantBar(self)
            bar.requested.connect(self.requested)
            self._place_variants(bar)
        if self._variants:
            self._variants.show_variants(variants, self.message.message_id)

    def _place_variants(self, bar: VariantBar) -> None:
        """Give the bar its place among the other parts."""

    def show_left_out(self, *, is_left_out: bool) -> None:
        """Step back: the model does not read it any more."""
        self._is_left_out = is_left_out
        self._dim()

    def focus(self, reason: Qt.FocusReason) -> None:
        """Take the keyboard."""
        (self._editor.input if self._editor else self.text).setFocus(reason)

    def lay_out(self, width: int) -> int:
        """Place all parts in a column of that width; the height they take."""
        raise NotImplementedError

    def is_drawn(self) -> bool:
        """Whether its words are all there; a long answer is drawn little by little."""
        return self._editor is not None or self.text.is_drawn()

    def let_go(self) -> None:
        """Forget what is shown, before it is deleted."""

    def is_in_use(self) -> bool:
        """Whether the person would lose something with this view."""
        is_selected = self.text.textCursor().hasSelection() and not self.text.is_spanned
        is_working = self.message.state is MessageState.WORKING
        return self._editor is not None or is_selected or is_working

    def show_message(self, message: ChatMessage) -> None:
        """Show its new state."""
        raise NotImplementedError

    def show_activity(self, words: str) -> None:
        """Say what happens before the first word of an answer."""

    def show_offer(self, effort: Effort | None) -> None:
        """Offer to have an answer's question answered in that mode."""

    def unfolded(self) -> bool | None:
        """Whether the person wants to see a thought; None where they have not said so."""
        return None

    def unfold(self, *, is_open: bool) -> None:
        """Show a thought, or not, as the person wanted."""

    def edit(self, text: str) -> None:
        """Have it written anew, beginning with these words."""
        if self._editor:
            return
        self._editor = editor = self._make_editor(text)
        editor.done.connect(self._rewrite)
        editor.cancelled.connect(self._end_editing)
        editor.changed.connect(self.edited.emit)
        editor.input.document().documentLayout().documentSizeChanged.connect(
            lambda _: self.resized.emit()
        )
        editor.show()
        self.resized.emit()

    def _begin_editing(self) -> None:
        self.edit(self.message.text)
        if self._editor:
            self._editor.input.selectAll()
            self._editor.input.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_text(self) -> MessageText:
        raise NotImplementedError

    def _make_editor(self, text: str) -> MessageEditor:
        raise NotImplementedError

    def _rewrite(self, text: str) -> None:
        self._end_editing()
        if text.strip() and text != self.message.text:
            self.requested.emit(Rewrite(self.message.message_id, text))

    def _end_editing(self) -> None:
        editor, self._editor = self._editor, None
        if editor:
            editor.hide()
            editor.deleteLater()
            self.edited.emit(None)
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)
            self.resized.emit()

    def _dim(self) -> None:
        if self._is_left_out != bool(self.text.property("dimmed")):
            self.text.setProperty("dimmed", self._is_left_out)
            self.style().unpolish(self.text)
            self.style().polish(self.text)


def small_button(name: str, label: str, picture: str = "") -> QToolButton:
    """Make a quiet button, with a picture that stays."""
    button = QToolButton()
    button.setObjectName(name)
    button.setToolTip(label)
    button.setAccessibleName(label)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if picture:
        IconFollower(button, picture, QPalette.ColorRole.PlaceholderText, 16)
    return button


class StatusRow(QWidget):
    """The small print under a message and what can be pressed there.

    Attributes:
        row: For the parts around the words.
        words: The small print.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)
        self.words = PlainLabel(kind="small")
        self.words.setObjectName("messageStatus")
