"""What goes over the network and where models lie, for `doctor`."""

import contextlib
import pathlib
import shutil

import msgspec

from app.domain.downloads.jobs import State
from app.domain.downloads.network import Connection
from app.services.download_entry import entry_of
from app.services.download_jobs import read_jobs
from app.services.model_folders import download_folder, models_folders, own_folder
from app.services.network_log import NetworkLog
from app.settings.file import SettingsFile
from app.settings.folders import Folders


class ModelsFolderCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that models lie in; `free_bytes` is None where its drive cannot be asked."""

    path: str
    is_own: bool
    exists: bool
    gets_downloads: bool
    free_bytes: int | None


class JobCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A download that is not finished; `bytes_total` is None before the Hub was asked."""

    job: str
    name: str
    build: str
    state: State
    bytes_done: int
    bytes_total: int | None
    reason: str


class DownloadCheckup(msgspec.Struct, frozen=True, kw_only=True):
    """Part of what `cierzo doctor --json` prints.

    Attributes:
        is_offline: The person's switch.
        connections: Everything that went over the network, the newest last.
    """

    is_offline: bool
    models_folders: tuple[ModelsFolderCheck, ...]
    jobs: tuple[JobCheck, ...]
    connections: tuple[Connection, ...]


def examine_downloads(folders: Folders) -> DownloadCheckup:
    """Look at folders, queue and the list of connections; opens no connection itself."""
    file = SettingsFile(folders.config)
    file.load()
    settings = file.value
    places, target = models_folders(folders, settings), download_folder(folders, settings)
    kept = (one for one in read_jobs(places, only_looks=True) if not one.job.is_dismissed)
    shown = [entry_of(one, is_offline=settings.is_offline).shown for one in kept]
    return DownloadCheckup(
        is_offline=settings.is_offline,
        models_folders=tuple(
            ModelsFolderCheck(
                path=str(place),
                is_own=place == own_folder(folders),
                exists=place.is_dir(),
                gets_downloads=place == target,
                free_bytes=_free_bytes(place),
            )
            for place in places
        ),
        jobs=tuple(
            JobCheck(
                job=one.job.id,
                name=one.job.name,
                build=one.job.build,
                state=one.state,
                bytes_done=one.bytes_done,
                bytes_total=one.bytes_total,
                reason=str(one.problem) if one.problem else "",
            )
            for one in shown
        ),
        connections=tuple(NetworkLog(folders.logs).read()),
    )


def _free_bytes(folder: pathlib.Path) -> int | None:
    """On its volume, also where the folder is not made yet."""
    existing = next((path for path in (folder, *folder.parents) if path.exists()), None)
    if existing:
        with contextlib.suppress(OSError):
            return shutil.disk_usage(existing).free
    return None
