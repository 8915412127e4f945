"""The queue of downloads: what the person wants, carried out by the download worker.

Lives on the owner's thread; the disk and the key store are waited for on others. What is kept is
in the job folders alone, so a crash at any moment costs nothing: the next `start` goes on.
"""

import logging
import pathlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from app.domain.downloads.folder import Wish
from app.domain.downloads.jobs import Download, Job, State
from app.domain.downloads.queue import MOST_ACTIVE, choose_running, move, stands_still
from app.domain.errors import AppError, DownloadElsewhere, DownloaderMissing, ModelFolderGone
from app.downloads.client import DownloadClient
from app.downloads.protocol import Fetched, Looked, Stopped
from app.pipe.client import Post
from app.pipe.timers import Timers
from app.services.download_entry import Entry, entry_of
from app.services.download_jobs import (
    Gone,
    KeptJob,
    ask,
    keep_job,
    look_at,
    read_job,
    read_jobs,
    remove_job,
    rewrite_job,
)
from app.services.download_runs import DownloadRuns, RunEnd, Seen
from app.services.hub_access import HubAccess
from app.services.hub_looks import HubLooks
from app.services.network_log import NetworkLog, TrafficTally
from app.services.serial_work import SerialWork
from app.services.tokens import TokenStore
from app.services.url_fetches import UrlFetches
from app.settings.model import Settings

log = logging.getLogger(__name__)

_CHANGE_S = 0.2
# How often the folders of jobs are looked at that this process does not work on.
_LOOK_S = 1.0
# What a drive that has to wake up may take of the owner's time, at the start and at the end.
_PATIENCE_S = 1.0


