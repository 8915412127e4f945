"""One message on the page: a question in its bubble, an answer under the model's name.

The transcript gives the width; `lay_out` places the parts and answers with the height.
"""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from app.domain.chat import Role
from app.services.chat_service import ChatMessage, MessageState
from app.ui.chat.message_text import MessageText
from app.ui.chat.pulse import Pulse
from app.ui.chat.status_words import answer_words, question_words
from app.ui.icons import IconFollower
from app.ui.plain_text import PlainLabel

_BUBBLE_SHARE = 0.84
_BUBBLE_PAD = QSize(16, 11)
_GAP_PX = 6


class MessageView(QWidget):
    """What questions and answers have in common.

    Attributes:
        message: As it was last shown.
        text: Its words.

    Signals:
        take_back_requested, ask_again_requested: The message's id.
    """

    take_back_requested = Signal(int)
    ask_again_requested = Signal(int)

    def __init__(self, message: ChatMessage) -> None:
        super().__init__()
        self.message = message
        self.text = MessageText()
        self.text.setParent(self)
        self.text.append_text(message.text)


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

    def lay_out(self, width: int) -> int:
        """Fit the bubble to its words."""
        pad = _BUBBLE_PAD
        widest = int(width * _BUBBLE_SHARE) - 2 * pad.width()
        size = self.text.size_for(widest)
        self.text.setGeometry(pad.width(), pad.height(), size.width(), size.height())
        height = size.height() - self.text.slack_px() + 2 * pad.height()
        bubble = QRect(0, 0, size.width() + 2 * pad.width(), height)
        bubble.moveLeft(width - bubble.width())
        self._bubble.setGeometry(bubble)
        if self._status is None or self._status.isHidden():
            return bubble.height()
        row = self._status.sizeHint().height()
        self._status.setGeometry(0, bubble.height() + _GAP_PX, width, row)
        return bubble.height() + _GAP_PX + row

    def _make_status(self) -> StatusRow:
        status = StatusRow(self)
        self._ask_again = self._link(self.tr("Ask again"), "askAgainButton")
        take_back = self._link(self.tr("Take back"), "takeBackButton")
        self._ask_again.clicked.connect(
            lambda: self.ask_again_requested.emit(self.message.message_id)
        )
        take_back.clicked.connect(lambda: self.take_back_requested.emit(self.message.message_id))
        status.row.addStretch()
        for part in (status.words, self._ask_again, take_back):
            status.row.addWidget(part)
        return status

    def _link(self, words: str, name: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setProperty("kind", "link")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


class AnswerView(MessageView):
    """The model's words, across the column."""

    def __init__(self, message: ChatMessage) -> None:
        super().__init__(message)
        self.text.setAccessibleName(self.tr("{model} answers").format(model=message.model))
        self._speaker = PlainLabel(message.model, kind="speaker")
        self._speaker.setParent(self)
        self._pulse = Pulse()
        self._copy = QToolButton()
        self._copy.setObjectName("copyButton")
        self._copy.setToolTip(self.tr("Copy the answer"))
        self._copy.setAccessibleName(self._copy.toolTip())
        self._copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._copy_icon = IconFollower(self._copy, "copy", QPalette.ColorRole.PlaceholderText, 16)
        self._copy.clicked.connect(self._copy_text)
        self._status = StatusRow(self)
        for part in (self._pulse, self._status.words, self._copy):
            self._status.row.addWidget(part)
        self._status.row.addStretch()
        self.show_message(message)

    def show_message(self, message: ChatMessage) -> None:
        """Say how it ended."""
        self.message = message
        is_working = message.state is MessageState.WORKING
        self._pulse.setVisible(is_working)
        self._copy.setVisible(not is_working and bool(message.text))
        self._status.words.setText("" if is_working else answer_words(message))

    def show_activity(self, words: str) -> None:
        """Say what happens before the first word."""
        self._status.words.setText("" if self.has_text() else words)

    def has_text(self) -> bool:
        """Whether a word of the answer is on the screen."""
        return not self.text.document().isEmpty()

    def lay_out(self, width: int) -> int:
        """Name, words, small print."""
        y = self._speaker.sizeHint().height()
        self._speaker.setGeometry(0, 0, width, y)
        if self.has_text():
            height = self.text.size_for(width).height()
            self.text.setGeometry(0, y + _GAP_PX, width, height)
            y += _GAP_PX + height - self.text.slack_px()
        self.text.setVisible(self.has_text())
        row = max(self._status.sizeHint().height(), self._copy.sizeHint().height())
        self._status.setGeometry(0, y + _GAP_PX, width, row)
        # The status is on top of the text's empty last pixels.
        self._status.raise_()
        return y + _GAP_PX + row

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self._copy_icon.show("check")


def message_view(message: ChatMessage) -> QuestionView | AnswerView:
    """Make the view that fits the speaker."""
    return QuestionView(message) if message.role is Role.USER else AnswerView(message)
