"""models.toml, checked strictly: what the file says is either right or named as wrong."""

import importlib.util
import pathlib

import msgspec

from app.domain.errors import CatalogBroken, ModelNotFound
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


class Catalog(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of models.toml."""

    starter: Starter
    families: tuple[Family, ...]


def load_catalog() -> Catalog:
    """Read the catalogue that comes with the program.

    Raises:
        CatalogBroken: It does not follow the schema; the reason names the key.
    """
    path = package_file("models.toml")
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Catalog)
    except msgspec.DecodeError as error:
        raise CatalogBroken(name=path.name, reason=str(error)) from None
