"""Where one download stands: its state, a bar, and numbers that keep their places."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.domain.downloads.jobs import Download, State
from app.ui.error_text import error_text
from app.ui.models.download_words import (
    amount_words,
    percent_of,
    percent_words,
    state_words,
    time_left_words,
    transfer_words,
)
from app.ui.models.flow_row import FlowRow
from app.ui.plain_text import ElidedLabel, PlainLabel
from app.ui.quantities import format_bytes

_BAR_PX = 6
_MARGIN_PX = 2  # of a label around its text
# Half a per cent: fine enough for the eye, and screen readers are not told of every step.
_STEPS = 200
_FASTEST = 999e6
_LONGEST_S = 89 * 60.0


class DownloadProgress(QWidget):
    """Updated in place, five times a second."""

    def __init__(self, *title: QWidget) -> None:
        """Make it.

        Args:
            title: Stands above the bar in place of the state, which then goes below.
        """
        super().__init__()
        self._state = PlainLabel(kind="small") if title else ElidedLabel(kind="strong")
        self._state.setObjectName("downloadState")
        self._percent = Slot("downloadPercent")
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._percent.reserve(percent_words(100))
        self._bar = QProgressBar()
        self._bar.setObjectName("downloadBar")
        self._bar.setProperty("kind", "thin")
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(_BAR_PX)
        self._amount = Slot("downloadAmount")
        self._speed = Slot("downloadSpeed")
        self._time = Slot("downloadTime")
        self._speed.reserve(transfer_words(_FASTEST))
        self._time.reserve(time_left_words(_LONGEST_S))
        self._numbers = FlowRow(gap_px=12)
        numbers = (self._amount, self._speed, self._time)
        self._numbers.show_members([self._state, *numbers] if title else numbers)
        self._problem = PlainLabel(wraps=True)
        self._problem.setObjectName("downloadProblem")
        head = QHBoxLayout()
        head.setSpacing(8)
        for part in title or (self._state,):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self._percent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(head)
        column.addWidget(self._bar)
        column.addWidget(self._numbers)
        column.addWidget(self._problem)

    def show_download(self, download: Download) -> None:
        """Say where it stands now."""
        done, total = download.bytes_done, download.bytes_total
        is_done = download.state is State.INSTALLED
        percent = percent_of(done, total)
        _say(self._state, state_words(download))
        self._percent.say("" if is_done else percent_words(percent))
        self._bar.setVisible(not is_done)
        self._bar.setValue(0 if not total else min(_STEPS, done * _STEPS // total))
        self._bar.setAccessibleName(self.tr("Download of {name}").format(name=download.job.name))
        self._amount.say(format_bytes(total or done) if is_done else amount_words(done, total))
        self._amount.reserve(amount_words(total or 0, total))
        is_moving = download.state is State.DOWNLOADING
        self._speed.say(transfer_words(download.bytes_per_s) if is_moving else "")
        self._time.say(time_left_words(download.eta_s) if is_moving else "")
        self._show_problem(download)

    def words(self) -> str:
        """All of it for screen readers, once it is asked for."""
        parts = (self._state, self._percent, self._amount, self._speed, self._time, self._problem)
        return ", ".join(part.text() for part in parts if part.text())

    def _show_problem(self, download: Download) -> None:
        words = error_text(download.problem) if download.problem else ""
        kind = "alarm" if download.state is State.FAILED else "muted"
        if self._problem.property("kind") != kind:
            self._problem.setProperty("kind", kind)
            self._problem.style().polish(self._problem)
        _say(self._problem, words)
        self._problem.setVisible(bool(words))


def _say(label: PlainLabel, words: str) -> None:
    """Leave the layout alone where nothing changed."""
    if label.text() != words:
        label.setText(words)


class Slot(PlainLabel):
    """A number in a place of its own, as wide as its widest.

    Its size is fixed: Qt then lays nothing out anew when the text changes, which takes 20 ms for
    a page full of cards.
    """

    def __init__(self, name: str) -> None:
        super().__init__(kind="small")
        self.setObjectName(name)
        self._widest = ""

    def say(self, text: str) -> None:
        """Show another number."""
        if text != self.text():
            self.setText(text)
            self._fit()

    def reserve(self, widest: str) -> None:
        """Leave room for this text."""
        if widest != self._widest:
            self._widest = widest
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        """Be as large as the wider text, what it says or what it may have to."""
        digits = "".join("8" if char.isdigit() else char for char in self._widest)
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(text) for text in (self.text(), digits))
        size = QSize(widest + _MARGIN_PX, metrics.height())
        if size != self.minimumSize():
            self.setFixedSize(size)
