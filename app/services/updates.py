"""Newer versions of Cierzo: looked for where the person wants it, installed when they say so.

Nothing here runs unasked: the switch is off at first, a look is at most one a day, and a file is
fetched and started by two presses of a button. Lives on the owner's thread.
"""

import contextlib
import pathlib
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec

from app.domain.distribution import Distribution, Kind
from app.domain.downloads.jobs import State
from app.domain.errors import AppError, InstallerNotStarted, UpdateDamaged
from app.domain.updates import Release, System, newer_release
from app.domain.version import VERSION
from app.downloads.protocol import Hashed, UrlState
from app.pipe.client import Post
from app.pipe.timers import Timers
from app.services.installer_start import has_installer, installer_name, start_installer
from app.services.serial_work import SerialWork
from app.services.update_faults import said_of
from app.services.update_manifests import UpdateManifests
from app.services.url_fetches import UrlFetch, UrlFetches

_DAY = timedelta(days=1)
_CLOSE_S = 2.0


class UpdatePhase(StrEnum):
    """What is being done."""

    RESTING = "resting"
    LOOKING = "looking"
    DOWNLOADING = "downloading"
    CHECKING = "checking"


class UpdateState(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings show.

    Attributes:
        looked_at: None if never.
        release: A newer version; None where there is none, or none is known.
        is_downloaded: Its installer is on this PC.
        done_bytes: Of it, while DOWNLOADING.
        problem: What went wrong last, or what a download waits for.
    """

    phase: UpdatePhase = UpdatePhase.RESTING
    looked_at: datetime | None = None
    release: Release | None = None
    is_downloaded: bool = False
    done_bytes: int = 0
    problem: AppError | None = None


class Updates:
    """Looks, fetches, checks, starts.

    Attributes:
        state: The current `UpdateState`.
        on_change: Called after every change of it.
        on_found: Called with a release that is seen for the first time in this run.
        on_quit: Called when an installer runs that needs this program to end.
        installer: The one that was started; it outlives us.
        homepage: The publisher's; "" where there is none.
        kind: How this copy was installed.
    """

    def __init__(
        self,
        distribution: Distribution,
        manifests: UpdateManifests,
        urls: UrlFetches,
        *,
        folder: pathlib.Path,
        system: System,
        may_look: Callable[[], bool],
        post: Post,
        version: str = VERSION,
    ) -> None:
        """Wire it; nothing happens before `start`.

        Args:
            distribution: How this copy was installed.
            manifests: The list of updates.
            urls: Fetches installers.
            folder: Where they are kept until they are run.
            system: What this copy runs on.
            may_look: Whether the person wants to hear of updates; never True while Offline is on.
            post: Runs a function on the owner's thread.
            version: Of this copy.
        """
        self.on_change: Callable[[], None] = lambda: None
        self.on_found: Callable[[Release], None] = lambda release: None
        self.on_quit: Callable[[], None] = lambda: None
        self.installer: subprocess.Popen[bytes] | None = None
        self.homepage = distribution.homepage
        self.state = UpdateState()
        self.kind = distribution.kind
        self._manifests = manifests
        self._urls = urls
        self._folder = folder
        self._system = system
        self._may_look = may_look
        self._post = post
        self._version = version
        self._timers = Timers("updates-timers")
        self._disk: SerialWork[OSError] = SerialWork("updates-disk", OSError, post=post)
        self._fetch: UrlFetch | None = None
        self._told = ""
        self._is_started = False
        manifests.watchers.append(self._take_manifest)

    @property
    def is_offered(self) -> bool:
        """Whether this copy can hear of updates at all."""
        return self.kind is not Kind.CHECKOUT and self._manifests.is_published

    @property
    def is_installable(self) -> bool:
        """Whether a newer version can be fetched and started from here."""
        return has_installer(self.kind)

    def start(self) -> None:
        """The list of before is known: look for a new one if that is due."""
        self._is_started = True
        self._look_if_due()

    def look(self) -> None:
        """Look now."""
        if self.state.phase is not UpdatePhase.RESTING:
            return
        self._set(phase=UpdatePhase.LOOKING, problem=None)
        self._manifests.look(self._looked)

    def settings_changed(self) -> None:
        """The person switched something."""
        if self._is_started:
            self._look_if_due()

    def download(self) -> None:
        """Fetch the installer; what is there of it is used."""
        release = self.state.release
        if not release or not self.is_installable or self.state.phase is not UpdatePhase.RESTING:
            return
        self._set(phase=UpdatePhase.DOWNLOADING, done_bytes=0, problem=None)
        self._fetch = self._urls.fetch(
            release.artefact,
            self._installer(release),
            why=f"Cierzo {release.version}",
            on_state=self._follow,
            on_end=self._fetched,
        )

    def cancel(self) -> None:
        """Stop the download; what came stays for the next time."""
        if self._fetch:
            self._urls.cancel(self._fetch)

    def install(self) -> None:
        """Check the installer once more, start it, and have the program end."""
        release = self.state.release
        if not release or self.state.phase is not UpdatePhase.RESTING:
            return
        self._set(phase=UpdatePhase.CHECKING, problem=None)
        path = self._installer(release)
        self._urls.hash(path, lambda end: self._hashed(release, path, end))

    def close(self) -> None:
        """Look no more."""
        self._timers.close()
        self._disk.close(patience_s=_CLOSE_S)

    def _look_if_due(self) -> None:
        """Look when the last time is a day ago; come back when it will be."""
        self._timers.clear("daily")
        if not self.is_offered or not self._may_look():
            return
        now, last = datetime.now(UTC), self._manifests.looked_at
        # A clock that was put back does not keep us from looking.
        wait = _DAY if last is None or last > now else last + _DAY - now
        if last is None or last > now or wait <= timedelta(0):
            self.look()
            wait = _DAY
        self._timers.set("daily", wait.total_seconds(), lambda: self._post(self._look_if_due))

    def _looked(self, error: AppError | None) -> None:
        problem = error and said_of(error)
        looked_at = self._manifests.looked_at
        self._set(phase=UpdatePhase.RESTING, problem=problem, looked_at=looked_at)

    def _take_manifest(self) -> None:
        """Find out what the newest list means for this copy; work that goes on keeps its own."""
        if self.state.phase in (UpdatePhase.DOWNLOADING, UpdatePhase.CHECKING):
            return
        manifest = self._manifests.manifest
        release = manifest and newer_release(
            manifest, version=self._version, kind=self.kind.value, system=self._system
        )
        is_same = release == self.state.release
        is_downloaded = is_same and self.state.is_downloaded
        looked_at = self._manifests.looked_at
        self._set(looked_at=looked_at, release=release, is_downloaded=is_downloaded)
        is_asked = self.state.phase is UpdatePhase.LOOKING or self._may_look()
        if release and is_asked and release.version != self._told:
            self._told = release.version
            self.on_found(release)
        installer = self._installer(release) if release and self.is_installable else None
        size_bytes = release.artefact.bytes if release else 0
        self._disk.do(
            lambda: _clear(self._folder, installer, size_bytes),
            lambda is_there: self._set(is_downloaded=is_there is True),
        )

    def _follow(self, state: UrlState) -> None:
        is_waiting = state.state is State.WAITING
        problem = said_of(state.problem) if state.problem and is_waiting else None
        self._set(done_bytes=state.bytes_done, problem=problem)

    def _fetched(self, end: object) -> None:
        self._fetch = None
        problem = said_of(end) if isinstance(end, Exception) else None
        is_there = not isinstance(end, Exception)
        self._set(phase=UpdatePhase.RESTING, is_downloaded=is_there, problem=problem)
        self._take_manifest()

    def _hashed(self, release: Release, path: pathlib.Path, end: Hashed | Exception) -> None:
        if not isinstance(end, Hashed) or end.sha256 != release.artefact.sha256:
            self._disk.do(lambda: path.unlink(missing_ok=True), lambda result: None)
            damaged = UpdateDamaged(name=path.name)
            self._set(phase=UpdatePhase.RESTING, is_downloaded=False, problem=damaged)
            return
        self._disk.do(lambda: _start(self.kind, path), self._installing)

    def _installing(self, end: subprocess.Popen[bytes] | InstallerNotStarted | OSError) -> None:
        if isinstance(end, subprocess.Popen):
            self.installer = end
            self._set(phase=UpdatePhase.RESTING)
            self.on_quit()
        else:
            assert isinstance(end, InstallerNotStarted)
            self._set(phase=UpdatePhase.RESTING, problem=end)

    def _installer(self, release: Release) -> pathlib.Path:
        return self._folder / installer_name(self.kind, release.version)

    def _set(self, **changes: object) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)
        self.on_change()


def _start(kind: Kind, path: pathlib.Path) -> subprocess.Popen[bytes] | InstallerNotStarted:
    try:
        return start_installer(kind, path)
    except InstallerNotStarted as error:
        return error


def _clear(folder: pathlib.Path, installer: pathlib.Path | None, size_bytes: int) -> bool:
    """Delete what other versions left; whether this one's installer seems to be there."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if installer is None or not path.name.startswith(installer.name):
            with contextlib.suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    return bool(installer and installer.is_file() and installer.stat().st_size == size_bytes)
