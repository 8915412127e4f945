"""What is downloaded, where it stands, and what is said of it."""

import hashlib
from enum import StrEnum

import msgspec

from app.domain.builds import Build, BuildFile
from app.domain.errors import AppError, Fact


class State(StrEnum):
    """What a job is doing, honestly; the words of `interfaces.md`."""

    QUEUED = "queued"
    CONNECTING = "connecting"
    DOWNLOADING = "downloading"
    WAITING = "waiting"
    VERIFYING = "verifying"
    PAUSED = "paused"
    FAILED = "failed"
    INSTALLED = "installed"


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """An `AppError` that outlives its process."""

    code: str
    facts: dict[str, Fact] = {}


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One item that a person downloads; as it is kept in `job.json`.

    Attributes:
        version: Of this declaration; a newer one is left alone.
        id: The same for the same item, so that asking twice goes on with the first.
        name: Of the model, as the person reads it.
        model_id: In the catalogue; OWNER/NAME for any other repository.
        build: As the person names it.
        commit: 40 hex digits; "" until the Hub said it, then it never changes.
        files: All parts, then the projector; empty until the Hub said what belongs to `label`.
        label: The number format as file names say it.
        replaces: Hashes of installed files that it takes the place of, where they have its names;
            no other file is ever overwritten.
        wants_projector: Whether a projector is taken where `files` is still empty.
        created_at: ISO 8601, UTC.
        order: Smaller is earlier.
        is_paused: The person's wish.
        is_dismissed: Cancelled with its part kept: not listed, and gone on with when asked again.
        failure: Why it failed last; taken away when it is resumed.
    """

    version: int = 1
    id: str
    name: str
    model_id: str
    build: str
    repository: str
    commit: str = ""
    files: tuple[BuildFile, ...] = ()
    label: str = ""
    wants_projector: bool = True
    replaces: tuple[str, ...] = ()
    created_at: str = ""
    order: int = 0
    is_paused: bool = False
    is_dismissed: bool = False
    failure: Failure | None = None

    @property
    def total_bytes(self) -> int | None:
        """Of all files; None where one of them is not known exactly."""
        sizes = [file.bytes for file in self.files]
        known = [size for size in sizes if size is not None]
        return sum(known) if sizes and len(known) == len(sizes) else None


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """A job and where it stands: what a front end shows.

    Attributes:
        bytes_done: On the disk, of all files; never goes back while it is shown.
        bytes_total: None where the Hub has not been asked yet.
        bytes_per_s: What comes over the network now; None while it is not known or nothing comes.
        eta_s: None while it is not known.
        problem: Why it waits or failed; None otherwise.
        is_elsewhere: Another Cierzo is working on it.
    """

    job: Job
    state: State
    bytes_done: int = 0
    bytes_total: int | None = None
    bytes_per_s: float | None = None
    eta_s: float | None = None
    problem: AppError | None = None
    is_elsewhere: bool = False


def job_for(build: Build, *, name: str, model_id: str) -> Job:
    """The job that downloads a build; when and where in the queue is the caller's to say."""
    files = (*build.files, *([build.projector] if build.projector and build.files else []))
    # Not the commit: a person who asks again while the repository moved on means the same thing.
    marks = (build.repository, build.label, *(file.path for file in build.files[:1]))
    return Job(
        id=hashlib.sha256("\n".join(marks).encode()).hexdigest()[:16],
        name=name,
        model_id=model_id,
        build=build.id,
        repository=build.repository,
        commit=build.commit,
        files=files,
        label=build.label,
        wants_projector=build.projector is not None,
    )
