"""What the way to the Models page says of downloads."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.downloads.jobs import Download, State
from app.ui.look.icons import Picture
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.download_words import PENDING, percent_words, total_percent
from app.ui.plain_text import PlainLabel

_ICON_PX = 16


class DownloadBadge(QWidget):
    """How much of everything is there, or that something failed or is done.

    Signals:
        said: The same in words, for the button that it is on; empty where there is nothing.
    """

    said = Signal(str)

    def __init__(self, feed: DownloadFeed) -> None:
        super().__init__()
        self.setObjectName("downloadBadge")
        # The button below it is pressed.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._feed = feed
        self._has_news = False
        self._last_words = ""
        self._percent = PlainLabel(kind="tag")
        self._percent.setObjectName("badgePercent")
        self._failed = Picture("alert", _ICON_PX, QPalette.ColorRole.BrightText)
        self._failed.setObjectName("badgeFailed")
        self._done = Picture("check", _ICON_PX, QPalette.ColorRole.Highlight)
        self._done.setObjectName("badgeDone")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self._failed, self._done, self._percent):
            row.addWidget(part)
        feed.installed.connect(self._installed)
        feed.changed.connect(self._show)
        self._show()

    def words(self) -> str:
        """What it says."""
        return self._last_words

    def acknowledge(self) -> None:
        """The person sees the page: what is done is no news any more."""
        self._has_news = False
        self._show()

    @Slot(object)
    def _installed(self, _download: Download) -> None:
        self._has_news = True
        self._show()

    @Slot()
    def _show(self) -> None:
        downloads = self._feed.downloads
        is_pending = any(download.state in PENDING for download in downloads)
        # What is done counts, so that it does not go back when one of several ends.
        counted = [d for d in downloads if d.state in PENDING or d.state is State.INSTALLED]
        percent = percent_words(total_percent(counted)) if is_pending else ""
        has_failed = any(download.state is State.FAILED for download in downloads)
        is_done = self._has_news and not is_pending
        self._percent.setText(percent)
        self._percent.setVisible(bool(percent))
        self._failed.setVisible(has_failed)
        self._done.setVisible(is_done)
        self.setVisible(bool(percent) or has_failed or is_done)
        words = [self.tr("a download failed")] if has_failed else []
        words += [self.tr("a download is done")] if is_done else []
        words += [self.tr("{percent} downloaded").format(percent=percent)] if percent else []
        said = ", ".join(words)
        if said != self._last_words:
            self._last_words = said
            self.said.emit(said)
