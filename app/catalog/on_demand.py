"""models.toml and the person's own beside it, read when something of it is first needed."""

import pathlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.domain.families import Family

if TYPE_CHECKING:
    from app.catalog.catalog import Catalog


class CatalogueOnDemand:
    """Call it for the catalogue; go through it for what the engine has to know of its models."""

    def __init__(self, own: pathlib.Path) -> None:
        self._own = own
        self._read: Catalog | None = None

    def __call__(self) -> "Catalog":
        """Return the catalogue.

        Raises:
            CatalogBroken: It cannot be read or is wrong.
        """
        if self._read is None:
            from app.catalog.catalog import load_catalog

            self._read = load_catalog(own=self._own)
        return self._read

    def __iter__(self) -> Iterator[Family]:
        return iter(self().families)
