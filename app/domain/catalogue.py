"""The models that the catalogue knows, with everything that can be downloaded of them."""

import fnmatch
import pathlib
from collections.abc import Iterable
from typing import Literal

import msgspec

from app.domain.builds import Build, BuildFile, Sized, StatedBuild, group_builds
from app.domain.families import Family
from app.domain.model_shape import ModelShape

# Sources round to a tenth of a GiB; `approx_bytes` is rounded to a million after that.
_ROUNDING_BYTES = 2**30 // 20 + 500_000


class Repository(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where builds of a model are published.

    Attributes:
        repo: OWNER/NAME on the Hub.
        commit: 40 hex digits; "" where it is asked of the Hub at download time.
        files: Those whose names are known.
        builds: Others; the Hub says at download time which files they are.
    """

    repo: str
    commit: str = ""
    files: tuple[BuildFile, ...] = ()
    builds: tuple[StatedBuild, ...] = ()


class BadFile(Sized, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files that should not be used.

    Attributes:
        name: Of the file, without folder; "*" stands for any text, upper and lower case differ.
        sha256: Only the file with this hash, as `bytes` is only one of that size; "" is any.
        is_unlisted: Only files of which a repository lists another size or hash by that name.
        reason: One or two sentences for the person, with what to do.
    """

    name: str
    sha256: str = ""
    is_unlisted: bool = False
    reason: str


class CatalogModel(Family, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model with what a person wants to know before they download it.

    Attributes:
        license: Name of the licence, by SPDX where that has it.
        license_note: What the person has to agree to; "" for an open licence.
        released: ISO date, or the part of it that is known.
        about: What it is good at, one sentence.
        purpose: What it was made for.
        pictures: It sees pictures.
        shape: None where a dimension is not known.
        repositories: Best first.
    """

    license: str
    license_note: str = ""
    released: str
    about: str
    purpose: Literal["chat", "code"] = "chat"
    pictures: bool = False
    shape: ModelShape | None = None
    repositories: tuple[Repository, ...] = ()
    bad_files: tuple[BadFile, ...] = ()

    @property
    def family(self) -> Family:
        """What the engine has to know of it; nothing else goes through the pipe."""
        facts = {name: getattr(self, name) for name in Family.__struct_fields__}
        return Family(**facts)

    @property
    def builds(self) -> tuple[Build, ...]:
        """Every build, best repository first, each with an id of its own.

        The id is the label; where an earlier repository has that, the owner stands before it, and
        where that is taken too, the repository, then the file. Of two in one repository the second
        is called by its file.
        """
        builds: dict[str, Build] = {}
        for repository in self.repositories:
            for build in group_builds(
                repository.repo,
                repository.files,
                commit=repository.commit,
                stated=repository.builds,
                sees_pictures=self.pictures,
            ):
                owner = build.repository.partition("/")[0]
                namesake = builds.get(build.label)
                names = [build.label]
                if namesake and namesake.repository == build.repository:
                    names += [file.path for file in build.files[:1]]
                names += [f"{owner}/{build.label}", f"{build.repository}/{build.label}"]
                names += [f"{build.repository}/{file.path}" for file in build.files[:1]]
                free = next((name for name in names if name not in builds), None)
                if free:
                    builds[free] = msgspec.structs.replace(build, id=free)
        return tuple(builds.values())


def warning_for(
    model: CatalogModel, path: str, *, size_bytes: int | None = None, sha256: str = ""
) -> str:
    """Say why a file of this model should not be used; "" where nothing is known against it.

    Args:
        model: Which model it is; names alone are too much alike.
        path: Of the file; its name counts.
        size_bytes: Its size, where known.
        sha256: Its hash in hex, where known.
    """
    name = pathlib.PurePosixPath(path.replace("\\", "/")).name
    found = (bad for bad in model.bad_files if _is_meant(bad, name, size_bytes, sha256, model))
    return next((bad.reason for bad in found), "")


def build_warning(model: CatalogModel, build: Build) -> str:
    """Say why a build should not be used, by its files; "" where nothing is known against it."""
    warnings = (
        warning_for(model, file.path, size_bytes=file.size_bytes, sha256=file.sha256)
        for file in build.files
    )
    return next(filter(None, warnings), "")


def _is_meant(
    bad: BadFile, name: str, size_bytes: int | None, sha256: str, model: CatalogModel
) -> bool:
    if not fnmatch.fnmatchcase(name, bad.name):
        return False
    if bad.sha256 and bad.sha256 != sha256.lower():
        return False
    if bad.bytes is not None and bad.bytes != size_bytes:
        return False
    if bad.approx_bytes is not None and (
        size_bytes is None or abs(bad.approx_bytes - size_bytes) > _ROUNDING_BYTES
    ):
        return False
    return not bad.is_unlisted or _is_another(_listed(model, name), size_bytes, sha256)


def _listed(model: CatalogModel, name: str) -> tuple[BuildFile, ...]:
    return tuple(
        file
        for repository in model.repositories
        for file in repository.files
        if pathlib.PurePosixPath(file.path).name == name
    )


def _is_another(listed: Iterable[BuildFile], size_bytes: int | None, sha256: str) -> bool:
    """Whether a file differs from every listed one of its name; what is not known cannot differ."""
    listed = tuple(listed)
    return bool(listed) and all(
        (file.bytes is not None and size_bytes is not None and file.bytes != size_bytes)
        or (file.sha256 != "" and sha256 != "" and file.sha256 != sha256.lower())
        for file in listed
    )
