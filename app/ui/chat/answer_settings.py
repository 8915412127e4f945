"""How the next answers are made, and what the model may do while nobody waits."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.services.idle_work import ReadAhead
from app.ui.look.measures import measures
from app.ui.number_field import NumberField
from app.ui.plain_text import PlainLabel
from app.ui.popover import Popover
from app.ui.presets.chat_fields import LINK_EDGE_PX, ChatFields
from app.ui.scroll_column import ScrollColumn
from app.ui.segments import Segments

_SECONDS_PER_MINUTE = 60
_MOST_MINUTES = 24 * 60
_WIDTH_PX = 420
_MARGIN_PX = 16 - LINK_EDGE_PX
_AROUND_PX = 2 * 8  # of the window, beside and above
_EDGE_PX = 2


class AnswerSettings(Popover):
    """The panel behind the sliders.

    Attributes:
        chat: What holds for the open chat.

    Signals:
        read_ahead_changed: The new `ReadAhead`.
        unload_after_changed: Idle seconds, or None for never.
        free_memory_requested: The model is not needed for a while.
    """

    read_ahead_changed = Signal(object)
    unload_after_changed = Signal(object)
    free_memory_requested = Signal()

    def __init__(self, owner: QWidget) -> None:
        super().__init__("answerSettings", self.tr("Answer settings"), owner)
        self.chat = ChatFields()
        self._minutes = NumberField("unloadAfterField", least=1, most=_MOST_MINUTES, decimals=0)
        self._minutes.setPlaceholderText(self.tr("Never"))
        self._read_ahead = Segments(
            (
                (ReadAhead.OFF, self.tr("Off")),
                (ReadAhead.MAINS, self.tr("On mains power")),
                (ReadAhead.ALWAYS, self.tr("Always")),
            )
        )
        self._read_ahead.setObjectName("readAheadSwitch")
        self._free = QPushButton(self.tr("Free memory now"))
        self._free.setObjectName("freeMemoryButton")
        self._free.setProperty("kind", "outline")
        self._free.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._arrange()
        self._minutes.changed.connect(self._minutes_written)
        self._read_ahead.chosen.connect(self.read_ahead_changed)
        self._free.clicked.connect(self.free_memory_requested)

    def show_idle(self, *, read_ahead: ReadAhead, unload_after_s: float | None) -> None:
        """Show what the model may do while nobody waits."""
        self._read_ahead.show_choice(read_ahead)
        self._minutes.show_value(
            None if unload_after_s is None else round(unload_after_s / _SECONDS_PER_MINUTE)
        )

    def show_memory(self, *, can_free: bool) -> None:
        """Whether a model is loaded that nobody waits for."""
        self._free.setEnabled(can_free)

    def open_at(self, anchor: QWidget) -> None:
        """Take what room there is in the window, and scroll where that is too little."""
        room = anchor.window().size() - QSize(_AROUND_PX + _EDGE_PX, _AROUND_PX + _EDGE_PX)
        self._content.setFixedWidth(min(measures().at_text_size(_WIDTH_PX), room.width()))
        self._column.fit(room)
        super().open_at(anchor)

    @Slot()
    def _minutes_written(self) -> None:
        minutes = self._minutes.value()
        seconds = None if minutes is None else minutes * _SECONDS_PER_MINUTE
        self.unload_after_changed.emit(seconds)

    def _arrange(self) -> None:
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedHeight(1)
        self._content = QWidget()
        column = QVBoxLayout()
        column.setContentsMargins(LINK_EDGE_PX, 0, LINK_EDGE_PX, 0)
        column.setSpacing(10)
        column.addWidget(line)
        column.addSpacing(2)
        column.addWidget(PlainLabel(self.tr("All chats, while nobody waits"), kind="speaker"))
        column.addLayout(_labelled(self.tr("Minutes until memory is freed"), self._minutes))
        column.addLayout(_labelled(self.tr("Read ahead"), self._read_ahead))
        column.addWidget(self._free, 0, Qt.AlignmentFlag.AlignLeft)
        both = QVBoxLayout(self._content)
        both.setContentsMargins(_MARGIN_PX, 14, _MARGIN_PX, 14)
        both.setSpacing(12)
        both.addWidget(self.chat)
        both.addLayout(column)
        self._column = ScrollColumn(self._content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.addWidget(self._column)


def _labelled(label: str, field: QWidget) -> QHBoxLayout:
    words = PlainLabel(label, wraps=True)
    words.setBuddy(field)
    field.setAccessibleName(label)
    row = QHBoxLayout()
    row.setSpacing(20)
    row.addWidget(words, 1)
    row.addWidget(field, 1, Qt.AlignmentFlag.AlignTrailing)
    return row
