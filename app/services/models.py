"""From what a person typed or chose to a model file."""

import pathlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.catalog.starter import Starter
from app.domain.errors import KnownBad, ModelNotFound, NoModelHere, NotInstalled, StarterNotHere
from app.domain.model_file import ModelFile

if TYPE_CHECKING:
    from app.domain.catalogue import CatalogModel
    from app.services.library import Library


def starter_model(
    starter: Starter, models_folders: Iterable[pathlib.Path] = ()
) -> ModelFile | None:
    """The toy, where it is on this PC; `models_folders` are looked at only if it comes to that."""
    path = starter.path(models_folders)
    return ModelFile(name=starter.name, path=path, is_toy=True) if path else None


def first_model(
    starter: Starter, last_model: str, models_folders: Iterable[pathlib.Path]
) -> ModelFile | None:
    """The model used last, else the toy; None where neither is on this PC."""
    last = pathlib.Path(last_model)
    if last_model and last.is_file():
        return model_at(last)
    return starter_model(starter, models_folders)


def model_at(path: pathlib.Path) -> ModelFile:
    """A model file of the person's own, named after its file."""
    return ModelFile(name=path.stem, path=path.absolute())


def known_fault(path: pathlib.Path, models: "Iterable[CatalogModel]") -> KnownBad | None:
    """What the catalogue has against a file, by its name and size; None where nothing."""
    from app.domain.catalogue import warning_for

    try:
        size_bytes = path.stat().st_size
    except OSError:
        return None  # it is said when it is loaded
    for model in models:
        if reason := warning_for(model, path.name, size_bytes=size_bytes):
            return KnownBad(name=path.name, reason=reason)
    return None


def find_model(
    name: str | None,
    *,
    starter: Starter,
    last_model: str,
    library: "Library | None" = None,
    models: "Iterable[CatalogModel]" = (),
    build: str | None = None,
) -> ModelFile:
    """Resolve NAME or PATH; None is the model used last, else the starter, else an installed one.

    Args:
        name: Of the starter, a path, or what an installed model is called.
        starter: What there is to try the app with.
        last_model: Path; "" is none.
        library: What is installed; None where only a path is expected.
        models: The catalogue.
        build: Of an installed model; None is the only one there is.

    Raises:
        NoModelHere: None was named, and there is none.
        StarterNotHere: It was named, and is not on this PC.
        ModelNotFound: Neither a name that is known nor an existing path.
        NotInstalled: A model that is known and not here.
        InstalledAmbiguous: Several builds of it are here.
    """
    folders = library.folders if library else ()
    if name is None:
        return first_model(starter, last_model, folders) or _any_installed(starter, library, models)
    if name.lower() in (starter.id, starter.name.lower()):
        if toy := starter_model(starter, folders):
            return toy
        raise StarterNotHere(name=starter.name, model=starter.id)
    if (path := pathlib.Path(name)).exists():
        return model_at(path)
    if library is None:
        raise ModelNotFound(name=name)
    models = tuple(models)
    try:
        installed = library.find(name, build, models=models)
    except NotInstalled:
        is_known = any(name.lower() in (model.id, model.name.lower()) for model in models)
        if is_known:
            raise
        raise ModelNotFound(name=name) from None
    return ModelFile(name=installed.name, path=installed.path)


def _any_installed(
    starter: Starter, library: "Library | None", models: "Iterable[CatalogModel]"
) -> ModelFile:
    """The installed model that was used last, for whom none was named."""
    there = [one for one in library.installed(models) if one.is_there] if library else []
    if not there:
        raise NoModelHere(model=starter.id)
    return ModelFile(name=there[0].name, path=there[0].path)
