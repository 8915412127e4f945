"""What the model thought before it answered: apart from the answer, folded when it is done."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from app.domain.chat import ThoughtPart
from app.domain.kept_chat import ChatMessage, MessageState
from app.ui.buttons import push_button
from app.ui.chat.message_text import MessageText
from app.ui.chat.status_words import thinking_words, thought_words
from app.ui.look.icons import IconFollower

_INDENT_PX = 22
_LINE_LEFT_PX = 10
_LINE_PX = 2
_GAP_PX = 4
_AFTER_PX = 6


class ThoughtBlock(QWidget):
    """A line that says how long it took, and the words behind it.

    Signals:
        toggled: The person folded or unfolded it.
        hurried: The person wants the answer now.
    """

    toggled = Signal()
    hurried = Signal()

    def __init__(self, parent: QWidget, model: str) -> None:
        super().__init__(parent)
        self._fold = QToolButton(self)
        self._fold.setObjectName("thoughtButton")
        self._fold.setCheckable(True)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fold.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._icon = IconFollower(
            self._fold, "chevron-right", QPalette.ColorRole.PlaceholderText, 16
        )
        self._hurry: QPushButton | None = None  # while it goes on
        self.text = MessageText(self)
        self.text.setObjectName("thoughtText")
        self.text.setAccessibleName(self.tr("{model} thinks").format(model=model))
        self._is_personal = False  # folded or unfolded by the person: stays so
        self._has_ended = True
        self._pieces: list[str] = []
        self._tokens = 0
        self._fold.clicked.connect(self._pressed)
        self._set_open(is_open=False)

    def is_open(self) -> bool:
        """Whether the words can be seen."""
        return self._fold.isChecked()

    def choice(self) -> bool | None:
        """Whether the person wants to see the words; None where they have not said so."""
        return self.is_open() if self._is_personal else None

    def choose(self, *, is_open: bool) -> None:
        """Show the words, or not, as the person wanted before."""
        self._is_personal = True
        self._set_open(is_open=is_open)

    def append_thought(self, text: str, reasoning_tokens: int) -> None:
        """Show more of it and the count so far."""
        if self._has_ended:
            self._has_ended = False
            self._offer_hurry()
            self._follow(is_open=True)
            if any(self._pieces):
                text = f"\n\n{text}"
        self._pieces.append(text)
        self.text.append_text(text)
        self._tokens = reasoning_tokens
        self._say(thinking_words(reasoning_tokens))

    def end_thought(self) -> None:
        """Words of the answer follow."""
        if not self._has_ended:
            self._has_ended = True
            self._offer_hurry()
            self._say(thought_words(self._tokens))
            self._follow(is_open=False)

    def show_message(self, message: ChatMessage) -> None:
        """Say how it ended, or that it goes on."""
        thought = message.thought
        if thought != "".join(self._pieces):
            # A view that is made late, or thoughts without a word between them.
            self.text.replace_text(thought)
            self._pieces = [thought] if thought else []
        last = message.parts[-1] if message.parts else None
        is_thinking = message.state is MessageState.WORKING and isinstance(last, ThoughtPart)
        self._has_ended = not is_thinking
        self._offer_hurry()
        if is_thinking:
            self._say(thinking_words(self._tokens))
            self._follow(is_open=True)
            return
        if message.usage:
            self._tokens = message.usage.reasoning_tokens
        was_cut = isinstance(last, ThoughtPart) and not last.closed
        self._say(thought_words(self._tokens, seconds=message.thought_s, was_cut=was_cut))
        # Without an answer the thought is all there is to read.
        self._follow(is_open=not message.text.strip() and message.state is not MessageState.WORKING)

    def lay_out(self, width: int) -> int:
        """Place line and words; the height they take."""
        line = self._fold.sizeHint()
        self._fold.setGeometry(QRect(0, 0, min(line.width(), width), line.height()))
        if self._hurry:
            size = self._hurry.sizeHint()
            left = self._fold.geometry().right() + 1
            self._hurry.setGeometry(left, 0, min(size.width(), width - left), line.height())
        self.text.setVisible(self.is_open())
        if not self.is_open():
            return line.height()
        size = QSize(width - _INDENT_PX, self.text.size_for(width - _INDENT_PX).height())
        top = line.height() + _GAP_PX
        self.text.setGeometry(_INDENT_PX, top, size.width(), size.height())
        return top + size.height() - self.text.slack_px() + _AFTER_PX

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line beside the words."""
        if self.is_open():
            place = self.text.geometry()
            height = place.height() - self.text.slack_px()
            colour = self.palette().color(QPalette.ColorRole.Mid)
            QPainter(self).fillRect(_LINE_LEFT_PX, place.top(), _LINE_PX, height, colour)

    def _offer_hurry(self) -> None:
        """While it goes on it can be ended, once."""
        if not self._has_ended and self._hurry is None:
            self._hurry = push_button("answerNowLink", self.tr("Answer now"), "link")
            self._hurry.setToolTip(self.tr("End the thought and have the answer"))
            self._hurry.setParent(self)
            self._hurry.clicked.connect(self._hurry_on)
            self._hurry.show()
        elif self._has_ended and self._hurry:
            self._hurry.hide()
            self._hurry.deleteLater()
            self._hurry = None

    def _hurry_on(self) -> None:
        if self._hurry:
            self._hurry.setEnabled(False)
        self.hurried.emit()

    def _pressed(self) -> None:
        self._is_personal = True
        self._set_open(is_open=self._fold.isChecked())
        self.toggled.emit()

    def _follow(self, *, is_open: bool) -> None:
        if not self._is_personal:
            self._set_open(is_open=is_open)

    def _set_open(self, *, is_open: bool) -> None:
        self._fold.setChecked(is_open)
        self._icon.show("chevron-down" if is_open else "chevron-right")
        state = self.tr("Expanded") if is_open else self.tr("Folded")
        self._fold.setAccessibleDescription(state)
        self._fold.setToolTip(
            self.tr("Fold the thought") if is_open else self.tr("Show the thought")
        )
        self.update()

    def _say(self, words: str) -> None:
        if words != self._fold.text():
            self._fold.setText(words)
            self._fold.setAccessibleName(words)
