"""Choices with half a sentence each: one of several, or yes and no."""

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QSizePolicy,
    QWidget,
)

from app.ui.library.tick_box import TickBox
from app.ui.plain_text import ElidedLabel, PlainLabel, tooltip

# Of the column with the names.
NAMES_PX = 118
_GAP_PX = 10


class _Meaning(PlainLabel):
    """Half a sentence about a choice; a press on it chooses.

    Signals:
        pressed: By the mouse.
    """

    pressed = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """It is as good as the button."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()


class _Title(ElidedLabel):
    """The same in one line, however long it is."""

    pressed = Signal()

    def __init__(self, text: str, *, kind: str) -> None:
        super().__init__(text, kind=kind)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(tooltip(text))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """It is as good as the button."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()


class OneOf(QWidget):
    """Names on the left, what they mean on the right; the arrow keys go from one to the next.

    Signals:
        changed: Another one was chosen.
    """

    changed = Signal()

    def __init__(
        self, name: str, choices: Sequence[tuple[Enum, str, str]], *, elides: bool = False
    ) -> None:
        """Begin with the first.

        Args:
            name: Of all together, for screen readers.
            choices: Value, name and meaning of each.
            elides: Meanings may be endless, and stay in one line.
        """
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._values = [value for value, _, _ in choices]
        self._words: list[QWidget] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(_GAP_PX)
        grid.setVerticalSpacing(3)
        grid.setColumnMinimumWidth(0, NAMES_PX)
        grid.setColumnStretch(1, 1)
        for place, (value, label, meaning) in enumerate(choices):
            button = QRadioButton(label)
            button.setObjectName(f"{value.value}Choice")
            button.setAccessibleDescription(meaning)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            words = (
                _Title(meaning, kind="small")
                if elides
                else _Meaning(meaning, kind="small", wraps=True)
            )
            words.pressed.connect(button.click)
            self._words.append(words)
            self._group.addButton(button, place)
            grid.addWidget(button, place, 0)
            grid.addWidget(words, place, 1, Qt.AlignmentFlag.AlignVCenter)
        self._group.button(0).setChecked(True)
        self.setFocusProxy(self._group.button(0))
        self._group.idToggled.connect(self._toggled)

    @property
    def value(self) -> Enum:
        """The one that is chosen."""
        chosen: Enum = self._values[self._group.checkedId()]
        return chosen

    def choose(self, value: Enum) -> None:
        """Choose one."""
        self._group.button(self._values.index(value)).setChecked(True)

    @Slot(int, bool)
    def _toggled(self, place: int, is_on: bool) -> None:
        if is_on:
            self.setFocusProxy(self._group.button(place))
            self.changed.emit()

    def allow(self, value: Enum, *, is_allowed: bool) -> None:
        """Let one be chosen or not."""
        place = self._values.index(value)
        self._group.button(place).setEnabled(is_allowed)
        self._words[place].setEnabled(is_allowed)


class YesNo(QWidget):
    """A box and its words.

    Attributes:
        box: What is ticked.
    """

    def __init__(self, name: str, label: str, *, is_on: bool) -> None:
        super().__init__()
        self.box = TickBox()
        self.box.setObjectName(name)
        self.box.setAccessibleName(label)
        self.box.setChecked(is_on)
        words = _Meaning(label)
        words.pressed.connect(self.box.click)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.box)
        row.addWidget(words)
