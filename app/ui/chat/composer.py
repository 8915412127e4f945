"""The card at the bottom: the question, what goes with it, Send and Stop."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout

from app.ui.chat.context_gauge import ContextGauge
from app.ui.chat.effort_switch import EffortSwitch
from app.ui.chat.message_input import MessageInput
from app.ui.icons import IconFollower

_BUTTON_PX = 36


class Composer(QFrame):
    """Sends non-blank text and nothing else.

    Attributes:
        input: The text field.
        gauge: How full the context is.

    Signals:
        sent: The question; the field is empty by then.
        stop_requested: Stop was pressed.
        typed: The text changed and is not blank.
    """

    sent = Signal(str)
    stop_requested = Signal()
    typed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("composer")
        self.setProperty("focused", False)
        self.input = MessageInput()
        self.gauge = ContextGauge()
        self._effort = EffortSwitch()
        role = QPalette.ColorRole
        self._attach = self._button("attachButton", "attach", self.tr("Attach a file"))
        self._attach.setToolTip(self.tr("This model reads text only."))
        self._answer_now = self._button("answerNowButton", "skip", self.tr("Answer now"))
        self._answer_now.setToolTip(self.tr("Answer now: nothing is being thought about."))
        self._stop = self._button("stopButton", "stop", self.tr("Stop the answer"))
        self._send = self._button("sendButton", "send", self.tr("Send"), role.HighlightedText)
        self._attach.setEnabled(False)
        self._answer_now.setEnabled(False)
        self._arrange()
        self.input.submitted.connect(self._submit)
        self.input.textChanged.connect(self._text_changed)
        self.input.focus_changed.connect(self._show_focus)
        self._send.clicked.connect(self._submit)
        self._stop.clicked.connect(self.stop_requested)
        self.show_working(is_working=False)
        self._text_changed()

    def text(self) -> str:
        """The draft."""
        return self.input.toPlainText()

    def set_text(self, text: str) -> None:
        """Replace the draft, keeping it undoable."""
        self.input.selectAll()
        self.input.insert_text(text)

    def show_working(self, *, is_working: bool) -> None:
        """Offer Stop while the open chat is being answered."""
        self._stop.setEnabled(is_working)
        self._send.setToolTip(
            self.tr("Send: it waits for its turn") if is_working else self.tr("Send (Enter)")
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let a click anywhere on the card begin writing."""
        self.input.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Ask for the text field's new height when fonts change."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._attach)
        row.addWidget(self._effort)
        row.addStretch()
        for part in (self.gauge, self._answer_now, self._stop, self._send):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 12, 9, 9)
        column.setSpacing(8)
        words = QHBoxLayout()
        words.setContentsMargins(5, 0, 5, 0)
        words.addWidget(self.input)
        column.addLayout(words)
        column.addLayout(row)
        self.input.document().setDocumentMargin(4)

    def _button(
        self,
        name: str,
        icon: str,
        label: str,
        role: QPalette.ColorRole = QPalette.ColorRole.ButtonText,
    ) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAccessibleName(label)
        button.setToolTip(label)
        button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(button, icon, role)
        return button

    @Slot()
    def _submit(self) -> None:
        text = self.text()
        if text.strip():
            self.input.clear()
            self.sent.emit(text)

    @Slot()
    def _text_changed(self) -> None:
        has_text = bool(self.text().strip())
        self._send.setEnabled(has_text)
        if has_text:
            self.typed.emit()

    @Slot(bool)
    def _show_focus(self, is_focused: bool) -> None:
        self.setProperty("focused", is_focused)
        self.style().unpolish(self)
        self.style().polish(self)
