"""Fast | Deep: how long the model thinks before it answers."""

from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton

_HEIGHT_PX = 30


class EffortSwitch(QFrame):
    """Two segments, one of them chosen. No model of this version thinks, so it is disabled."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("effortSwitch")
        self.setAccessibleName(self.tr("Thinking effort: Fast"))
        self.setToolTip(self.tr("This model always answers at once."))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        group = QButtonGroup(self)
        for name in (self.tr("Fast"), self.tr("Deep")):
            segment = QToolButton()
            segment.setText(name)
            segment.setAccessibleName(name)
            segment.setCheckable(True)
            group.addButton(segment)
            row.addWidget(segment)
        group.buttons()[0].setChecked(True)
        self.setFixedHeight(_HEIGHT_PX)
        self.setEnabled(False)
