"""models.toml, checked strictly: what the file says is either right or named as wrong."""

import pathlib

import msgspec

from app.catalog.entries import read_models
from app.catalog.starter import Starter, read_starter, read_toml
from app.domain.catalogue import CatalogModel
from app.domain.errors import AppError, CatalogBroken
from app.domain.families import Family
from app.domain.package_data import package_file


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
    content = read_toml(path)
    starter = read_starter(content.get("starter"), name=path.name)
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
        content = read_toml(path)
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
