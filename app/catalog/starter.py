"""The small model to try the app with: the head of models.toml, read without the rest.

A Python package carries it, or a package of the system puts it into the bundle, or it is downloaded
like any other model.
"""

import contextlib
import importlib.util
import pathlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from app.catalog.faults import commit_fault, decode_fault, hash_fault, repo_fault
from app.domain.errors import CatalogBroken
from app.domain.package_data import package_file
from app.domain.undecodable import UNDECODABLE

if TYPE_CHECKING:
    from app.domain.builds import Build
    from app.domain.downloads.jobs import Job

_FIRST_MODEL = b"\n[[models]]"
_BUNDLE_FOLDER = "starter"


class Starter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The small model to try the app with.

    Attributes:
        package: Import name of the package whose folder holds `file`; none of its code is run.
        repo: OWNER/NAME on the Hub, where `file` lies too.
        commit: Of the repository, 40 hex digits.
    """

    id: str
    name: str
    license: str
    package: str
    repo: str
    commit: str
    file: str
    bytes: int
    sha256: str

    def path(self, models_folders: Iterable[pathlib.Path] = ()) -> pathlib.Path | None:
        """Where the file lies on this PC; None where it does not.

        Args:
            models_folders: Looked at last, and only if it comes to that.
        """
        return next(filter(self._is_whole, self._places(models_folders)), None)

    @property
    def build(self) -> "Build":
        """What is downloaded."""
        from app.domain.builds import BuildFile, group_builds

        file = BuildFile(path=self.file, bytes=self.bytes, sha256=self.sha256)
        (build,) = group_builds(self.repo, [file], commit=self.commit)
        return build

    @property
    def job(self) -> "Job":
        """What downloads it."""
        from app.domain.downloads.jobs import job_for

        return job_for(self.build, name=self.name, model_id=self.id)

    def _places(self, models_folders: Iterable[pathlib.Path]) -> Iterator[pathlib.Path]:
        package = importlib.util.find_spec(self.package)
        for folder in (package.submodule_search_locations or []) if package else []:
            yield pathlib.Path(folder, self.file)
        with contextlib.suppress(FileNotFoundError):
            yield package_file(f"{_BUNDLE_FOLDER}/{self.file}")
        for models_folder in models_folders:
            yield models_folder / self.repo / self.file

    def _is_whole(self, path: pathlib.Path) -> bool:
        try:
            return path.is_file() and path.stat().st_size == self.bytes
        except OSError:
            return False


def load_starter() -> Starter:
    """Read the starter's entry; the window needs nothing else to begin with.

    Raises:
        CatalogBroken: It cannot be read or is wrong; the reason names the key.
    """
    path = package_file("models.toml")
    return read_starter(read_toml(path, until=_FIRST_MODEL).get("starter"), name=path.name)


def read_toml(path: pathlib.Path, *, until: bytes | None = None) -> dict[str, Any]:
    """Read a file, or what of it stands before the first `until`.

    Raises:
        CatalogBroken: It cannot be read or is no TOML.
    """
    try:
        text = path.read_bytes()
        content: dict[str, Any] = msgspec.toml.decode(text.partition(until)[0] if until else text)
    except OSError as error:
        raise CatalogBroken(name=path.name, reason=error.strerror or "it is no file") from None
    except UnicodeDecodeError:
        raise CatalogBroken(name=path.name, reason="it is not UTF-8 text") from None
    except UNDECODABLE as error:
        raise CatalogBroken(name=path.name, reason=str(error)) from None
    return content


def read_starter(entry: object, *, name: str) -> Starter:
    """Check the entry of the file of that name.

    Raises:
        CatalogBroken: It is missing or wrong.
    """
    if entry is None:
        raise CatalogBroken(name=name, reason="“starter” is missing")
    try:
        starter = msgspec.convert(entry, Starter)
    except msgspec.ValidationError as error:
        key, reason = decode_fault(error)
        raise CatalogBroken(name=name, reason=f"“starter.{key}”: {reason}") from None
    if starter.bytes <= 0:
        raise CatalogBroken(name=name, reason="“starter.bytes” is not greater than 0")
    faults = {
        "repo": repo_fault(starter.repo),
        "commit": commit_fault(starter.commit),
        "sha256": hash_fault(starter.sha256),
    }
    for key, fault in faults.items():
        if fault:
            raise CatalogBroken(name=name, reason=f"“starter.{key}” {fault}")
    return starter
