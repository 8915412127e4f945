"""How much of the graphics card is left to others."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from app.domain.placement.values import Machine
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_bytes

_STEP_BYTES = 256 * 2**20
_STEPS_PER_PAGE = 4
_MOST_SHARE = 0.9


class ReserveSlider(QWidget):
    """From “more GPU memory” on the left to “leave more free” on the right.

    Signals:
        moved: Bytes to leave free, also while it is being dragged.
        settled: It was let go, or moved by a key.
    """

    moved = Signal(object)  # more than an int of Qt
    settled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._slider = _Slider()
        self._slider.setObjectName("reserveSlider")
        title = self.tr("Graphics memory to leave free")
        self._slider.setAccessibleName(title)
        self._slider.setPageStep(_STEPS_PER_PAGE)
        self._value = PlainLabel(kind="muted")
        self._value.setObjectName("reserveText")
        self._reason = PlainLabel(kind="small", wraps=True)
        self._reason.setObjectName("reserveReason")
        self._ends = (
            PlainLabel(self.tr("More GPU memory"), kind="small"),
            PlainLabel(self.tr("Leave more free"), kind="small"),
        )
        head, ends = QHBoxLayout(), QHBoxLayout()
        head.addWidget(PlainLabel(title))
        head.addStretch()
        head.addWidget(self._value)
        ends.addWidget(self._ends[0])
        ends.addStretch()
        ends.addWidget(self._ends[1])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._slider)
        column.addLayout(ends)
        column.addWidget(self._reason)
        self._slider.valueChanged.connect(self._moved)
        self._slider.sliderReleased.connect(self.settled)

    def is_dragged(self) -> bool:
        """Whether the person holds it."""
        return self._slider.isSliderDown()

    def show_reserve(self, reserve_bytes: int, machine: Machine, *, has_plan: bool) -> None:
        """Show what holds now; without a graphics card say why it cannot be moved."""
        largest = max((gpu.total_bytes for gpu in machine.gpus), default=0)
        if not machine.gpus:
            reason = self.tr("This PC has no graphics card that could help the processor.")
        elif not has_plan:
            reason = self.tr("The size of this build is not known yet.")
        else:
            reason = ""
        self._slider.setEnabled(not reason)
        self._slider.setAccessibleDescription(reason)
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        for end in self._ends:
            end.setVisible(not reason)
        self._slider.blockSignals(True)
        self._slider.setRange(0, int(largest * _MOST_SHARE) // _STEP_BYTES)
        if not self.is_dragged():
            self._slider.setValue(reserve_bytes // _STEP_BYTES)
        self._slider.blockSignals(False)
        self._say()

    def _say(self) -> None:
        if not self._slider.isEnabled():
            self._value.clear()
        elif self._slider.value():
            words = self.tr("{bytes} more than usual")
            self._value.setText(words.format(bytes=format_bytes(self._reserve_bytes())))
        else:
            self._value.setText(self.tr("As little as is safe"))
        if self._slider.isEnabled():
            self._slider.setAccessibleDescription(self._value.text())

    def _reserve_bytes(self) -> int:
        return self._slider.value() * _STEP_BYTES

    @Slot()
    def _moved(self) -> None:
        self._say()
        self.moved.emit(self._reserve_bytes())
        if not self.is_dragged():
            self.settled.emit()


class _Slider(QSlider):
    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        event.ignore()
