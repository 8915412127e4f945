"""Says how downloads ended: to the eyes where nobody looks, to screen readers where they do."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.domain.downloads.jobs import Download
from app.ui.announce import announce
from app.ui.error_text import error_text
from app.ui.models.download_feed import DownloadFeed
from app.ui.notify import notify


class DownloadNotices(QObject):
    """Belongs to a window."""

    def __init__(self, feed: DownloadFeed, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        feed.installed.connect(self._installed)
        feed.failed.connect(self._failed)

    @Slot(object)
    def _installed(self, download: Download) -> None:
        job = download.job
        words = self.tr("{name} {build} is installed.").format(name=job.name, build=job.build)
        self._say(self.tr("Download finished"), words)

    @Slot(object)
    def _failed(self, download: Download) -> None:
        reason = error_text(download.problem) if download.problem else ""
        self._say(self.tr("Download failed"), f"{download.job.name}. {reason}".strip())

    def _say(self, title: str, words: str) -> None:
        notify(self._window, title, words)
        announce(self._window, f"{title}. {words}")
