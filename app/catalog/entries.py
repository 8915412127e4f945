"""Entries of models.toml, one by one: a broken one is reported and the rest is used."""

from collections.abc import Iterator
from typing import Any

import msgspec

from app.catalog.faults import decode_fault
from app.catalog.rules import model_faults
from app.domain.catalogue import CatalogModel
from app.domain.errors import AppError, CatalogEntryBroken


def read_models(
    content: dict[str, Any], *, name: str, keys: frozenset[str], taken: str
) -> Iterator[CatalogModel | AppError]:
    """Read the models of a file, in its order.

    Args:
        content: What the file says.
        name: Of the file, for the problems.
        keys: What may stand in the file beside the models.
        taken: An id that no model may have.

    Yields:
        A model, or what is wrong with one.
    """
    for key in sorted(content.keys() - keys - {"models"}):
        yield CatalogEntryBroken(name=name, entry=key, key=key, reason="is not known here")
    entries = content.get("models", [])
    if not isinstance(entries, list):
        reason = "is not a list: write [[models]]"
        yield CatalogEntryBroken(name=name, entry="models", key="models", reason=reason)
        return
    ids = {taken}
    for index, entry in enumerate(entries):
        read = _read_model(entry, name=name, place=f"models[{index}]")
        if isinstance(read, CatalogModel) and read.id in ids:
            reason = "is taken"
            yield CatalogEntryBroken(name=name, entry=read.id, key="id", reason=reason)
            continue
        if isinstance(read, CatalogModel):
            ids.add(read.id)
        yield read


def _read_model(entry: object, *, name: str, place: str) -> CatalogModel | AppError:
    identity = entry.get("id") if isinstance(entry, dict) else None
    entry_name = identity if isinstance(identity, str) and identity else place
    try:
        model = msgspec.convert(entry, CatalogModel)
    except msgspec.ValidationError as error:
        key, reason = decode_fault(error)
    else:
        fault = next(model_faults(model), None)
        if fault is None:
            return model
        key, reason = fault
    return CatalogEntryBroken(name=name, entry=entry_name, key=key, reason=reason)
