"""One setting on the page: what it is, and the means to change it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.settings.model import Settings
from app.ui.look.measures import LARGE_PX, SMALL_PX, measures
from app.ui.plain_text import PlainLabel
from app.ui.settings.declarations import Setting
from app.ui.settings.setting_controls import SwitchControl, control_for
from app.ui.turning_line import TurningLine

_NARROW_PX = 440
_CONTROL_PX = 184
_LEAST_PX = 120


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
        self.words = f"{setting.title} {setting.words} {setting.also}"
        self._name = setting.name
        self._control = control_for(setting)
        title = PlainLabel(setting.title, kind="strong", wraps=True)
        title.setBuddy(self._control.field)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(title)
        said.addWidget(PlainLabel(setting.words, kind="small", wraps=True))
        self._line = TurningLine(_NARROW_PX, gap_px=LARGE_PX, narrow_gap_px=SMALL_PX)
        self._line.addLayout(said, 1)
        self._line.addWidget(self._control, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(self._line)
        self._control.chosen.connect(self._change)
        measures().changed.connect(self._fit)

    def show_value(self, settings: Settings) -> None:
        """Show what holds; what is being written stays."""
        self._control.show_value(getattr(settings, self._name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the control where there is room for it."""
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        if not isinstance(self._control, SwitchControl):  # which is small enough to stay
            is_upright = self._line.fit(self.width())
            # All begin and end at the same places, whatever is in them.
            wanted_px = measures().at_text_size(_CONTROL_PX)
            self._control.setMaximumWidth(wanted_px)
            self._control.setMinimumWidth(_LEAST_PX if is_upright else wanted_px)

    @Slot(object)
    def _change(self, value: object) -> None:
        self.changed.emit(self._name, value)
