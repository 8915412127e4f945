"""Which build of the catalogue a model on the disk is: by exact size and name, or by its hash."""

import pathlib
from collections.abc import Iterable, Sequence

import msgspec

from app.domain.builds import Build, BuildFile
from app.domain.catalogue import CatalogModel, warning_for

_DIFFERENT = (
    "Its content is not what was published under this name. Download it again if its answers are "
    "odd."
)


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """A file, as far as it tells what it is.

    Attributes:
        sha256: "" where it is not known.
    """

    name: str
    bytes: int
    sha256: str = ""


class Recognised(msgspec.Struct, frozen=True, kw_only=True):
    """A build of the catalogue."""

    model: CatalogModel
    build: Build


class Recogniser:
    """The catalogue's files, by what can be seen of a file."""

    def __init__(self, models: Iterable[CatalogModel]) -> None:
        self._models = tuple(models)
        self._by_sizes: dict[tuple[int | None, ...], list[Recognised]] = {}
        for model in self._models:
            for build in model.builds:
                if build.files and not build.missing_parts:
                    sizes = tuple(file.bytes for file in build.files)
                    known = Recognised(model=model, build=build)
                    self._by_sizes.setdefault(sizes, []).append(known)

    def recognise(
        self, files: Sequence[Content], *, repository: str = "", projector: Content | None = None
    ) -> Recognised | None:
        """Find the build that the files are; None where it is none of the catalogue's.

        Args:
            files: In the order of their parts.
            repository: OWNER/NAME that they lie under; decides between twins.
            projector: Decides between twins too.
        """
        fitting = [
            known
            for known in self._by_sizes.get(tuple(file.bytes for file in files), ())
            if all(_is(*pair) for pair in zip(files, known.build.files, strict=True))
        ]
        return min(
            fitting,
            key=lambda known: (
                known.build.repository.lower() != repository.lower(),
                not _has_projector(known.build, projector),
            ),
            default=None,
        )

    def has(self, sha256: str) -> bool:
        """Whether a file with that hash was published in a repository of the catalogue."""
        return any(
            file.sha256 == sha256
            for model in self._models
            for listed in model.repositories
            for file in listed.files
        )

    def named(self, model_id: str, build_id: str) -> Recognised | None:
        """The build of that name."""
        for model in self._models:
            if model.id == model_id:
                build = next((build for build in model.builds if build.id == build_id), None)
                return Recognised(model=model, build=build) if build else None
        return None

    def published(self, repository: str, path: str, size_bytes: int) -> str:
        """The sha256 that a file of that size was published with under that name; "" if unknown."""
        for model in self._models:
            for listed in model.repositories:
                if listed.repo.lower() == repository.lower():
                    for file in listed.files:
                        if file.path == path and file.bytes == size_bytes:
                            return file.sha256
        return ""

    def warning(
        self, files: Sequence[Content], *, recognised: Recognised | None, published: Sequence[str]
    ) -> str:
        """Say what is known against a model; "" for a good one.

        Args:
            files: In the order of their parts.
            recognised: What they are.
            published: Of every file the hash that it was published with, "" where unknown.
        """
        models = [recognised.model] if recognised else self._models
        for model in models:
            for at, file in enumerate(files):
                name = recognised.build.files[at].path if recognised else file.name
                found = warning_for(model, name, size_bytes=file.bytes, sha256=file.sha256)
                if found:
                    return found
        differs = any(
            file.sha256 and sha256 and file.sha256 != sha256
            for file, sha256 in zip(files, published, strict=True)
        )
        return _DIFFERENT if differs else ""


def _is(file: Content, listed: BuildFile) -> bool:
    """Sizes are equal already."""
    if file.sha256 and listed.sha256:
        return file.sha256 == listed.sha256
    return file.name == pathlib.PurePosixPath(listed.path).name


def _has_projector(build: Build, projector: Content | None) -> bool:
    if projector is None or build.projector is None:
        return False
    return build.projector.bytes == projector.bytes and _is(projector, build.projector)
