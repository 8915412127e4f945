"""All downloads in the order of their queue."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.domain.downloads.jobs import Download, State
from app.domain.errors import OfflineSwitchedOn
from app.ui.error_text import error_text
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.download_row import DownloadRow, first_that_enters
from app.ui.models.download_words import PENDING, limit_words, total_words
from app.ui.models.fold import Fold
from app.ui.plain_text import ElidedLabel, PlainLabel

_NARROW_PX = 600


class DownloadTray(QFrame):
    """Hidden while there is nothing; folded down to one line where the person wants that."""

    def __init__(self, feed: DownloadFeed) -> None:
        super().__init__()
        self.setObjectName("downloadTray")
        self.setAccessibleName(self.tr("Downloads"))
        self._feed = feed
        self._rows: dict[str, DownloadRow] = {}
        self._order: list[str] = []
        self._dragged = ""
        self._fold = Fold("downloadsFold", self.tr("Downloads"))
        self._fold.setChecked(True)
        self._total = _Line("downloadsTotal")
        self._offline = PlainLabel(error_text(OfflineSwitchedOn()), kind="muted", wraps=True)
        self._offline.setObjectName("downloadsOffline")
        self._pause = _link("pauseAllButton", self.tr("Pause all"))
        self._resume = _link("resumeAllButton", self.tr("Resume all"))
        self._clear = _link("clearInstalledButton", self.tr("Clear installed"))
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._arrange()
        self._fold.opened.connect(self._unfold)
        self._pause.clicked.connect(feed.queue.pause_all)
        self._resume.clicked.connect(feed.queue.resume_all)
        self._clear.clicked.connect(feed.queue.clear_installed)
        feed.changed.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below where there is no room beside."""
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW_PX
        side = QBoxLayout.Direction.LeftToRight
        self._head.setDirection(QBoxLayout.Direction.TopToBottom if is_narrow else side)

    @Slot()
    def _show(self) -> None:
        downloads = self._feed.downloads
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        place = next((n for n, key in enumerate(self._order) if self._has(key, focus)), 0)
        self._show_rows(downloads)
        states = {download.state for download in downloads}
        terms = self._feed.terms()
        facts = (total_words(downloads), limit_words(terms.bytes_per_s))
        self._total.say(" · ".join(words for words in facts if words))
        self._offline.setVisible(terms.is_offline and bool(states & PENDING))
        self._pause.setVisible(bool(states & PENDING))
        self._resume.setVisible(State.PAUSED in states)
        self._clear.setVisible(State.INSTALLED in states)
        self.setVisible(bool(downloads))
        if had_focus and downloads and not (focus and focus.isVisible()):
            rows = [self._rows[key] for key in self._order]
            shown = (*rows[place:], *reversed(rows[:place])) if self._fold.isChecked() else ()
            first_that_enters(list(shown), self._fold)

    def _has(self, key: str, focus: QWidget | None) -> bool:
        return focus is not None and self._rows[key].isAncestorOf(focus)

    def _show_rows(self, downloads: tuple[Download, ...]) -> None:
        order = [download.job.id for download in downloads]
        for gone in set(self._rows) - set(order):
            row = self._rows.pop(gone)
            row.hide()
            row.deleteLater()
        for download in downloads:
            if download.job.id in self._rows:
                self._rows[download.job.id].show_download(download)
            else:
                self._add(download)
        if order != self._order and not self._dragged:
            self._order = order
            self._place()

    def _add(self, download: Download) -> None:
        row = self._rows[download.job.id] = DownloadRow(self._feed, download)
        row.setProperty("kind", "row")
        row.move_requested.connect(self._move)
        row.dragged.connect(self._drag)
        row.dropped.connect(self._drop)
        self._column.addWidget(row)
        row.show()

    def _place(self) -> None:
        """Put the rows into the order; they keep the keyboard."""
        for place, key in enumerate(self._order):
            row = self._rows[key]
            if self._column.indexOf(row) != place:
                self._column.removeWidget(row)
                self._column.insertWidget(place, row)

    @Slot(str, int)
    def _move(self, job_id: str, places: int) -> None:
        place = self._order.index(job_id) + places
        if 0 <= place < len(self._order):
            self._feed.queue.move(job_id, place)

    @Slot(str, int)
    def _drag(self, job_id: str, y: int) -> None:
        """Let the others make room while the mouse is on its way."""
        if job_id not in self._rows:
            return
        self._dragged = job_id
        others = [key for key in self._order if key != job_id and key in self._rows]
        place = sum(self._rows[key].geometry().center().y() < y for key in others)
        order = [*others[:place], job_id, *others[place:]]
        if order != self._order:
            self._order = order
            self._place()

    @Slot(str)
    def _drop(self, job_id: str) -> None:
        self._dragged = ""
        if job_id in self._order:
            self._feed.queue.move(job_id, self._order.index(job_id))
        self._show()

    @Slot(bool)
    def _unfold(self, is_open: bool) -> None:
        focus = QApplication.focusWidget()
        if not is_open and focus and self._list.isAncestorOf(focus):
            self._fold.setFocus(Qt.FocusReason.OtherFocusReason)
        self._list.setVisible(is_open)

    def _arrange(self) -> None:
        words = QHBoxLayout()
        words.setSpacing(8)
        words.addWidget(self._fold)
        words.addWidget(self._total, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (self._pause, self._resume, self._clear):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setContentsMargins(12, 6, 10, 6)
        self._head.setSpacing(2)
        self._head.addLayout(words, 1)
        self._head.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(self._head)
        self._offline.setContentsMargins(16, 0, 16, 8)
        column.addWidget(self._offline)
        column.addWidget(self._list)


class _Line(QWidget):
    """A line of words that change all the time, without the page being laid out anew."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._label = ElidedLabel(kind="small", parent=self)
        self._label.setObjectName(name)

    def say(self, words: str) -> None:
        """Show other words."""
        self._label.setText(words)

    def sizeHint(self) -> QSize:
        """High enough, and as wide as there is room."""
        self._label.ensurePolished()
        return QSize(0, self._label.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill it."""
        super().resizeEvent(event)
        self._label.setGeometry(self.rect())


def _link(name: str, label: str) -> QPushButton:
    button = QPushButton(label)
    button.setObjectName(name)
    button.setProperty("kind", "link")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
