"""What a setting is changed with, by its kind."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QKeySequenceEdit, QLineEdit, QWidget

from app.settings.model import Settings, bounds_of
from app.ui.drop_down import DropDown
from app.ui.look.measures import SMALL_PX
from app.ui.number_field import NumberField
from app.ui.plain_text import PlainLabel
from app.ui.settings.declarations import KeyCombination, Number, OneOf, Setting
from app.ui.settings.switch import RING_PX, Switch

_ANY_WIDTH_PX = 4000


class Control(QWidget):
    """A field, and what stands beside it.

    Attributes:
        field: What takes the keyboard.

    Signals:
        chosen: The value that the person wants.
    """

    chosen = Signal(object)

    def __init__(self, setting: Setting, field: QWidget) -> None:
        """Hold a field that was made for that setting."""
        super().__init__()
        self.field = field
        field.setAccessibleDescription(setting.words)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(SMALL_PX)

    def show_value(self, value: object) -> None:
        """Show what holds, telling nobody; what is being written stays."""
        raise NotImplementedError


class SwitchControl(Control):
    """On or off."""

    def __init__(self, setting: Setting) -> None:
        switch = Switch(_name(setting), setting.title)
        super().__init__(setting, switch)
        self._switch = switch
        self.row.setContentsMargins(0, 0, -RING_PX, 0)  # its end stands under those of fields
        self.row.addStretch(1)
        self.row.addWidget(self._switch)
        self._switch.toggled.connect(self.chosen.emit)

    def show_value(self, value: object) -> None:
        """Turn it without a word."""
        self._switch.blockSignals(True)
        self._switch.setChecked(bool(value))
        self._switch.blockSignals(False)


class ChoiceControl(Control):
    """One of a few."""

    def __init__(self, setting: Setting, kind: OneOf) -> None:
        down = DropDown(_name(setting), setting.title, kind.choices)
        super().__init__(setting, down)
        self._kind, self._down = kind, down
        self.row.addWidget(self._down, 1)
        self._down.chosen.connect(self.chosen)

    def show_value(self, value: object) -> None:
        """Show it, also where somebody wrote it into the file."""
        self._down.show_choice(value, self._kind.other.format(value=value))


class NumberControl(Control):
    """A number that is written."""

    def __init__(self, setting: Setting, kind: Number) -> None:
        least, most = bounds_of(setting.name)
        number = NumberField(
            _name(setting),
            least=least / kind.per_unit,
            most=most / kind.per_unit,
            decimals=kind.decimals,
        )
        super().__init__(setting, number)
        self._kind, self._number, self._name = kind, number, setting.name
        title, unit = setting.title, kind.unit
        self._number.setAccessibleName(f"{title} ({unit})" if unit else title)
        self._number.set_width(_ANY_WIDTH_PX)
        self._number.setPlaceholderText(kind.empty)
        self.row.addWidget(self._number, 1)
        if unit:
            self.row.addWidget(PlainLabel(unit, kind="muted"))
        self._number.changed.connect(self._written)

    def show_value(self, value: object) -> None:
        """Show it; nothing is an empty field."""
        if not self._number.hasFocus():
            self._show(value)

    def _show(self, value: object) -> None:
        if isinstance(value, int | float) and value != self._kind.nothing:
            self._number.show_value(value / self._kind.per_unit)
        else:
            self._number.show_value(None)

    @Slot()
    def _written(self) -> None:
        kind, written = self._kind, self._number.value()
        value: float | None
        if written is None:
            value = kind.nothing if kind.nothing is not None else getattr(Settings(), self._name)
        elif kind.decimals and kind.per_unit == 1:
            value = written
        else:
            value = round(written * kind.per_unit)
        self.chosen.emit(value)
        self._show(value)


class KeysControl(Control):
    """Keys that are pressed in it."""

    def __init__(self, setting: Setting) -> None:
        keys = QKeySequenceEdit()
        super().__init__(setting, keys)
        self._keys, self._shown = keys, ""
        keys.setObjectName(_name(setting))
        keys.setAccessibleName(setting.title)
        keys.setMaximumSequenceLength(1)
        keys.setClearButtonEnabled(True)
        for line in keys.findChildren(QLineEdit):
            line.setProperty("kind", "number")
            line.setAccessibleName(setting.title)
            line.setPlaceholderText(self.tr("None: press the keys here"))
        self.row.addWidget(keys, 1)
        keys.keySequenceChanged.connect(self._pressed)

    def show_value(self, value: object) -> None:
        """Show them as the system writes keys."""
        if value != self._shown:
            self._shown = str(value)
            self._keys.setKeySequence(QKeySequence(self._shown))

    @Slot(QKeySequence)
    def _pressed(self, keys: QKeySequence) -> None:
        text = keys.toString(QKeySequence.SequenceFormat.PortableText)
        if text != self._shown:
            self._shown = text
            self.chosen.emit(text)


def control_for(setting: Setting) -> Control:
    """Make what a setting of that kind is changed with."""
    if isinstance(setting.kind, OneOf):
        return ChoiceControl(setting, setting.kind)
    if isinstance(setting.kind, Number):
        return NumberControl(setting, setting.kind)
    if isinstance(setting.kind, KeyCombination):
        return KeysControl(setting)
    return SwitchControl(setting)


def _name(setting: Setting) -> str:
    return f"{setting.name}Setting"
