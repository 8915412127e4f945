"""How the next answers are made, and what the model may do while nobody waits."""

from PySide6.QtCore import QRegularExpression, Qt, Signal, Slot
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.chat import Sampling
from app.services.answer_queue import AnswerWishes
from app.services.idle_work import ReadAhead
from app.ui.plain_text import PlainLabel
from app.ui.popover import Popover
from app.ui.segments import Segments

_FIELD_PX = 176
_SECONDS_PER_MINUTE = 60
_MOST_TEMPERATURE = 5.0
_LEAST_TOP_P = 0.01
_MOST_TOKENS = 1_000_000
_MOST_MINUTES = 24 * 60


class NumberField(QLineEdit):
    """A number within bounds; empty leaves it to the app.

    Signals:
        changed: The person wrote another number, or none.
    """

    changed = Signal()

    def __init__(self, name: str, *, least: float, most: float, decimals: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "number")
        self.setFixedWidth(_FIELD_PX)
        fraction = rf"([.,]\d{{0,{decimals}}})?" if decimals else ""
        pattern = QRegularExpression(rf"\d{{0,7}}{fraction}")
        self.setValidator(QRegularExpressionValidator(pattern, self))
        self._least, self._most = least, most
        self._shown: float | None = None
        self.editingFinished.connect(self._finished)

    def value(self) -> float | None:
        """The number, brought into its bounds."""
        try:
            written = float(self.text().replace(",", "."))
        except ValueError:
            return None
        return min(max(written, self._least), self._most)

    def show_value(self, value: float | None) -> None:
        """Show what holds now."""
        self._shown = value
        self.setText("" if value is None else f"{value:g}" if value % 1 else str(round(value)))

    @Slot()
    def _finished(self) -> None:
        before, value = self._shown, self.value()
        self.show_value(value)
        if value != before:
            self.changed.emit()


class AnswerSettings(Popover):
    """The panel behind the button beside the effort switch.

    Signals:
        wishes_changed: The new `AnswerWishes`.
        read_ahead_changed: The new `ReadAhead`.
        unload_after_changed: Idle seconds, or None for never.
        free_memory_requested: The model is not needed for a while.
    """

    wishes_changed = Signal(object)
    read_ahead_changed = Signal(object)
    unload_after_changed = Signal(object)
    free_memory_requested = Signal()

    def __init__(self) -> None:
        super().__init__("answerSettings", self.tr("Answer settings"))
        self._temperature = NumberField(
            "temperatureField", least=0, most=_MOST_TEMPERATURE, decimals=2
        )
        self._top_p = NumberField("topPField", least=_LEAST_TOP_P, most=1, decimals=2)
        self._budget = NumberField("thinkingBudgetField", least=1, most=_MOST_TOKENS, decimals=0)
        self._budget.setPlaceholderText(self.tr("Automatic"))
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
        for field in (self._temperature, self._top_p, self._budget):
            field.changed.connect(self._wish)
        self._minutes.changed.connect(self._minutes_written)
        self._read_ahead.chosen.connect(self.read_ahead_changed)
        self._free.clicked.connect(self.free_memory_requested)

    def show_settings(
        self, wishes: AnswerWishes, *, read_ahead: ReadAhead, unload_after_s: float | None
    ) -> None:
        """Show what holds now."""
        self._temperature.show_value(wishes.temperature)
        self._top_p.show_value(wishes.top_p)
        self._budget.show_value(wishes.thinking_tokens)
        self._read_ahead.show_choice(read_ahead)
        self._minutes.show_value(
            None if unload_after_s is None else round(unload_after_s / _SECONDS_PER_MINUTE)
        )

    def show_recommended(self, sampling: Sampling) -> None:
        """Say what empty fields stand for."""
        words = self.tr("{value:g} (recommended)")
        self._temperature.setPlaceholderText(words.format(value=sampling.temperature))
        self._top_p.setPlaceholderText(words.format(value=sampling.top_p))

    def show_memory(self, *, can_free: bool) -> None:
        """Whether a model is loaded that nobody waits for."""
        self._free.setEnabled(can_free)

    @Slot()
    def _wish(self) -> None:
        tokens = self._budget.value()
        self.wishes_changed.emit(
            AnswerWishes(
                temperature=self._temperature.value(),
                top_p=self._top_p.value(),
                thinking_tokens=None if tokens is None else round(tokens),
            )
        )

    @Slot()
    def _minutes_written(self) -> None:
        minutes = self._minutes.value()
        seconds = None if minutes is None else minutes * _SECONDS_PER_MINUTE
        self.unload_after_changed.emit(seconds)

    def _arrange(self) -> None:
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 1)
        self._add(self.tr("Temperature"), self._temperature)
        self._add(self.tr("Top-p"), self._top_p)
        self._add(self.tr("Tokens for thinking"), self._budget)
        self._add(self.tr("Minutes until memory is freed"), self._minutes)
        reading = self.tr("Read ahead while nobody waits")
        self._read_ahead.setAccessibleName(reading)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(self.tr("Answer settings"), kind="speaker"))
        column.addLayout(self._grid)
        column.addSpacing(4)
        column.addWidget(PlainLabel(reading))
        column.addWidget(self._read_ahead, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(4)
        column.addWidget(self._free, 0, Qt.AlignmentFlag.AlignLeft)

    def _add(self, label: str, field: QWidget) -> None:
        row = self._grid.rowCount()
        words = PlainLabel(label)
        words.setBuddy(field)
        field.setAccessibleName(label)
        self._grid.addWidget(words, row, 0)
        self._grid.addWidget(field, row, 1)
