"""Where the parts of the chat page stand."""

from collections.abc import Iterable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.chat.transcript import Transcript
from app.ui.look.measures import measures

_MARGIN_PX = 16


def arrange_page(
    page: QWidget, head: Iterable[QWidget], transcript: Transcript, foot: Iterable[QWidget]
) -> None:
    """Put `head` above the transcript and `foot` below it, as wide as its column and a little."""
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in head:
        column.addWidget(part)
    column.addWidget(_line_above(transcript))
    column.addWidget(transcript, 1)
    column.addLayout(_centred(foot))


def _centred(parts: Iterable[QWidget]) -> QHBoxLayout:
    holder = _Holder()
    stack = QVBoxLayout(holder)
    stack.setContentsMargins(_MARGIN_PX, 4, _MARGIN_PX, _MARGIN_PX)
    stack.setSpacing(8)
    for part in parts:
        stack.addWidget(part)
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch(1)
    row.addWidget(holder, 1000)
    row.addStretch(1)
    return row


class _Holder(QWidget):
    """As wide as the column of messages and a little."""

    def __init__(self) -> None:
        super().__init__()
        self._fit()
        measures().changed.connect(self._fit)

    @Slot()
    def _fit(self) -> None:
        self.setMaximumWidth(measures().column_px + 3 * _MARGIN_PX)


def _line_above(transcript: Transcript) -> QFrame:
    """A line that appears when messages go out of sight at the top."""
    line = QFrame()
    line.setObjectName("topLine")
    line.setFixedHeight(1)
    policy = line.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    line.setSizePolicy(policy)
    line.hide()
    transcript.verticalScrollBar().valueChanged.connect(lambda value: line.setVisible(value > 0))
    return line
