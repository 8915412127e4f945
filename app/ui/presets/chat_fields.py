"""How one chat is answered: preset, system prompt, numbers."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.domain.chat import Sampling
from app.domain.kept_chat import ChatSettings
from app.services.answer_queue import AnswerWishes
from app.services.chat_presets import Used
from app.ui.plain_text import ElidedLabel, PlainLabel
from app.ui.presets.preset_button import PresetButton
from app.ui.presets.preset_words import preset_line, settings_line, used_words
from app.ui.presets.sampling_fields import SamplingFields
from app.ui.presets.system_box import SystemBox
from app.ui.quantities import counted, format_number, listed

_SYSTEM_LINES = 5
# What a link has around its words, so that those stand under the words above.
LINK_EDGE_PX = 6


class ChatFields(QWidget):
    """Everything takes effect from the next question on.

    Attributes:
        presets: The button with the preset's name.
        system: The system prompt.

    Signals:
        changed: Fields of `ChatSettings` by name, as the person wrote them.
        default_requested: New chats are to begin like this one.
        wishes_dropped: What was wished for all chats is not to hold any more.
    """

    changed = Signal(object)
    default_requested = Signal()
    wishes_dropped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.presets = PresetButton()
        self.system = SystemBox("systemField", lines=_SYSTEM_LINES)
        self.system.field.setFixedHeight(self.system.field.room_px())
        self._numbers = SamplingFields()
        self._model = ElidedLabel(kind="small")
        self._model.setObjectName("chatModel")
        self._any_model = self._link("anyModelButton", self.tr("Use any model"))
        self._wishes = ElidedLabel(kind="small")
        self._wishes.setObjectName("wishesForAll")
        self._forget = self._link("forgetWishesButton", self.tr("Forget"))
        self._default = self._link("useForNewButton", self.tr("Use for all new chats"))
        self._is_default = PlainLabel(self.tr("New chats begin like this."), kind="small")
        self._is_default.setObjectName("isDefault")
        self._wished = AnswerWishes()
        self._arrange()
        self.system.written.connect(lambda text: self.changed.emit({"system": text}))
        self._numbers.changed.connect(self.changed)
        self._any_model.clicked.connect(self._drop_model)
        self._default.clicked.connect(self.default_requested)
        self._forget.clicked.connect(self.wishes_dropped)

    def finish(self) -> None:
        """Take over what is written, though the keyboard is still there."""
        self.system.field.finish()
        self._numbers.finish()

    def show_chat(self, settings: ChatSettings, used: Used, *, is_default: bool) -> None:
        """Show what holds for a chat."""
        is_as_named = used.preset is not None and not used.is_changed
        line = preset_line(used.preset) if used.preset and is_as_named else settings_line(settings)
        self.presets.show_preset(used_words(used), line)
        self.system.field.show_text(settings.system)
        self._numbers.show_settings(settings)
        self._model.setText(self.tr("Uses {model}").format(model=settings.model))
        self._model_row.setVisible(bool(settings.model_path))
        self._default.setVisible(not is_default)
        self._is_default.setVisible(is_default)

    def show_wishes(self, wishes: AnswerWishes) -> None:
        """Show what holds where a chat has nothing of its own."""
        self._wished = wishes
        parts = [
            self.tr("temperature {value}").format(value=format_number(wishes.temperature))
            if wishes.temperature is not None
            else "",
            self.tr("top-p {value}").format(value=format_number(wishes.top_p))
            if wishes.top_p is not None
            else "",
            counted(wishes.thinking_tokens, "1 token for thinking", "{count} tokens for thinking")
            if wishes.thinking_tokens is not None
            else "",
        ]
        wished = listed(part for part in parts if part)
        self._wishes.setText(self.tr("All chats: {wishes}").format(wishes=wished))
        self._wishes_row.setVisible(bool(wished))

    def show_recommended(self, sampling: Sampling) -> None:
        """Say what empty fields stand for."""
        self._numbers.show_empty(sampling, self._wished)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(PlainLabel(self.tr("This chat"), kind="speaker"))
        head.addStretch()
        head.addWidget(self.presets)
        foot = QHBoxLayout()
        foot.setSpacing(0)
        self._is_default.setContentsMargins(LINK_EDGE_PX, 0, 0, 0)
        foot.addWidget(self._default)
        foot.addWidget(self._is_default)
        foot.addStretch()
        self._model_row = _row(self._model, self._any_model)
        self._wishes_row = _row(self._wishes, self._forget)
        fields = QVBoxLayout()
        fields.setContentsMargins(LINK_EDGE_PX, 0, LINK_EDGE_PX, 0)
        fields.setSpacing(10)
        fields.addLayout(head)
        fields.addWidget(self.system)
        fields.addWidget(self._numbers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(fields)
        column.addWidget(self._wishes_row)
        column.addWidget(self._model_row)
        column.addLayout(foot)

    def _link(self, name: str, label: str) -> QPushButton:
        link = QPushButton(label)
        link.setObjectName(name)
        link.setProperty("kind", "link")
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return link

    @Slot()
    def _drop_model(self) -> None:
        self.changed.emit({"model": "", "model_path": ""})


def _row(words: QWidget, link: QWidget) -> QWidget:
    """Something that holds, and the way to end it."""
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(LINK_EDGE_PX, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(words)
    row.addStretch()
    row.addWidget(link)
    whole.hide()
    return whole
