"""Download jobs as they lie on the disk: the queue is what is found here.

Everything may be read and written by several processes; who works on a job holds its lock. May be
called from any thread; every function waits for the disk.
"""

import contextlib
import enum
import logging
import pathlib
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from app.domain.atomic_file import write_atomically
from app.domain.downloads.folder import (
    DOWNLOADS,
    JOB,
    LOCK,
    Wish,
    is_installed,
    job_folder,
    kept_bytes,
    missing_bytes,
)
from app.domain.downloads.jobs import Job
from app.domain.undecodable import UNDECODABLE

log = logging.getLogger(__name__)

_BROKEN = "job.json.broken"
_VERSION = 1  # of `Job`, the newest that is understood
# A folder without a job is what an interrupted removal leaves, or one that is being made just now.
_ORPHAN_S = 3600.0


class KeptJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job and what its folder says of it.

    Attributes:
        models_folder: Where it is going to be installed.
        bytes_done: On the disk, of all files.
        is_held: Somebody works on it.
    """

    job: Job
    models_folder: pathlib.Path
    bytes_done: int
    is_held: bool

    @property
    def folder(self) -> pathlib.Path:
        """Its own."""
        return job_folder(self.models_folder, self.job.id)


class Gone(enum.Enum):
    """Why a job is not where it was."""

    INSTALLED = enum.auto()
    REMOVED = enum.auto()
    UNREACHABLE = enum.auto()


class _Versioned(msgspec.Struct, frozen=True):
    version: int = 1


def read_jobs(
    models_folders: Iterable[pathlib.Path], *, only_looks: bool = False
) -> tuple[KeptJob, ...]:
    """Find all jobs, in the order of the queue, and obey the wishes that were left for them.

    A damaged job is put aside under another name, one of a newer version is left alone, and what
    an interrupted removal left is removed. A folder that cannot be read has no jobs.

    Args:
        models_folders: Where they are looked for.
        only_looks: Change nothing on the disk, and find them as they are going to be.
    """
    found: dict[str, KeptJob] = {}
    for models_folder in models_folders:
        for folder in _subfolders(models_folder / DOWNLOADS):
            kept = read_job(models_folder, folder.name, only_looks=only_looks)
            if kept and kept.job.id not in found:
                found[kept.job.id] = kept
            elif kept is None and not only_looks:
                _remove_orphan(folder)
    return tuple(sorted(found.values(), key=lambda kept: (kept.job.order, kept.job.created_at)))


def read_job(
    models_folder: pathlib.Path, job_id: str, *, only_looks: bool = False
) -> KeptJob | None:
    """Look at one job and obey what is wished of it; None where there is none any more.

    Args:
        models_folder: Where it is.
        job_id: Which one.
        only_looks: Change nothing on the disk, and say what it is going to be.
    """
    folder = job_folder(models_folder, job_id)
    job = _decode(folder, only_looks=only_looks)
    if job is None:
        return None
    is_held = _is_held(folder)
    # Who works on it obeys by itself.
    wish = None if is_held else _take_wish(folder, only_looks=only_looks)
    if wish is Wish.CANCEL:
        if not only_looks:
            remove_job(models_folder, job_id)
        return None
    if wish:
        job = wished(job, wish)
        if not only_looks:
            _write_if_possible(models_folder, job)
    return KeptJob(
        job=job,
        models_folder=models_folder,
        bytes_done=kept_bytes(models_folder, job),
        is_held=is_held,
    )


def write_job(models_folder: pathlib.Path, job: Job) -> None:
    """Keep a job.

    Raises:
        OSError: It could not be written.
    """
    path = job_folder(models_folder, job.id) / JOB
    content = msgspec.json.format(msgspec.json.encode(job), indent=2)
    with contextlib.suppress(OSError):
        if path.read_bytes() == content:
            return
    write_atomically(path, content)


def rewrite_job(models_folder: pathlib.Path, job: Job) -> None:
    """Change a job that is kept; one that somebody removed stays removed.

    Raises:
        OSError: It could not be written.
    """
    if (job_folder(models_folder, job.id) / JOB).exists():
        write_job(models_folder, job)


def remove_job(models_folder: pathlib.Path, job_id: str) -> None:
    """Forget a job and delete what is there of it; what cannot be deleted now is an orphan."""
    folder = job_folder(models_folder, job_id)
    with contextlib.suppress(OSError):
        (folder / JOB).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.parent.rmdir()  # only if it was the last one


def ask(models_folder: pathlib.Path, job_id: str, wish: Wish) -> bool:
    """Wish something of a job from another process than the one that may work on it.

    Returns:
        Whether somebody works on it, who is going to obey in a moment; otherwise it is done.

    Raises:
        OSError: It could not be written.
    """
    folder = job_folder(models_folder, job_id)
    for other in Wish:
        (folder / other).unlink(missing_ok=True)
    (folder / wish).touch()
    kept = read_job(models_folder, job_id)
    return kept is not None and kept.is_held


def keep_job(job: Job, models_folder: pathlib.Path, others: Iterable[pathlib.Path]) -> KeptJob:
    """Keep a job that a person wants now, going on with what lies in any models folder of it.

    Nothing of one that somebody works on is changed. One that has not begun yet moves to where it
    is wanted.

    Args:
        job: Without a commit and files, or those it was chosen with.
        models_folder: Where it is wanted.
        others: Where it may lie already.

    Raises:
        OSError: It could not be written.
    """
    for folder in (models_folder, *others):
        kept = read_job(folder, job.id)
        if kept is None:
            continue
        if kept.is_held:
            return kept
        if kept.bytes_done or folder == models_folder:
            known = wished(kept.job, Wish.RESUME)
            known = msgspec.structs.replace(known, order=job.order)
            write_job(folder, known)
            return msgspec.structs.replace(kept, job=known)
        remove_job(folder, job.id)
    write_job(models_folder, job)
    return KeptJob(job=job, models_folder=models_folder, bytes_done=0, is_held=False)


def look_at(models_folder: pathlib.Path, job: Job) -> KeptJob | Gone:
    """Look at a job that was there, and obey what is wished of it."""
    kept = read_job(models_folder, job.id)
    if kept:
        return kept
    if job.files and all(is_installed(models_folder, job, file) for file in job.files):
        return Gone.INSTALLED
    return Gone.REMOVED if models_folder.is_dir() else Gone.UNREACHABLE


def missing_of(jobs: Iterable[tuple[pathlib.Path, Job]], volume_of: pathlib.Path) -> int:
    """Sum up what those jobs are still going to take of the volume that holds a folder."""
    volume = _volume(volume_of)
    return sum(
        missing_bytes(models_folder, job)
        for models_folder, job in jobs
        if _volume(models_folder) == volume
    )


def wished(job: Job, wish: Wish) -> Job:
    """What becomes of a job that somebody wants paused or resumed."""
    if wish is Wish.PAUSE:
        return msgspec.structs.replace(job, is_paused=True)
    return msgspec.structs.replace(job, is_paused=False, is_dismissed=False, failure=None)


def _decode(folder: pathlib.Path, *, only_looks: bool) -> Job | None:
    try:
        content = (folder / JOB).read_bytes()
    except OSError:
        return None
    try:
        if msgspec.json.decode(content, type=_Versioned).version > _VERSION:
            log.info("a download of a newer Cierzo is left alone")
            return None
        job = msgspec.json.decode(content, type=Job)
    except UNDECODABLE:
        job = None
    if job and job.id == folder.name:
        return job
    if only_looks:
        return None
    log.warning("a damaged download was put aside")
    with contextlib.suppress(OSError):
        (folder / JOB).replace(folder / _BROKEN)
    return None


def _is_held(folder: pathlib.Path) -> bool:
    from filelock import FileLock, Timeout  # not free, and most starts have no jobs

    if not (folder / LOCK).exists():
        return False
    try:
        with FileLock(folder / LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a drive that may not be written: nobody can work there
        return False


def _take_wish(folder: pathlib.Path, *, only_looks: bool) -> Wish | None:
    wishes = [wish for wish in Wish if (folder / wish).exists()]
    for wish in () if only_looks else wishes:
        with contextlib.suppress(OSError):
            (folder / wish).unlink(missing_ok=True)
    return wishes[-1] if wishes else None


def _write_if_possible(models_folder: pathlib.Path, job: Job) -> None:
    try:
        write_job(models_folder, job)
    except OSError as error:
        log.warning("a download's state could not be written: %s", error.strerror)


def _volume(folder: pathlib.Path) -> int | None:
    try:
        return folder.stat().st_dev
    except OSError:
        return None


def _subfolders(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    try:
        yield from sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return


def _remove_orphan(folder: pathlib.Path) -> None:
    with contextlib.suppress(OSError):
        age_s = datetime.now(UTC).timestamp() - folder.stat().st_mtime
        kept = any((folder / name).exists() for name in (JOB, _BROKEN))
        if age_s > _ORPHAN_S and not kept and not _is_held(folder):
            shutil.rmtree(folder, ignore_errors=True)