class Downloads:
    """All downloads of this person, in the order of the queue.

    Attributes:
        on_change: Called when `downloads` changed, at most five times a second.
        on_installed: Called when all files of a download have their names.
        urls: Fetches what is on no Hub, through the same worker.
    """

    def __init__(
        self,
        worker: DownloadClient,
        *,
        models_folders: Callable[[], tuple[pathlib.Path, ...]],
        download_folder: Callable[[], pathlib.Path],
        settings: Callable[[], Settings],
        tokens: TokenStore,
        network_log: NetworkLog,
        reuse_folders: Callable[[], tuple[pathlib.Path, ...]],
        post: Post,
        look_s: float = _LOOK_S,
    ) -> None:
        """Wire it; nothing is read and nothing is fetched before `start` or `add`.

        Args:
            worker: Ended by `close`.
            models_folders: Where jobs are kept: our own folder and those that the person added.
            download_folder: The one of them that gets new models.
            settings: Those of now.
            tokens: Asked when something is fetched for the first time.
            network_log: Gets everything that went over the network.
            reuse_folders: Where a file may lie already.
            post: Runs a function on the owner's thread.
            look_s: How often others' jobs are looked at.
        """
        self.on_change: Callable[[], None] = lambda: None
        self.on_installed: Callable[[Download], None] = lambda download: None
        self._worker = worker
        self._models_folders = models_folders
        self._download_folder = download_folder
        self._settings = settings
        self._post = post
        self._look_s = look_s
        self._access = HubAccess(settings=settings, tokens=tokens, post=post)
        self._tally = TrafficTally(network_log.add)
        self._looks = HubLooks(worker, self._access, self._tally, post=post)
        self.urls = UrlFetches(worker, self._access, self._tally, post=post)
        self._disk = SerialWork("downloads-disk", OSError, post=post)
        self._timers = Timers("downloads-timers")
        self._entries: list[Entry] = []
        # Cancelled, and whether the part is kept; the fetch or the removal is not over yet.
        self._leaving: dict[str, tuple[Entry, bool]] = {}
        self._told: tuple[Download, ...] = ()
        self._is_quiet = False
        self._is_watching = False
        self._runs = DownloadRuns(
            worker,
            access=self._access,
            disk=self._disk,
            tally=self._tally,
            reuse_folders=reuse_folders,
        )
        self._runs.on_state, self._runs.on_end = self._follow, self._ended
        self._access.on_token = self.settings_changed
        worker.set_limits(bytes_per_s=settings().download_bytes_per_s)

    @property
    def downloads(self) -> tuple[Download, ...]:
        """In the order of the queue; what is installed stays until `clear_installed`."""
        return tuple(entry.shown for entry in self._entries)

    def start(self) -> None:
        """Rebuild the queue from the job folders and go on; again, to see what others did."""
        folders = self._models_folders()
        self._disk.do_soon(lambda: read_jobs(folders), self._found, patience_s=_PATIENCE_S)
        if self._entries:
            self._look()

    def add(self, job: Job) -> Download:
        """Put a job at the end of the queue; the same id goes on with what is there."""
        entry = self._find(job.id)
        if entry and entry.state is not State.INSTALLED:
            self.resume(job.id)
            return entry.shown
        if entry:
            self._entries.remove(entry)
        entry = Entry(
            job=msgspec.structs.replace(
                job,
                order=max((other.job.order for other in self._entries), default=-1) + 1,
                created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            ),
            models_folder=self._download_folder(),
        )
        entry.take_place(is_offline=self._access.is_offline)
        self._entries.append(entry)
        self._keep(entry)
        self._changed()
        return entry.shown

    def pause(self, job_id: str) -> None:
        """Stop it until `resume`; what is there stays."""
        entry = self._find(job_id)
        if entry is None or entry.state in (State.PAUSED, State.FAILED, State.INSTALLED):
            return
        entry.change(is_paused=True)
        if entry.is_elsewhere:
            self._wish(entry, Wish.PAUSE)
            return
        entry.take_place(is_offline=self._access.is_offline)
        self._write(entry)
        self._pump()

    def resume(self, job_id: str) -> None:
        """Go on, also after a failure, where it stands in the queue."""
        entry = self._find(job_id)
        if entry is None or not (entry.job.is_paused or entry.state is State.FAILED):
            return
        has_failed = entry.state is State.FAILED
        entry.change(is_paused=False, failure=None)
        if entry.is_elsewhere:
            self._wish(entry, Wish.RESUME)
            return
        entry.take_place(is_offline=self._access.is_offline)
        if has_failed:  # perhaps the person chose another folder since
            self._keep(entry)
        else:
            self._write(entry)
        self._pump()

    def cancel(self, job_id: str, *, keeps_part: bool = False) -> None:
        """Take it out of the queue.

        Args:
            job_id: Whose.
            keeps_part: Leave what is there for the next time it is added. Where another process
                works on it, it is only paused then.
        """
        entry = self._find(job_id)
        if entry is None:
            return
        if entry.is_elsewhere:
            entry.change(is_paused=keeps_part)
            self._wish(entry, Wish.PAUSE if keeps_part else Wish.CANCEL)
            return
        self._entries.remove(entry)
        if entry.state is not State.INSTALLED:
            self._leaving[entry.id] = (entry, keeps_part)
            if entry.is_working:
                self._runs.stop(entry)
            else:
                self._leave(entry)
        self._pump()

    def move(self, job_id: str, position: int) -> None:
        """Put it at that place of `downloads`; the first ones are worked on."""
        if self._find(job_id) is None:
            return
        by_id = {entry.id: entry for entry in self._entries}
        self._entries = [by_id[one] for one in move(tuple(by_id), job_id, position)]
        for order, entry in enumerate(self._entries):
            if entry.job.order != order:
                entry.change(order=order)
                self._write(entry)
        self._pump()

    def pause_all(self) -> None:
        """Pause everything that is not paused."""
        for entry in list(self._entries):
            self.pause(entry.id)

    def resume_all(self) -> None:
        """Go on with everything that is paused; what failed is left to the person."""
        for entry in list(self._entries):
            if entry.job.is_paused:
                self.resume(entry.id)

    def clear_installed(self) -> None:
        """Take what is installed out of the list."""
        self._entries = [one for one in self._entries if one.state is not State.INSTALLED]
        self._changed()

    def look(
        self, repository: str, on_end: Callable[[Looked | Exception], None], revision: str = "main"
    ) -> None:
        """List a repository's files."""
        self._looks.look(repository, on_end, revision)

    def peek(
        self,
        repository: str,
        commit: str,
        path: str,
        length_bytes: int,
        on_end: Callable[[pathlib.Path | Exception], None],
    ) -> None:
        """Fetch the first bytes of a file; who gets the path removes it."""
        self._looks.peek(repository, commit, path, length_bytes, on_end)

    def settings_changed(self) -> None:
        """Follow the settings and the token; a fetch that knows others begins anew."""
        self._worker.set_limits(bytes_per_s=self._settings().download_bytes_per_s)
        self._access.renew()
        self._looks.settings_changed()
        self.urls.settings_changed()
        for entry in self._entries:
            if not stands_still(entry.shown) and not (
                entry.is_working and not self._access.is_offline
            ):
                entry.take_place(is_offline=self._access.is_offline)
        self._runs.renew()
        self._pump()

    def close(self) -> None:
        """End the worker; the next `start` goes on with everything that is not paused."""
        self._worker.close()
        self._timers.close()
        self._access.close()
        self._tally.close()
        self._disk.close(patience_s=_PATIENCE_S)
        self._looks.close()

    # -- the queue ---------------------------------------------------------------------------

    def _find(self, job_id: str) -> Entry | None:
        return next((entry for entry in self._entries if entry.id == job_id), None)

    def _found(self, found: tuple[KeptJob, ...] | OSError) -> None:
        assert not isinstance(found, OSError)
        for kept in found:
            is_known = self._find(kept.job.id) or kept.job.id in self._leaving
            if not is_known and not kept.job.is_dismissed:
                self._entries.append(entry_of(kept, is_offline=self._access.is_offline))
        self._entries.sort(key=lambda entry: entry.job.order)
        self._pump()

    def _pump(self) -> None:
        """Bring what is worked on and what should be into agreement."""
        wanted = choose_running(self.downloads, is_offline=self._access.is_offline)
        for entry in self._entries:
            if entry.is_working and entry.id not in wanted:
                self._runs.stop(entry)
        for entry in self._entries:
            working = sum(one.is_working for one in self._entries) + len(self._leaving)
            if entry.id in wanted and entry.is_kept and not entry.is_working:
                if working >= MOST_ACTIVE:
                    break
                self._runs.begin(entry)
        self._changed()
        self._watch()

    def _keep(self, entry: Entry) -> None:
        """Put it on the disk, where the person wants it now; it is begun after that."""
        entry.is_kept = False
        if entry.id in self._leaving:
            return  # its folder is not free yet
        job, changes = entry.job, entry.changes
        folder, others = self._download_folder(), self._models_folders()

        def kept(result: KeptJob | OSError) -> None:
            if isinstance(result, OSError):
                reason = result.strerror or type(result).__name__
                entry.fail(ModelFolderGone(folder=str(folder), reason=reason))
            else:
                self._kept(entry, result, is_changed=entry.changes != changes)
            self._pump()

        def then(result: KeptJob | OSError) -> None:
            if entry in self._entries:
                kept(result)

        self._disk.do(lambda: keep_job(job, folder, others), then)

    def _kept(self, entry: Entry, kept: KeptJob, *, is_changed: bool) -> None:
        entry.is_kept = True
        entry.models_folder, entry.bytes_done = kept.models_folder, kept.bytes_done
        entry.on_disk, ours = kept.job, entry.job
        entry.job = msgspec.structs.replace(
            kept.job, is_paused=ours.is_paused, order=ours.order, failure=ours.failure
        )
        if kept.is_held:
            entry.go_elsewhere()
        elif is_changed:
            self._write(entry)

    def _write(self, entry: Entry) -> None:
        if not entry.is_kept or entry.is_elsewhere:
            return
        job, folder = entry.job, entry.models_folder

        def then(result: OSError | None) -> None:
            _warn(result)
            if result is None:
                entry.on_disk = job

        self._disk.do(lambda: rewrite_job(folder, job), then)

    def _wish(self, entry: Entry, wish: Wish) -> None:
        """Leave it to who works on it."""
        job_id, folder = entry.id, entry.models_folder
        self._disk.do(lambda: ask(folder, job_id, wish), _warn)
        self._changed()

    def _leave(self, entry: Entry) -> None:
        """Its fetch is over: now its folder can go, or wait."""
        folder, job = entry.models_folder, entry.job
        _, keeps_part = self._leaving[job.id]
        dismissed = msgspec.structs.replace(job, is_dismissed=True, is_paused=False, failure=None)

        def work() -> None:
            if keeps_part:
                rewrite_job(folder, dismissed)
            else:
                remove_job(folder, job.id)

        self._disk.do(work, lambda result: self._left(job.id, result))

    def _left(self, job_id: str, result: OSError | None) -> None:
        _warn(result)
        self._leaving.pop(job_id)
        again = self._find(job_id)
        if again:
            self._keep(again)
        self._pump()

    # -- work --------------------------------------------------------------------------------

    def _follow(self, entry: Entry, is_job_changed: bool) -> None:
        if is_job_changed:
            # The worker wrote down what the Hub said, but it does not know the person's wishes.
            self._write(entry)
        self._changed()

    def _ended(self, entry: Entry, end: RunEnd) -> None:
        if entry.id in self._leaving and self._leaving[entry.id][0] is entry:
            if isinstance(end, Fetched):  # too late
                self.on_installed(entry.shown)
            self._leave(entry)
            return
        if isinstance(end, Fetched):
            self._install(entry)
        elif isinstance(end, Stopped):
            self._stopped(entry, end.wish)
        elif isinstance(end, DownloadElsewhere):
            entry.go_elsewhere()
        elif isinstance(end, KeptJob | Gone):
            self._see(entry, end)
        else:
            reported = end if isinstance(end, AppError) else DownloaderMissing(reason="a defect")
            entry.fail(reported)
            self._write(entry)
        self._pump()
        if isinstance(end, Exception) and not isinstance(end, AppError):
            raise end

    def _install(self, entry: Entry) -> None:
        entry.finish()
        folder, job_id = entry.models_folder, entry.id
        self._disk.do(lambda: remove_job(folder, job_id), _warn)
        self.on_installed(entry.shown)

    def _stopped(self, entry: Entry, wish: str) -> None:
        """By us, whose wishes are in the job already, or by another process."""
        if wish == "cancel":
            self._entries.remove(entry)
            self._leaving[entry.id] = (entry, False)
            self._leave(entry)
            return
        if wish == "pause":
            folder, job_id = entry.models_folder, entry.id
            self._disk.do(lambda: read_job(folder, job_id), _warn)  # takes the wish away
            entry.change(is_paused=True)
        entry.take_place(is_offline=self._access.is_offline)
        self._write(entry)

    # -- what other processes do -------------------------------------------------------------

    def _watched(self) -> list[Entry]:
        return [
            entry
            for entry in self._entries
            if entry.is_kept and not entry.is_working and entry.state is not State.INSTALLED
        ]

    def _watch(self) -> None:
        """Look again soon, as long as there is something that others may change."""
        if not self._is_watching and self._watched():
            self._is_watching = True
            self._timers.set("look", self._look_s, lambda: self._post(self._look))

    def _look(self) -> None:
        watched = [(one, one.changes, one.models_folder, one.job) for one in self._watched()]

        def work() -> list[Seen]:
            return [look_at(folder, job) for _, _, folder, job in watched]

        def then(seen: Sequence[Seen] | OSError) -> None:
            assert not isinstance(seen, OSError)
            for (entry, changes, _, _), one in zip(watched, seen, strict=True):
                is_old = entry.changes != changes or entry.is_working or not entry.is_kept
                if entry in self._entries and not is_old:
                    self._see(entry, one)
            self._is_watching = False
            self._pump()

        self._disk.do(work, then)

    def _see(self, entry: Entry, seen: Seen) -> None:
        """Follow what was found of a job that this process does not work on."""
        if seen is Gone.INSTALLED:
            entry.finish()
            self.on_installed(entry.shown)
        elif seen is Gone.REMOVED or (isinstance(seen, KeptJob) and seen.job.is_dismissed):
            self._entries.remove(entry)
        elif isinstance(seen, KeptJob):
            self._see_kept(entry, seen)

    def _see_kept(self, entry: Entry, seen: KeptJob) -> None:
        is_new = seen.job != entry.on_disk
        entry.on_disk = seen.job
        # What was asked of the other process and is not obeyed yet, or never will be.
        is_paused = seen.job.is_paused or (entry.is_elsewhere and entry.job.is_paused)
        now = msgspec.structs.replace(seen.job, order=entry.job.order, is_paused=is_paused)
        if seen.is_held:
            entry.job = now
            entry.bytes_done = max(entry.bytes_done, seen.bytes_done)
            if not entry.is_elsewhere:
                entry.go_elsewhere()
        elif entry.is_elsewhere or is_new:
            entry.job = now
            entry.take_place(is_offline=self._access.is_offline)
            self._write(entry)

    def _changed(self) -> None:
        if self._is_quiet or self.downloads == self._told:
            return
        self._told = self.downloads
        self._is_quiet = True
        self._timers.set("change", _CHANGE_S, lambda: self._post(self._speak_again))
        self.on_change()

    def _speak_again(self) -> None:
        self._is_quiet = False
        self._changed()


def _warn(result: object) -> None:
    if isinstance(result, OSError):
        log.warning("a download's state could not be written: %s", result.strerror)
