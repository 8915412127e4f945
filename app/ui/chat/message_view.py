"""One message on the page: a question in its bubble, an answer under the model's name.

The transcript gives the width; `lay_out` places the parts and answers with the height.
"""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.attachments import PictureAttachment
from app.domain.chat import Effort, Role
from app.domain.kept_chat import ChatMessage, MessageState
from app.ui.chat.message_text import MessageText
from app.ui.chat.picture_strip import PictureStrip
from app.ui.chat.pulse import Pulse
from app.ui.chat.status_words import answer_details, answer_words, question_words
from app.ui.chat.thought_block import ThoughtBlock
from app.ui.icons import IconFollower
from app.ui.plain_text import PlainLabel, tooltip
from app.ui.popover import Popover, Table

_BUBBLE_SHARE = 0.84
_BUBBLE_PAD = QSize(16, 11)
_GAP_PX = 6
_PICTURE_GAP_PX = 8


class MessageView(QWidget):
    """What questions and answers have in common.

    Attributes:
        message: As it was last shown.
        text: Its words.

    Signals:
        take_back_requested, ask_again_requested: The message's id.
        answer_again_requested: The message's id and the `Effort`.
        picture_opened: The `Attachment` that the person wants to see large.
        resized: It wants another height.
    """

    take_back_requested = Signal(int)
    ask_again_requested = Signal(int)
    answer_again_requested = Signal(int, object)
    picture_opened = Signal(object)
    resized = Signal()

    def __init__(self, message: ChatMessage) -> None:
        super().__init__()
        self.message = message
        self.text = MessageText()
        self.text.setParent(self)
        self.text.append_text(message.text)
        self._is_left_out = False

    def show_left_out(self, *, is_left_out: bool) -> None:
        """Step back: the model does not read it any more."""
        self._is_left_out = is_left_out
        self._dim()

    def focus(self, reason: Qt.FocusReason) -> None:
        """Take the keyboard."""
        self.text.setFocus(reason)

    def _dim(self) -> None:
        is_dimmed = self._is_left_out
        if is_dimmed != bool(self.text.property("dimmed")):
            self.text.setProperty("dimmed", is_dimmed)
            self.style().unpolish(self.text)
            self.style().polish(self.text)


