"""The names in a job's folder, and how much of the job lies there.

What is kept of a download is this folder and nothing else; window, command line and worker all
read and write it.
"""

import math
import pathlib
from datetime import datetime
from enum import StrEnum

import msgspec

from app.domain.amounts import Amount
from app.domain.builds import BuildFile
from app.domain.downloads.jobs import Job
from app.domain.undecodable import UNDECODABLE

DOWNLOADS = ".downloads"
JOB = "job.json"
LOCK = "lock"


class Wish(StrEnum):
    """An empty file of that name: what another process wants of a job that somebody works on."""

    PAUSE = "wish-pause"
    RESUME = "wish-resume"
    CANCEL = "wish-cancel"


class _Journal(msgspec.Struct, frozen=True):
    """What is read here of a part's journal: segment -> [bytes that are there, their crc32]."""

    done: dict[str, tuple[Amount, int]]


def job_folder(models_folder: pathlib.Path, job_id: str) -> pathlib.Path:
    """Where a job is kept, on the volume that its files are going to lie on."""
    return models_folder / DOWNLOADS / job_id


def part_path(folder: pathlib.Path, place: int) -> pathlib.Path:
    """Of the job's file at that place, counted from 0."""
    return folder / f"{place}.part"


def journal_path(folder: pathlib.Path, place: int) -> pathlib.Path:
    """Of the same file's journal."""
    return folder / f"{place}.json"


def installed_path(models_folder: pathlib.Path, job: Job, file: BuildFile) -> pathlib.Path:
    """Where a file of a job gets its final name."""
    return models_folder.joinpath(*job.repository.split("/"), *file.path.split("/"))


def is_installed(models_folder: pathlib.Path, job: Job, file: BuildFile) -> bool:
    """Whether a file of the published size has that name; it only gets it with the right hash.

    What a job replaces may have the same size. It is older than the job.
    """
    try:
        status = installed_path(models_folder, job, file).stat()
    except (OSError, ValueError):  # the second: a NUL in a job that was damaged
        return False
    is_new = not job.replaces or status.st_mtime >= _created_s(job)
    return is_new and status.st_size == file.bytes


def kept_bytes(models_folder: pathlib.Path, job: Job) -> int:
    """Sum up what is there of all files; what cannot be read counts as nothing."""
    folder = job_folder(models_folder, job.id)
    return sum(
        _kept_of_part(folder, place) or (file.bytes or 0) * is_installed(models_folder, job, file)
        for place, file in enumerate(job.files)
    )


def missing_bytes(models_folder: pathlib.Path, job: Job) -> int:
    """Sum up what all files are still going to take on the disk; 0 where no size is known.

    A part may have its room already, long before it has its bytes.
    """
    folder = job_folder(models_folder, job.id)
    return sum(
        max(0, (file.bytes or 0) - _occupied_bytes(part_path(folder, place)))
        for place, file in enumerate(job.files)
        if not is_installed(models_folder, job, file)
    )


def _created_s(job: Job) -> float:
    """When it was wanted, in seconds since 1970; never where that cannot be read."""
    try:
        return datetime.fromisoformat(job.created_at).timestamp()
    except ValueError:
        return math.inf


def _kept_of_part(folder: pathlib.Path, place: int) -> int:
    try:
        journal = msgspec.json.decode(journal_path(folder, place).read_bytes(), type=_Journal)
    except (OSError, *UNDECODABLE):
        return 0
    return sum(done_bytes for done_bytes, _ in journal.done.values())


def _occupied_bytes(path: pathlib.Path) -> int:
    try:
        status = path.stat()
    except OSError:
        return 0
    blocks = getattr(status, "st_blocks", None)  # Windows has none, and few sparse files
    return status.st_size if blocks is None else int(blocks) * 512
