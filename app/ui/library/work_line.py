"""Something long that is being done with a file: how far it is, and a way to end it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.ui.library.source import LibraryWork
from app.ui.library.words import work_words
from app.ui.plain_text import PlainLabel

_BAR_PX = 6
_STEPS = 1000  # bytes are more than an int of Qt


class WorkLine(QWidget):
    """Words, a bar and Stop.

    Signals:
        stop_requested: The person does not want it any more.
    """

    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words = PlainLabel(kind="small", wraps=True)
        self._words.setObjectName("workText")
        self._bar = QProgressBar()
        self._bar.setProperty("kind", "thin")
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(_BAR_PX)
        self._bar.setRange(0, _STEPS)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._stop = QPushButton(self.tr("Stop"))
        self._stop.setObjectName("stopWorkButton")
        self._stop.setProperty("kind", "link")
        self._stop.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._stop.clicked.connect(self.stop_requested)
        head = QHBoxLayout()
        head.addWidget(self._words, 1)
        head.addWidget(self._stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._bar)

    @property
    def stop_button(self) -> QPushButton:
        """For the order of the keyboard."""
        return self._stop

    def show_work(self, work: LibraryWork, name: str) -> None:
        """Say how far it is; `name` tells it from the others for screen readers."""
        self.show_bytes(work_words(work), work.done_bytes, work.total_bytes, name)

    def show_bytes(self, words: str, done_bytes: int, total_bytes: int, name: str) -> None:
        """Say how far something else is."""
        self._words.setText(words)
        self._bar.setValue(_STEPS * min(done_bytes, total_bytes) // max(1, total_bytes))
        self._stop.setAccessibleName(self.tr("Stop: {name}").format(name=name))
