"""An answer on the page: the model's name, its thought, its words, and what can be done with it."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.domain.chat import Effort
from app.domain.kept_chat import ChatMessage, MessageState
from app.domain.model_file import ModelFile
from app.ui.buttons import push_button
from app.ui.chat.answer_menu import AnswerMenu
from app.ui.chat.message_editor import MessageEditor
from app.ui.chat.message_requests import AnswerAgain, AnswerNow, GoOn, MessageRequest, TakeBack
from app.ui.chat.message_view import GAP_PX, MessageView, StatusRow, small_button
from app.ui.chat.status_words import answer_details, answer_words
from app.ui.chat.thought_block import ThoughtBlock
from app.ui.chat.variant_bar import VariantBar
from app.ui.look.icons import IconFollower
from app.ui.look.pulse import Pulse
from app.ui.markdown.text import MarkdownText
from app.ui.menu_button import MenuButton
from app.ui.plain_text import PlainLabel, one_line, tooltip
from app.ui.popover import Popover, Table

_UNFINISHED = (MessageState.STOPPED, MessageState.CUT, MessageState.INTERRUPTED)


class AnswerView(MessageView):
    """The model's thoughts and words, across the column."""

    def __init__(
        self,
        message: ChatMessage,
        models: Callable[[], list[ModelFile]],
        parent: QWidget,
        *,
        is_hurried: bool = False,
    ) -> None:
        """Show `message`; `models` can give another answer. If hurried, words come later."""
        super().__init__(message, parent, is_hurried=is_hurried)
        model = one_line(message.model)
        self.text.setAccessibleName(self.tr("{model} answers").format(model=model))
        self._speaker = PlainLabel(model, kind="speaker")
        self._speaker.setParent(self)
        self._thought: ThoughtBlock | None = None  # most answers have none
        self._activity = ""
        self._offered: Effort | None = None
        # What few answers need is made when it is shown: a chat may have hundreds of answers.
        self._pulse: Pulse | None = None
        self._links: dict[str, QPushButton] = {}
        self._copy = small_button("copyButton", self.tr("Copy the answer"))
        self._copied = IconFollower(self._copy, "copy", QPalette.ColorRole.PlaceholderText, 16)
        self._copy.clicked.connect(self._copy_text)
        self._details = small_button("detailsButton", self.tr("Details of this answer"), "info")
        self._details.clicked.connect(self._show_details)
        self._models = models
        self._more = MenuButton("moreButton", self.tr("More"), self._make_menu)
        IconFollower(self._more, "more", QPalette.ColorRole.PlaceholderText, 16)
        self._status = StatusRow(self)
        for part in (self._status.words, self._copy, self._details, self._more):
            self._status.row.addWidget(part)
        self._status.row.addStretch()
        self.show_offer(None)
        self.show_message(message)

    def show_message(self, message: ChatMessage) -> None:
        """Say how it ended."""
        self.message = message
        is_working = message.state is MessageState.WORKING
        is_waiting = message.state is MessageState.QUEUED
        if not is_working:
            self._markdown.settle()
        if message.thought and self._thought is None:
            self._thought = self._make_thought()
        if self._thought:
            self._thought.show_message(message)
        self._show_pulse(is_shown=is_working)
        has_ended = not is_working and not is_waiting
        self._copy.setVisible(has_ended and bool(message.text))
        self._details.setVisible(has_ended)
        self._more.setVisible(has_ended)
        self._show_link(
            "continueButton",
            self.tr("Continue"),
            lambda: self.requested.emit(GoOn(message.message_id)),
            is_shown=message.state in _UNFINISHED,
        )
        self._show_link(
            "takeBackButton",
            self.tr("Take back"),
            lambda: self.requested.emit(TakeBack(message.message_id)),
            is_shown=is_waiting,
        )
        self._status.words.setText(self._activity_words() if is_working else answer_words(message))
        details = "" if is_working else "\n".join(": ".join(r) for r in answer_details(message))
        self._status.words.setToolTip(tooltip(details) if details else "")
        self._details.setAccessibleDescription(details.replace("\n", ", "))
        if self._editor is None:
            self._show_again()
        self._dim()

    def show_activity(self, words: str) -> None:
        """Say what happens before the first word."""
        self._activity = words
        self._status.words.setText(self._activity_words())

    def show_offer(self, effort: Effort | None) -> None:
        """Offer to have the question answered in that mode, or nothing."""
        self._offered = effort
        words = {
            Effort.FAST: self.tr("Answer again: Fast"),
            Effort.DEEP: self.tr("Answer again: Deep"),
            None: "",
        }
        self._show_link(
            "answerAgainButton",
            words[effort],
            self._ask_differently,
            is_shown=effort is not None,
        )

    def unfolded(self) -> bool | None:
        """Whether the person wants to see the thought; None where they have not said so."""
        return self._thought.choice() if self._thought else None

    def unfold(self, *, is_open: bool) -> None:
        """Show the thought, or not, as the person wanted."""
        if self._thought:
            self._thought.choose(is_open=is_open)

    def is_in_use(self) -> bool:
        """Whether the person would lose something with this view."""
        is_thought_in_use = self._thought is not None and (
            self._thought.text.textCursor().hasSelection()
        )
        return is_thought_in_use or super().is_in_use()

    def let_go(self) -> None:
        """Forget what is shown, before it is deleted."""
        self._markdown.let_go()

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
        if self._editor:
            height = self._editor.height_for(width)
            self._editor.setGeometry(0, y + GAP_PX, width, height)
            return y + GAP_PX + height
        if self._thought:
            height = self._thought.lay_out(width)
            self._thought.setGeometry(0, y + GAP_PX, width, height)
            y += GAP_PX + height
        has_text = self._has_text()
        if has_text:
            height = self.text.size_for(width).height()
            self.text.setGeometry(0, y + GAP_PX, width, height)
            y += GAP_PX + height - self.text.slack_px()
        self.text.setVisible(has_text)
        row = max(self._status.sizeHint().height(), self._copy.sizeHint().height())
        self._status.setGeometry(0, y + GAP_PX, width, row)
        # The status is on top of the text's empty last pixels.
        self._status.raise_()
        return y + GAP_PX + row

    def edit(self, text: str) -> None:
        """Have it written anew, in the place of words, thought and small print."""
        super().edit(text)
        for part in (self.text, self._thought, self._status):
            if part:
                part.hide()

    def _show_again(self) -> None:
        """Show what an editor was in the place of."""
        for part in (self._thought, self._status):
            if part:
                part.show()

    def _make_text(self) -> MarkdownText:
        self._markdown = MarkdownText(self)
        self._markdown.grown.connect(self.grown)
        return self._markdown

    def _make_editor(self, text: str) -> MessageEditor:
        hint = self.tr("The answer as the model wrote it is kept.")
        return MessageEditor(self, text, hint=hint, action=self.tr("Keep this"))

    def _end_editing(self) -> None:
        super()._end_editing()
        self._show_again()
        self.resized.emit()

    def _show_pulse(self, *, is_shown: bool) -> None:
        if is_shown and self._pulse is None:
            self._pulse = Pulse()
            self._status.row.insertWidget(0, self._pulse)
        if self._pulse:
            self._pulse.setVisible(is_shown)

    def _show_link(self, name: str, words: str, act: Callable[[], None], *, is_shown: bool) -> None:
        """Show something to press behind the small print, or nothing."""
        link = self._links.get(name)
        if link is None and is_shown:
            link = self._links[name] = push_button(name, words, "link")
            link.clicked.connect(act)
            self._status.row.insertWidget(self._status.row.count() - 1, link)
        if link:
            link.setText(words or link.text())
            link.setVisible(is_shown)

    def _place_variants(self, bar: VariantBar) -> None:
        self._status.row.insertWidget(1 if self._pulse else 0, bar)

    def _make_menu(self, button: QToolButton) -> QMenu:
        menu = AnswerMenu(button, self.message.message_id, self._models)
        menu.requested.connect(self._request)
        return menu

    def _request(self, request: MessageRequest | None) -> None:
        if request is None:
            self._begin_editing()
        else:
            self.requested.emit(request)

    def _has_text(self) -> bool:
        return not (self.text.document().isEmpty() and self.text.is_drawn())

    def _activity_words(self) -> str:
        """Nothing as soon as something can be read."""
        return "" if self._has_text() or self._thought else self._activity

    def _make_thought(self) -> ThoughtBlock:
        block = ThoughtBlock(self, one_line(self.message.model))
        # Screen readers and Tab meet the thought before the answer.
        block.stackUnder(self.text)
        block.text.pressed.connect(self.pressed)
        block.toggled.connect(self.resized)
        block.hurried.connect(lambda: self.requested.emit(AnswerNow(self.message.message_id)))
        block.show()
        return block

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self._markdown.source())
        self._copied.show("check")

    def _show_details(self) -> None:
        panel = Popover("detailsPanel", self.tr("Details of this answer"), self)
        panel.closed.connect(panel.deleteLater)
        table = Table()
        table.show_rows(answer_details(self.message))
        column = QVBoxLayout(panel)
        column.setContentsMargins(16, 14, 16, 14)
        column.addWidget(table)
        panel.open_at(self._details)

    def _ask_differently(self) -> None:
        if self._offered:
            self.requested.emit(AnswerAgain(self.message.message_id, self._offered))
