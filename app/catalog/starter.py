"""The model that is there from the first second: the head of models.toml, read without the rest."""

import importlib.util
import pathlib
from typing import Any

import msgspec

from app.catalog.faults import decode_fault, hash_fault
from app.domain.errors import CatalogBroken, ModelNotFound
from app.domain.package_data import package_file

_FIRST_MODEL = b"\n[[models]]"


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
    except (msgspec.DecodeError, RecursionError) as error:
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
    if fault := hash_fault(starter.sha256):
        raise CatalogBroken(name=name, reason=f"“starter.sha256” {fault}")
    return starter
