"""Asks the Hub whether installed builds were published again."""

from collections.abc import Callable, Iterable

import msgspec

from app.domain.builds import Build, BuildFile, group_builds
from app.domain.downloads.jobs import job_for
from app.domain.errors import AppError
from app.domain.library import Installed, LibraryFile, Origin
from app.downloads.protocol import Looked
from app.services.library_values import NewerBuild, NewerBuilds

OnLooked = Callable[[Looked | Exception], None]
Look = Callable[[str, OnLooked], None]
OnEnd = Callable[[NewerBuilds | Exception], None]


def look_for_newer(installed: Iterable[Installed], look: Look, on_end: OnEnd) -> None:
    """Ask for one repository after the other, and only for those that models came from.

    Args:
        installed: What there is.
        look: Lists the files of a repository's newest commit, later.
        on_end: Gets what is newer, and who could not be asked; an exception is a defect.
    """
    repositories: dict[str, list[Installed]] = {}
    for model in installed:
        if _is_published(model):
            repositories.setdefault(model.repository, []).append(model)
    _look_on(list(repositories.items()), look, on_end, NewerBuilds())


def _look_on(
    waiting: list[tuple[str, list[Installed]]], look: Look, on_end: OnEnd, so_far: NewerBuilds
) -> None:
    if not waiting:
        on_end(so_far)
        return
    (repository, models), *rest = waiting

    def take(looked: Looked | Exception) -> None:
        found, failed = so_far.found, so_far.failed
        if isinstance(looked, AppError):
            failed = (*failed, looked)
        elif isinstance(looked, Exception):
            on_end(looked)
            return
        else:
            found = (*found, *_newer(repository, models, looked))
        _look_on(
            rest, look, on_end, NewerBuilds(found=found, asked=so_far.asked + 1, failed=failed)
        )

    look(repository, take)


def _is_published(model: Installed) -> bool:
    """Whether its repository's name is one that the Hub knows already, or that we know."""
    is_ours = model.origin is Origin.DOWNLOADED or model.model_id != model.repository
    return bool(model.repository) and is_ours


def _newer(repository: str, models: list[Installed], looked: Looked) -> list[NewerBuild]:
    builds = group_builds(repository, looked.files, commit=looked.commit)
    newer = []
    for model in models:
        build = next((build for build in builds if _is_same_item(build, model)), None)
        if build and _is_other(build, model):
            # A repository that has no projector any more, or one that was never wanted.
            wanted = build if model.projector else msgspec.structs.replace(build, projector=None)
            named = msgspec.structs.replace(wanted, id=model.build or build.id)
            job = job_for(named, name=model.name, model_id=model.model_id)
            old = tuple(file.sha256 for file in model.all_files if file.sha256)
            job = msgspec.structs.replace(job, replaces=old)
            newer.append(NewerBuild(installed=model, job=job))
    return newer


def _is_same_item(build: Build, model: Installed) -> bool:
    names = [file.path.rpartition("/")[2] for file in build.files]
    return not build.missing_parts and names == [file.path.name for file in model.files]


def _is_other(build: Build, model: Installed) -> bool:
    pairs = zip(build.files, model.files, strict=True)
    return any(_differs(published, here) for published, here in pairs)


def _differs(published: BuildFile, here: LibraryFile) -> bool:
    if published.sha256 and here.sha256:
        return published.sha256 != here.sha256
    return published.bytes is not None and published.bytes != here.bytes
