"""From what a person chose to exact files: pinned commit, size and sha256 of each."""

import msgspec

from app.domain.builds import Build, BuildFile, group_builds
from app.domain.downloads.jobs import Job
from app.domain.errors import (
    BuildAmbiguous,
    BuildIncomplete,
    BuildNotFound,
    ChecksumMissing,
    PublishedFileChanged,
    PublishedFileMissing,
    RepositoryEmpty,
)
from app.domain.file_names import check_file_names
from app.downloads.worker.hub import Hub

_MAIN = "main"
# The largest models come in about fifty.
_MOST_FILES = 500


async def resolve(job: Job, hub: Hub) -> Job:
    """Ask the Hub what exactly belongs to a job.

    Returns:
        The job with a commit, and files of which size and hash are known.

    Raises:
        PublishedFileChanged: What the job says of a file is not what the Hub says.
        PublishedFileMissing, RepositoryEmpty: It is not there.
        BuildNotFound, BuildAmbiguous, BuildIncomplete: No, several or half a build of that label.
        ChecksumMissing: Nobody could tell whether the right bytes came.
        UnsafeFileName: A name that leads elsewhere.
        AppError: The Hub cannot be asked, see `faults`.
    """
    commit, listing = await hub.pin(job.repository, job.commit or _MAIN)
    published = {file.path: file for file in listing}
    wanted = job.files or _files_of(_choose(job, listing))
    if len(wanted) > _MOST_FILES:
        raise BuildIncomplete(repository=job.repository, build=job.label)
    files = tuple(_checked(file, published, job) for file in wanted)
    check_file_names([job.repository])
    check_file_names(file.path for file in files)
    return msgspec.structs.replace(job, commit=commit, files=files)


def _choose(job: Job, listing: tuple[BuildFile, ...]) -> Build:
    builds = group_builds(job.repository, listing, sees_pictures=job.wants_projector)
    if not builds:
        raise RepositoryEmpty(repository=job.repository)
    hits = [build for build in builds if build.label == job.label]
    if not hits:
        raise BuildNotFound(name=job.repository, build=job.label)
    if len(hits) > 1:
        choices = ", ".join(build.files[0].path for build in hits)
        raise BuildAmbiguous(repository=job.repository, build=job.label, choices=choices)
    return hits[0]


def _files_of(build: Build) -> tuple[BuildFile, ...]:
    if build.missing_parts:
        raise BuildIncomplete(repository=build.repository, build=build.label)
    return (*build.files, *([build.projector] if build.projector else []))


def _checked(wanted: BuildFile, published: dict[str, BuildFile], job: Job) -> BuildFile:
    """Complete what is known of a file by what the Hub says, if the two agree."""
    found = published.get(wanted.path)
    if found is None:
        raise PublishedFileMissing(repository=job.repository, name=wanted.path)
    if wanted.bytes not in (None, found.bytes) or wanted.sha256 not in ("", found.sha256):
        raise PublishedFileChanged(name=wanted.path)
    if not found.sha256:
        raise ChecksumMissing(repository=job.repository, name=wanted.path)
    return found
