"""A few choices side by side, one of them chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton

from app.ui.look.measures import measures

_HEIGHT_PX = 30


class Segments(QFrame):
    """Exclusive buttons in one frame; the arrow keys go from one to the next.

    Signals:
        chosen: The value of a segment that the person pressed.
    """

    chosen = Signal(object)

    def __init__(self, choices: Sequence[tuple[object, str]]) -> None:
        super().__init__()
        self.setProperty("kind", "segments")
        self._fit()
        measures().changed.connect(self._fit)
        self._values = [value for value, _ in choices]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, (_, label) in enumerate(choices):
            segment = QToolButton()
            segment.setText(label)
            segment.setAccessibleName(label)
            segment.setCheckable(True)
            segment.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(segment, number)
            row.addWidget(segment)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(lambda number: self.chosen.emit(self._values[number]))

    @Slot()
    def _fit(self) -> None:
        self.setFixedHeight(measures().at_text_size(_HEIGHT_PX))

    def show_choice(self, value: object) -> None:
        """Mark one segment, telling nobody."""
        self._group.button(self._values.index(value)).setChecked(True)
