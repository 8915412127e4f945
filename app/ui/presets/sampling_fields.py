"""The numbers of answers; empty ones are left to the catalogue."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.chat import Sampling
from app.domain.kept_chat import ChatSettings
from app.services.answer_queue import AnswerWishes
from app.ui.look.measures import measures
from app.ui.number_field import NumberField
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_count, format_number

_FIELD_PX = 176
_MOST_TEMPERATURE = 5.0
_LEAST_TOP_P = 0.01
_MOST_TOKENS = 1_000_000


class SamplingFields(QWidget):
    """Three rows.

    Signals:
        changed: Fields of `ChatSettings` by name.
    """

    changed = Signal(object)

    def __init__(self, prefix: str = "", *, width_px: int = _FIELD_PX) -> None:
        """Make them, that wide; `prefix` begins their names."""
        super().__init__()
        self._width_px = width_px
        self._temperature = NumberField(
            _named(prefix, "temperatureField"), least=0, most=_MOST_TEMPERATURE, decimals=2
        )
        self._top_p = NumberField(
            _named(prefix, "topPField"), least=_LEAST_TOP_P, most=1, decimals=2
        )
        self._budget = NumberField(
            _named(prefix, "thinkingBudgetField"), least=1, most=_MOST_TOKENS, decimals=0
        )
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 2)  # fields stop at their width; a narrow one is not cut
        self.add_row(self.tr("Temperature"), self._temperature)
        self.add_row(self.tr("Top-p"), self._top_p)
        self.add_row(self.tr("Tokens for thinking"), self._budget)
        self.show_empty(None)
        for field in self._fields():
            field.changed.connect(self._written)

    def add_row(self, label: str, field: QWidget) -> None:
        """Put a field with its label below those that are there."""
        row = self._grid.rowCount()
        words = PlainLabel(label, wraps=True)
        words.setBuddy(field)
        field.setAccessibleName(label)
        if isinstance(field, NumberField):
            field.set_width(self._width_px)
        else:
            field.setMaximumWidth(measures().at_text_size(self._width_px))
        self._grid.addWidget(words, row, 0)
        self._grid.addWidget(field, row, 1)

    def show_settings(self, settings: ChatSettings) -> None:
        """Show what is set; what is being written stays."""
        values = (settings.temperature, settings.top_p, settings.thinking_tokens)
        for field, value in zip(self._fields(), values, strict=True):
            if not (field.hasFocus() and field.isModified()):
                field.show_value(value)

    def show_empty(self, recommended: Sampling | None, wishes: AnswerWishes | None = None) -> None:
        """Say what empty fields stand for: a wish for all chats, else what is recommended."""
        temperature = recommended.temperature if recommended else None
        top_p = recommended.top_p if recommended else None
        wishes = wishes or AnswerWishes()
        self._temperature.setPlaceholderText(self._empty(wishes.temperature, temperature))
        self._top_p.setPlaceholderText(self._empty(wishes.top_p, top_p))
        tokens = wishes.thinking_tokens
        self._budget.setPlaceholderText(
            self.tr("Automatic") if tokens is None else format_count(tokens)
        )

    def finish(self) -> None:
        """Take over what is written."""
        for field in self._fields():
            field.finish()

    def _fields(self) -> tuple[NumberField, NumberField, NumberField]:
        return self._temperature, self._top_p, self._budget

    def _empty(self, wished: float | None, recommended: float | None) -> str:
        if wished is not None:
            return format_number(wished)
        if recommended is None:
            return self.tr("Recommended")
        return self.tr("{value} (recommended)").format(value=format_number(recommended))

    @Slot()
    def _written(self) -> None:
        tokens = self._budget.value()
        self.changed.emit(
            {
                "temperature": self._temperature.value(),
                "top_p": self._top_p.value(),
                "thinking_tokens": None if tokens is None else round(tokens),
            }
        )


def _named(prefix: str, name: str) -> str:
    return f"{prefix}{name[0].upper()}{name[1:]}" if prefix else name
