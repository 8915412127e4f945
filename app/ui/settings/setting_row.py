"""One setting on the page: what it is, and the means to change it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.settings.model import Settings, bounds_of
from app.ui.drop_down import DropDown
from app.ui.look.measures import LARGE_PX, SMALL_PX, measures
from app.ui.number_field import NumberField
from app.ui.plain_text import PlainLabel
from app.ui.settings.declarations import Number, OneOf, Setting
from app.ui.settings.switch import RING_PX, Switch

_NARROW_PX = 440
QWIDGETSIZE_MAX = (1 << 24) - 1
_CONTROL_PX = 184


class SettingRow(QWidget):
    """Words, and the control beside them, or below them in a narrow window.

    Attributes:
        words: What can be looked for.

    Signals:
        changed: Name and new value.
    """

    changed = Signal(str, object)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.words = " ".join((setting.title, setting.words, setting.also))
        self._setting = setting
        self._control: Switch | DropDown | NumberField
        self._control = _control(setting)
        self._control.setAccessibleDescription(setting.words)
        self._unit = PlainLabel(_unit(setting), kind="muted")
        self._unit.setVisible(bool(self._unit.text()))
        self._arrange()
        self._connect()

    def show_value(self, settings: Settings) -> None:
        """Show what holds; what is being written stays."""
        value, kind = getattr(settings, self._setting.name), self._setting.kind
        if isinstance(self._control, DropDown):
            assert isinstance(kind, OneOf)
            self._control.show_choice(value, kind.other.format(value=value))
        elif isinstance(self._control, Switch):
            self._control.blockSignals(True)
            self._control.setChecked(value)
            self._control.blockSignals(False)
        elif not self._control.hasFocus():
            self._show_number(value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the control where there is room for it."""
        super().resizeEvent(event)
        is_narrow = self.width() < measures().at_text_size(_NARROW_PX)
        is_switch = isinstance(self._control, Switch)  # small enough to stay
        directions = QBoxLayout.Direction
        self._line.setDirection(
            directions.TopToBottom if is_narrow and not is_switch else directions.LeftToRight
        )
        self._line.setSpacing(SMALL_PX if is_narrow else LARGE_PX)
        if not is_switch:
            self._acted.setFixedWidth(min(measures().at_text_size(_CONTROL_PX), self.width()))

    def _connect(self) -> None:
        control = self._control
        if isinstance(control, DropDown):
            control.chosen.connect(self._change)
        elif isinstance(control, Switch):
            control.toggled.connect(self._change)
        else:
            control.changed.connect(self._written)

    @Slot(object)
    def _change(self, value: object) -> None:
        self.changed.emit(self._setting.name, value)

    @Slot()
    def _written(self) -> None:
        kind, value = self._setting.kind, self._control.value()
        if value is None:
            value = kind.nothing if kind.nothing is not None else _default(self._setting.name)
        else:
            value *= kind.per_unit
            value = value if kind.decimals and kind.per_unit == 1 else round(value)
        self._change(value)
        self._show_number(value)

    def _show_number(self, value: float | None) -> None:
        kind = self._setting.kind
        is_nothing = value is None or value == kind.nothing
        self._control.show_value(None if is_nothing else value / kind.per_unit)

    def _arrange(self) -> None:
        title = PlainLabel(self._setting.title, kind="strong", wraps=True)
        title.setBuddy(self._control)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(title)
        said.addWidget(PlainLabel(self._setting.words, kind="small", wraps=True))
        # All controls begin and end at the same places, whatever is in them.
        self._acted = QWidget()
        acted = QHBoxLayout(self._acted)
        acted.setContentsMargins(0, 0, 0, 0)
        acted.setSpacing(SMALL_PX)
        if isinstance(self._control, Switch):
            acted.setContentsMargins(0, 0, -RING_PX, 0)
            acted.addStretch(1)
        acted.addWidget(self._control, 1)
        acted.addWidget(self._unit)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.addLayout(said, 1)
        self._line.addWidget(self._acted, 0, Qt.AlignmentFlag.AlignVCenter)


def _control(setting: Setting) -> Switch | DropDown | NumberField:
    kind, name = setting.kind, f"{setting.name}Setting"
    if isinstance(kind, OneOf):
        return DropDown(name, setting.title, kind.choices)
    if isinstance(kind, Number):
        least, most = bounds_of(setting.name)
        field = NumberField(
            name, least=least / kind.per_unit, most=most / kind.per_unit, decimals=kind.decimals
        )
        field.setMinimumWidth(0)
        field.setMaximumWidth(QWIDGETSIZE_MAX)
        field.setAccessibleName(f"{setting.title} ({kind.unit})" if kind.unit else setting.title)
        field.setPlaceholderText(kind.empty)
        return field
    return Switch(name, setting.title)


def _unit(setting: Setting) -> str:
    return setting.kind.unit if isinstance(setting.kind, Number) else ""


def _default(name: str) -> float | None:
    value: float | None = getattr(Settings(), name)
    return value
