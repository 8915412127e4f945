"""The queue of downloads, for everything in the window that shows a part of it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.domain.downloads.jobs import Download, Job, State
from app.ui.models.source import Downloads, DownloadTerms


class DownloadFeed(QObject):
    """Takes the callbacks of `Downloads` over, of which there is one each.

    Attributes:
        queue: For what a button does.
        terms: Under which conditions something would be downloaded now.

    Signals:
        changed: Anything of the queue, at most five times a second.
        installed: A `Download` that ended well.
        failed: A `Download` that needs the person.
    """

    changed = Signal()
    installed = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        queue: Downloads,
        *,
        job_of: Callable[[str, str], Job],
        terms: Callable[[], DownloadTerms],
    ) -> None:
        """Follow the queue.

        Args:
            queue: Its callbacks are taken over.
            job_of: What downloads a build, by the ids of model and build.
            terms: Must not take long: it is asked whenever something changed.
        """
        super().__init__()
        self.queue = queue
        self.terms = terms
        self._job_of = job_of
        self._states = {download.job.id: download.state for download in queue.downloads}
        queue.on_change = self._look
        queue.on_installed = self.installed.emit

    @property
    def downloads(self) -> tuple[Download, ...]:
        """All of them, in the order of the queue."""
        return self.queue.downloads

    def of_model(self, model_id: str) -> dict[str, Download]:
        """Its downloads by the id of their build."""
        return {d.job.build: d for d in self.downloads if d.job.model_id == model_id}

    def add(self, model_id: str, build_id: str) -> None:
        """Download a build."""
        self.queue.add(self._job_of(model_id, build_id))

    def missing_bytes(self, build_bytes: int | None) -> int:
        """What the folder for downloads lacks for a build beside those in the queue, else 0."""
        free_bytes = self.terms().free_bytes
        if free_bytes is None or build_bytes is None:
            return 0
        unfinished = (d for d in self.downloads if d.state is not State.INSTALLED)
        coming = sum(max(0, (d.bytes_total or 0) - d.bytes_done) for d in unfinished)
        return max(0, build_bytes + coming - free_bytes)

    def _look(self) -> None:
        """Notice failures, then tell everybody."""
        before = self._states
        self._states = {download.job.id: download.state for download in self.downloads}
        for download in self.downloads:
            is_new = before.get(download.job.id) is not State.FAILED
            if download.state is State.FAILED and is_new:
                self.failed.emit(download)
        self.changed.emit()
