"""The card at the bottom: the question, what goes with it, Send and Stop."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.chat.attachment_row import AttachmentRow
from app.ui.chat.context_gauge import ContextGauge
from app.ui.chat.draft_attachments import DraftItem
from app.ui.chat.effort_switch import EffortSwitch
from app.ui.chat.message_input import MessageInput
from app.ui.chat.settings_button import SettingsButton
from app.ui.chat.status_words import count_words
from app.ui.icon_button import IconButton
from app.ui.key_hint import key_hint
from app.ui.plain_text import PlainLabel
from app.ui.turning_line import TurningLine

if TYPE_CHECKING:
    from app.ui.chat.answer_settings import AnswerSettings

_GAP_PX = 6
_MARGIN_PX = 9
_ALWAYS = 7  # buttons, with the gauge, that are never left out


class Composer(QFrame):
    """Sends words, attachments or both, once all of it is ready and fits.

    Attributes:
        may_send: Asked before anything is sent; where it says no, the draft stays as it is.
        input: The text field.
        gauge: How full the context is.
        effort: Fast or Deep.
        settings: The panel behind the sliders; None before it was opened for the first time.
        attachments: The chips above the words.
        settings_button: The sliders.
        prompts_button: The way to the saved prompts.

    Signals:
        sent: The question, perhaps empty beside attachments; the field is empty by then.
        stop_requested, answer_now_requested, attach_requested,
        screenshot_requested: A button was pressed.
        settings_made: The panel, an `AnswerSettings`, is there from now on.
        settings_opened: The panel is about to be shown.
        typed: The person changed the text, and it is not blank.
    """

    sent = Signal(str)
    stop_requested = Signal()
    answer_now_requested = Signal()
    attach_requested = Signal()
    screenshot_requested = Signal()
    settings_made = Signal(object)
    settings_opened = Signal()
    typed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("composer")
        self.setProperty("focused", False)
        self.may_send: Callable[[], bool] = lambda: True
        self.input = MessageInput()
        self.setFocusProxy(self.input)
        self.gauge = ContextGauge()
        self.effort = EffortSwitch()
        self.settings: AnswerSettings | None = None
        self.attachments = AttachmentRow()
        self._has_attachments = False
        self._are_attachments_ready = True
        self._fits = True
        self._tokens = 0
        self._is_open = True
        self._can_see_screen = True
        self._is_typed = True
        self._attach = _tool("attachButton", "attach", self.tr("Attach pictures and documents"))
        self._screenshot = _tool("screenshotButton", "screenshot", self.tr("Attach a screenshot"))
        self.settings_button = SettingsButton()
        prompts = key_hint(self.tr("Saved prompts"), "Ctrl+Shift+P")
        self.prompts_button = _tool("promptsButton", "prompts", prompts)
        self._draft_tokens = PlainLabel(kind="small")
        self._draft_tokens.setObjectName("draftTokens")
        self._answer_now = _tool("answerNowButton", "skip", self.tr("Answer now"))
        self._stop = _tool("stopButton", "stop", self.tr("Stop the answer"))
        self._send = IconButton(
            "sendButton",
            "send",
            self.tr("Send"),
            role=QPalette.ColorRole.HighlightedText,
        )
        self._arrange()
        self.input.submitted.connect(self._submit)
        self.input.textChanged.connect(self._text_changed)
        self.input.focus_changed.connect(self._show_focus)
        self._send.clicked.connect(self._submit)
        self._stop.clicked.connect(self.stop_requested)
        self._answer_now.clicked.connect(self.answer_now_requested)
        self._attach.clicked.connect(self.attach_requested)
        self._screenshot.clicked.connect(self.screenshot_requested)
        self.settings_button.clicked.connect(self._open_settings)
        self.show_working(is_working=False)
        self.show_thinking(is_thinking=False)
        self.show_sight(sees=None)
        self._text_changed()

    def text(self) -> str:
        """The draft."""
        return self.input.toPlainText()

    def set_text(self, text: str) -> None:
        """Replace the draft, keeping it undoable; nobody typed it, so no model is loaded for it."""
        self._is_typed = False
        self.input.selectAll()
        self.input.insert_text(text)
        self._is_typed = True

    def show_working(self, *, is_working: bool) -> None:
        """Offer Stop while the open chat is being answered."""
        self._stop.setEnabled(is_working)
        self._show_sending()

    def show_thinking(self, *, is_thinking: bool) -> None:
        """Offer to end the thought that the open chat's answer is in."""
        self._answer_now.setEnabled(is_thinking)
        words = (
            self.tr("Answer now: end the thought")
            if is_thinking
            else self.tr("Answer now: nothing is being thought about.")
        )
        self._answer_now.setToolTip(words)
        self._answer_now.setAccessibleDescription(words)

    def show_sight(self, *, sees: bool | None) -> None:
        """Whether the model can be shown pictures; None: nobody knows before it is loaded."""
        words = {
            True: self.tr("Attach pictures and documents"),
            False: self.tr("Attach documents; this model sees no pictures."),
            None: self.tr("Attach pictures and documents: the model is loaded first."),
        }[sees]
        self._attach.setToolTip(words)
        self._attach.setAccessibleDescription(words)
        self._make_room()

    def show_screenshot(self, *, is_possible: bool) -> None:
        """Whether programs may read the screen here; without it there is no button."""
        self._can_see_screen = is_possible
        self._make_room()

    def show_attachments(self, items: list[DraftItem]) -> None:
        """Show what goes with the draft; it can be sent when all of it is open and kept."""
        self._has_attachments = bool(items)
        self._are_attachments_ready = all(item.attachment and item.is_kept for item in items)
        self.attachments.show_items(items)
        self._show_sending()

    def show_open(self, *, is_open: bool) -> None:
        """Whether the chats are there that a question is kept with."""
        self._is_open = is_open
        self._show_sending()

    def show_fit(self, *, fits: bool) -> None:
        """Whether question and answer have room in the context."""
        self._fits = fits
        self._show_tokens()
        self._show_sending()

    def show_draft_tokens(self, tokens: int) -> None:
        """Say what the words of the draft take; 0 says nothing."""
        self._tokens = tokens
        self._show_tokens()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let a click anywhere on the card begin writing."""
        self.input.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Ask for the text field's new height when fonts change."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._make_room()

    def event(self, event: QEvent) -> bool:
        """Show what there is room for when words in the row change."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._make_room()
        return super().event(event)

    def _make_room(self) -> None:
        """Leave out what has no room and is elsewhere too: in tooltips, the gauge, behind a slash.

        What comes first here stays longest.
        """
        button_px = self._send.width() + _GAP_PX
        always_px = self.effort.sizeHint().width() + _ALWAYS * button_px
        left_px = self.width() - 2 * _MARGIN_PX - always_px - _GAP_PX

        def has_room(needed_px: int) -> bool:
            nonlocal left_px
            fits = 0 < needed_px <= left_px
            left_px -= needed_px if fits else 0
            return fits

        self.settings_button.show_room(has_room=has_room(self.settings_button.name_px()))
        sees = self._can_see_screen and has_room(button_px)
        self._screenshot.setVisible(sees)
        for label in (self._draft_tokens, self.effort.hint):
            label.setVisible(has_room(label.sizeHint().width() + _GAP_PX if label.text() else 0))
        self._foot.fit_content(self.width() - 2 * _MARGIN_PX)

    def _show_tokens(self) -> None:
        words = count_words(self._tokens) if self._tokens else ""
        if words and not self._fits:
            words = self.tr("{count}: does not fit").format(count=words)
        self._draft_tokens.setText(words)
        self._make_room()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(_GAP_PX)
        left: tuple[QWidget, ...] = (
            self._attach,
            self._screenshot,
            self.prompts_button,
            self.effort,
            self.effort.hint,
            self.settings_button,
        )
        buttons = (self._answer_now, self._stop, self._send)
        for part in left:
            row.addWidget(part)
        row.addStretch()
        end = QHBoxLayout()
        end.setSpacing(_GAP_PX)
        end.addStretch()
        end.addWidget(self._draft_tokens)
        end.addWidget(self.gauge)
        for button in buttons:
            end.addWidget(button)
        # In a tiny window the buttons stand in two rows.
        foot = self._foot = TurningLine(gap_px=_GAP_PX, narrow_gap_px=2)
        foot.addLayout(row, 1)
        foot.addLayout(end)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, 12, _MARGIN_PX, 9)
        column.setSpacing(8)
        column.addWidget(self.attachments)
        words = QHBoxLayout()
        words.setContentsMargins(5, 0, 5, 0)
        words.addWidget(self.input)
        column.addLayout(words)
        column.addLayout(foot)
        self.input.document().setDocumentMargin(4)

    @Slot()
    def _open_settings(self) -> None:
        if self.settings is None:
            from app.ui.chat.answer_settings import AnswerSettings  # the start does without it

            self.settings = AnswerSettings(self)
            self.settings_made.emit(self.settings)
        self.settings_opened.emit()
        self.settings.toggle_at(self.settings_button)

    @Slot()
    def _submit(self) -> None:
        if not self._send.isEnabled() or not self.may_send():
            return
        text = self.text()
        self.input.clear()
        self.sent.emit(text if text.strip() else "")

    @Slot()
    def _text_changed(self) -> None:
        self._show_sending()
        if not self.text().strip():
            self.show_draft_tokens(0)
        elif self._is_typed:
            self.typed.emit()

    def _show_sending(self) -> None:
        has_something = bool(self.text().strip()) or self._has_attachments
        self._send.setEnabled(
            has_something and self._are_attachments_ready and self._fits and self._is_open
        )
        if not self._is_open:
            words = self.tr("Send: your chats are still being opened")
        elif not self._are_attachments_ready:
            words = self.tr("Send: the attachments are still being opened")
        elif not self._fits:
            words = self.tr("Send: it does not fit, see above")
        elif self._stop.isEnabled():
            words = self.tr("Send: it waits for its turn")
        else:
            words = self.tr("Send (Enter)")
        self._send.setToolTip(words)

    @Slot(bool)
    def _show_focus(self, is_focused: bool) -> None:
        self.setProperty("focused", is_focused)
        self.style().unpolish(self)
        self.style().polish(self)


def _tool(name: str, icon: str, label: str) -> IconButton:
    return IconButton(name, icon, label, role=QPalette.ColorRole.ButtonText)