def _link(words: str, name: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName(name)
    button.setProperty("kind", "link")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
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


class QuestionView(MessageView):
    """The person's words, on the right."""

    def __init__(self, message: ChatMessage) -> None:
        super().__init__(message)
        self.text.setAccessibleName(self.tr("You"))
        self._bubble = QFrame(self)
        self._bubble.setObjectName("bubble")
        self.text.setParent(self._bubble)
        self._status: StatusRow | None = None  # most questions never need one
        self._pictures: PictureStrip | None = None  # nor this
        self.show_message(message)

    def show_message(self, message: ChatMessage) -> None:
        """Offer what can be done with a question that is not being answered."""
        self.message = message
        words = question_words(message)
        if words and self._status is None:
            self._status = self._make_status()
        if self._status:
            self._status.words.setText(words)
            self._status.setVisible(bool(words))
            self._ask_again.setVisible(message.state is MessageState.UNANSWERED)
        pictures = tuple(a for a in message.attachments if isinstance(a, PictureAttachment))
        if pictures and self._pictures is None:
            self._pictures = PictureStrip(self._bubble)
            self._pictures.opened.connect(self.picture_opened)
            self._pictures.stackUnder(self.text)
        if self._pictures:
            self._pictures.show_pictures(pictures)
        self._dim()

    def focus(self, reason: Qt.FocusReason) -> None:
        """Take the keyboard: with the words, else with the first picture."""
        tile = self._pictures.first_tile() if self._pictures else None
        (self.text if self.message.text or tile is None else tile).setFocus(reason)

    def lay_out(self, width: int) -> int:
        """Fit the bubble to its pictures and words."""
        pad = _BUBBLE_PAD
        widest = int(width * _BUBBLE_SHARE) - 2 * pad.width()
        y, inside = pad.height(), 0
        if self._pictures:
            strip = self._pictures.lay_out(widest)
            self._pictures.move(pad.width(), y)
            y, inside = y + strip.height(), strip.width()
        has_words = bool(self.message.text) or self._pictures is None
        self.text.setVisible(has_words)
        if has_words:
            y += _PICTURE_GAP_PX if self._pictures else 0
            size = self.text.size_for(widest)
            self.text.setGeometry(pad.width(), y, size.width(), size.height())
            y, inside = y + size.height() - self.text.slack_px(), max(inside, size.width())
        bubble = QRect(0, 0, inside + 2 * pad.width(), y + pad.height())
        bubble.moveLeft(width - bubble.width())
        self._bubble.setGeometry(bubble)
        if self._status is None or self._status.isHidden():
            return bubble.height()
        row = self._status.sizeHint().height()
        self._status.setGeometry(0, bubble.height() + _GAP_PX, width, row)
        return bubble.height() + _GAP_PX + row

    def _make_status(self) -> StatusRow:
        status = StatusRow(self)
        self._ask_again = _link(self.tr("Ask again"), "askAgainButton")
        take_back = _link(self.tr("Take back"), "takeBackButton")
        self._ask_again.clicked.connect(
            lambda: self.ask_again_requested.emit(self.message.message_id)
        )
        take_back.clicked.connect(lambda: self.take_back_requested.emit(self.message.message_id))
        status.row.addStretch()
        for part in (status.words, self._ask_again, take_back):
            status.row.addWidget(part)
        return status

    def _dim(self) -> None:
        super()._dim()
        if self._pictures:
            self._pictures.show_dimmed(is_dimmed=self._is_left_out)


class AnswerView(MessageView):
    """The model's thoughts and words, across the column."""

    def __init__(self, message: ChatMessage) -> None:
        super().__init__(message)
        self.text.setAccessibleName(self.tr("{model} answers").format(model=message.model))
        self._speaker = PlainLabel(message.model, kind="speaker")
        self._speaker.setParent(self)
        self._thought: ThoughtBlock | None = None  # most answers have none
        self._activity = ""
        self._offered: Effort | None = None
        self._pulse = Pulse()
        self._copy = self._button("copyButton", self.tr("Copy the answer"))
        self._copy_icon = IconFollower(self._copy, "copy", QPalette.ColorRole.PlaceholderText, 16)
        self._copy.clicked.connect(self._copy_text)
        self._details = self._button("detailsButton", self.tr("Details of this answer"))
        IconFollower(self._details, "info", QPalette.ColorRole.PlaceholderText, 16)
        self._details.clicked.connect(self._show_details)
        self._again = _link("", "answerAgainButton")
        self._again.clicked.connect(self._ask_differently)
        self._status = StatusRow(self)
        for part in (self._pulse, self._status.words, self._copy, self._details, self._again):
            self._status.row.addWidget(part)
        self._status.row.addStretch()
        self.show_offer(None)
        self.show_message(message)

    def show_message(self, message: ChatMessage) -> None:
        """Say how it ended."""
        self.message = message
        is_working = message.state is MessageState.WORKING
        if message.thought and self._thought is None:
            self._thought = self._make_thought()
        if self._thought:
            self._thought.show_message(message)
        self._pulse.setVisible(is_working)
        self._copy.setVisible(not is_working and bool(message.text))
        self._details.setVisible(not is_working)
        self._status.words.setText(self._activity_words() if is_working else answer_words(message))
        details = "" if is_working else "\n".join(": ".join(r) for r in answer_details(message))
        self._status.words.setToolTip(tooltip(details) if details else "")
        self._details.setAccessibleDescription(details.replace("\n", ", "))
        self._dim()

    def show_activity(self, words: str) -> None:
        """Say what happens before the first word."""
        self._activity = words
        self._status.words.setText(self._activity_words())

    def show_offer(self, effort: Effort | None) -> None:
        """Offer to have the question answered in that mode, or nothing."""
        self._offered = effort
        self._again.setVisible(effort is not None)
        words = {
            Effort.FAST: self.tr("Answer again: Fast"),
            Effort.DEEP: self.tr("Answer again: Deep"),
        }
        if effort:
            self._again.setText(words[effort])

    def append(self, text: str) -> None:
        """Show more of the answer."""
        if self._thought:
            self._thought.end_thought()
        self.text.append_text(text)
        self._status.words.setText(self._activity_words())

    def append_thought(self, text: str, reasoning_tokens: int) -> None:
        """Show more of the thought."""
        if self._thought is None:
            self._thought = self._make_thought()
        self._thought.append_thought(text, reasoning_tokens)
        self._status.words.setText(self._activity_words())

    def lay_out(self, width: int) -> int:
        """Name, thought, words, small print."""
        y = self._speaker.sizeHint().height()
        self._speaker.setGeometry(0, 0, width, y)
        if self._thought:
            height = self._thought.lay_out(width)
            self._thought.setGeometry(0, y + _GAP_PX, width, height)
            y += _GAP_PX + height
        has_text = self._has_text()
        if has_text:
            height = self.text.size_for(width).height()
            self.text.setGeometry(0, y + _GAP_PX, width, height)
            y += _GAP_PX + height - self.text.slack_px()
        self.text.setVisible(has_text)
        row = max(self._status.sizeHint().height(), self._copy.sizeHint().height())
        self._status.setGeometry(0, y + _GAP_PX, width, row)
        # The status is on top of the text's empty last pixels.
        self._status.raise_()
        return y + _GAP_PX + row

    def _has_text(self) -> bool:
        return not self.text.document().isEmpty()

    def _activity_words(self) -> str:
        """Nothing as soon as something can be read."""
        return "" if self._has_text() or self._thought else self._activity

    def _make_thought(self) -> ThoughtBlock:
        block = ThoughtBlock(self, self.message.model)
        # Screen readers and Tab meet the thought before the answer.
        block.stackUnder(self.text)
        block.toggled.connect(self.resized)
        block.show()
        return block

    def _button(self, name: str, label: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setToolTip(label)
        button.setAccessibleName(label)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self._copy_icon.show("check")

    def _show_details(self) -> None:
        panel = Popover("detailsPanel", self.tr("Details of this answer"))
        panel.closed.connect(panel.deleteLater)
        table = Table()
        table.show_rows(answer_details(self.message))
        column = QVBoxLayout(panel)
        column.setContentsMargins(16, 14, 16, 14)
        column.addWidget(table)
        panel.open_at(self._details)

    def _ask_differently(self) -> None:
        if self._offered:
            self.answer_again_requested.emit(self.message.message_id, self._offered)


def message_view(message: ChatMessage) -> QuestionView | AnswerView:
    """Make the view that fits the speaker."""
    return QuestionView(message) if message.role is Role.USER else AnswerView(message)
