"""models.toml, checked strictly: what the file says is either right or named as wrong."""

import importlib.util
import pathlib
from typing import Any

import msgspec

from app.catalog.entries import decode_fault, read_models
from app.catalog.rules import hash_fault
from app.domain.catalogue import CatalogModel
from app.domain.errors import AppError, CatalogBroken, ModelNotFound
from app.domain.families import Family
from app.domain.package_data import package_file


class Starter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The model that is there from the first second, carried by a Python package.

    Attributes:
        package: Import name of the package whose folder holds `file`; none of its code is run.
    """

    id: str
    name: str
    license: str
    package: str
    file: str
    bytes: int
    sha256: str

    def path(self) -> pathlib.Path:
        """Where the file lies on this PC.

        Raises:
            ModelNotFound: The package is not installed.
        """
        found = importlib.util.find_spec(self.package)
        for folder in (found.submodule_search_locations or []) if found else []:
            if (path := pathlib.Path(folder, self.file)).is_file():
                return path
        raise ModelNotFound(name=self.name)


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of models.

    Attributes:
        models: The person's own before ours, so that theirs are recognised first.
        problems: Entries and files that were left out, for the person to know.
    """

    starter: Starter
    models: tuple[CatalogModel, ...]
    problems: tuple[AppError, ...] = ()

    @property
    def families(self) -> tuple[Family, ...]:
        """What the engine has to know."""
        return tuple(model.family for model in self.models)


def load_catalog(own: pathlib.Path | None = None) -> Catalog:
    """Read the catalogue that comes with the program, and the person's own beside it.

    Args:
        own: A file with models of the person's; one with the id of ours takes its place. It need
            not exist.

    Raises:
        CatalogBroken: Ours cannot be read, or its starter is wrong; the reason names the key.
    """
    path = package_file("models.toml")
    content = _read_toml(path)
    starter = _read_starter(content.get("starter"), name=path.name)
    problems: list[AppError] = []
    models: dict[str, CatalogModel] = {}
    keys = frozenset({"starter"})
    for read in read_models(content, name=path.name, keys=keys, taken=starter.id):
        _keep(read, models, problems)
    additions: dict[str, CatalogModel] = {}
    for read in _read_own(own, starter.id):
        is_ours = isinstance(read, CatalogModel) and read.id in models
        _keep(read, models if is_ours else additions, problems)
    return Catalog(
        starter=starter,
        models=(*additions.values(), *models.values()),
        problems=tuple(problems),
    )


def _read_own(path: pathlib.Path | None, taken: str) -> list[CatalogModel | AppError]:
    if path is None or not path.exists():
        return []
    try:
        content = _read_toml(path)
    except CatalogBroken as problem:
        return [problem]
    return [*read_models(content, name=path.name, keys=frozenset(), taken=taken)]


def _keep(
    read: CatalogModel | AppError, models: dict[str, CatalogModel], problems: list[AppError]
) -> None:
    if isinstance(read, CatalogModel):
        models[read.id] = read
    else:
        problems.append(read)


def _read_toml(path: pathlib.Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = msgspec.toml.decode(path.read_bytes())
    except OSError as error:
        raise CatalogBroken(name=path.name, reason=error.strerror or "it is no file") from None
    except UnicodeDecodeError:
        raise CatalogBroken(name=path.name, reason="it is not UTF-8 text") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise CatalogBroken(name=path.name, reason=str(error)) from None
    return content


def _read_starter(entry: object, *, name: str) -> Starter:
    if entry is None:
        raise CatalogBroken(name=name, reason="“starter” is missing")
    try:
        starter = msgspec.convert(entry, Starter)
    except msgspec.ValidationError as error:
        key, reason = decode_fault(error)
        raise CatalogBroken(name=name, reason=f"“starter.{key}”: {reason}") from None
    if starter.bytes <= 0:
        raise CatalogBroken(name=name, reason="“starter.bytes” is not greater than 0")
    if fault := hash_fault(starter.sha256):
        raise CatalogBroken(name=name, reason=f"“starter.sha256” {fault}")
    return starter
