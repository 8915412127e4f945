"""The planner's decisions as numbers, for people who know better."""

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.placement.values import Placement, Wishes
from app.ui.number_field import NumberField
from app.ui.plain_text import PlainLabel

_MOST_LAYERS = 999  # where the number of layers is not known
_LEAST_BATCH, _MOST_BATCH = 32, 8192


class AdvancedFields(QWidget):
    """Empty fields leave it to the planner, whose choice they show.

    Signals:
        changed: The new `Wishes`.
    """

    changed = Signal(object)

    def __init__(self, *, layers: int, threads: int, has_experts: bool) -> None:
        super().__init__()
        self._wishes = Wishes()
        most = layers or _MOST_LAYERS
        self._fields = {
            "gpu_layers": NumberField("gpuLayersField", least=0, most=most + 1, decimals=0),
            "cpu_expert_layers": NumberField("expertLayersField", least=0, most=most, decimals=0),
            "batch_tokens": NumberField(
                "batchField", least=_LEAST_BATCH, most=_MOST_BATCH, decimals=0
            ),
            "threads": NumberField("threadsField", least=1, most=threads, decimals=0),
        }
        labels = (
            self.tr("Layers on the graphics card, the output counted as one"),
            self.tr("Layers whose experts stay in memory, from the first on"),
            self.tr("Tokens of a question read at once"),
            self.tr("Processor threads"),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        for row, (label, field) in enumerate(zip(labels, self._fields.values(), strict=True)):
            words = PlainLabel(label, wraps=True)
            words.setBuddy(field)
            for part in (words, field):
                part.setVisible(has_experts or field is not self._fields["cpu_expert_layers"])
            field.setAccessibleName(label)
            field.changed.connect(self._changed)
            grid.addWidget(words, row, 0)
            grid.addWidget(field, row, 1)

    def show_wishes(self, wishes: Wishes, placement: Placement) -> None:
        """Show what holds now, and what the planner took where nothing was wished."""
        self._wishes = wishes
        for name, field in self._fields.items():
            field.setPlaceholderText(
                self.tr("Automatic ({number})").format(number=getattr(placement, name))
            )
            if not field.hasFocus():
                field.show_value(getattr(wishes, name))

    @Slot()
    def _changed(self) -> None:
        written = {name: field.value() for name, field in self._fields.items()}
        numbers = {name: None if v is None else round(v) for name, v in written.items()}
        self.changed.emit(msgspec.structs.replace(self._wishes, **numbers))
