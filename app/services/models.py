"""From what a person typed or chose to a model file."""

import pathlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.catalog.starter import Starter
from app.domain.errors import KnownBad, ModelNotFound, NotInstalled
from app.domain.model_file import ModelFile

if TYPE_CHECKING:
    from app.domain.catalogue import CatalogModel
    from app.services.library import Library


def starter_model(starter: Starter) -> ModelFile:
    """The toy that is there from the first second.

    Raises:
        ModelNotFound: The package that carries it is not installed.
    """
    return ModelFile(name=starter.name, path=starter.path(), is_toy=True)


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
    """Resolve NAME or PATH; None is the model used last, else the starter.

    Args:
        name: Of the starter, a path, or what an installed model is called.
        starter: What is always there.
        last_model: Path; "" is none.
        library: What is installed; None where only a path is expected.
        models: The catalogue.
        build: Of an installed model; None is the only one there is.

    Raises:
        ModelNotFound: Neither a name that is known nor an existing path.
        NotInstalled: A model that is known and not here.
        InstalledAmbiguous: Several builds of it are here.
    """
    if name is None:
        last = pathlib.Path(last_model)
        return model_at(last) if last_model and last.is_file() else starter_model(starter)
    if name.lower() in (starter.id, starter.name.lower()):
        return starter_model(starter)
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
