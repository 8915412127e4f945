"""The licences of what Cierzo is made of: the bundle's, else those of what is installed here."""

import pathlib
import re
from importlib import metadata
from typing import Protocol

import msgspec

from app.domain.licences import Licence
from app.domain.package_data import package_file
from app.services.unfolding import unfolded

_OWN_NAME = "cierzo"
_NAME = re.compile(r"[\w.-]+")
_TEXT_FILE = re.compile(r"licen[cs]e|copying|notice|copyright", re.IGNORECASE)


class Licences(Protocol):
    """All of them; whoever asks may have to wait for the disk.

    Attributes:
        entries: What there is, Cierzo first.
        qt_swap: How Qt is replaced in this copy, as Markdown; empty where it was not packaged.
    """

    entries: tuple[Licence, ...]
    qt_swap: str

    def text_of(self, entry: Licence) -> str:
        """What a licence says; empty where it is not carried."""


def read_licences() -> Licences:
    """Find them; reads files."""
    try:
        index = package_file("licences/licences.json")
    except FileNotFoundError:
        return InstalledLicences()
    return PackagedLicences(index)


class PackagedLicences:
    """Those that a bundle carries."""

    def __init__(self, index: pathlib.Path) -> None:
        self._folder = index.parent
        self.entries = msgspec.json.decode(index.read_bytes(), type=tuple[Licence, ...])
        self.qt_swap = unfolded((self._folder / "qt-swap.md").read_text(encoding="utf-8"))

    def text_of(self, entry: Licence) -> str:
        """What a licence says."""
        return (self._folder / entry.file).read_text(encoding="utf-8")


class InstalledLicences:
    """Those of the distributions that pip or uv installed because Cierzo needs them."""

    def __init__(self) -> None:
        self.qt_swap = ""
        found: dict[str, metadata.Distribution] = {}
        _gather(_OWN_NAME, found)
        own = found.pop(_OWN_NAME, None)
        others = sorted(found.values(), key=lambda each: each.metadata["Name"].casefold())
        self.entries = tuple(_entry(each) for each in ((own, *others) if own else others))

    def text_of(self, entry: Licence) -> str:
        """What its files say, one below the other."""
        files = metadata.files(entry.name) or ()
        texts = (
            pathlib.Path(str(file.locate())).read_text(encoding="utf-8", errors="replace")
            for file in files
            if file.parts[0].endswith(".dist-info") and _is_text(file.parts[1:])
        )
        return "\n\n".join(texts)


def _gather(name: str, found: dict[str, metadata.Distribution]) -> None:
    """Add a distribution and all that it needs here."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in found:
        return
    try:
        found[key] = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return  # not for this system, or left out on purpose
    for line in found[key].requires or ():
        needed = _NAME.match(line)
        if needed and "extra ==" not in line:
            _gather(needed[0], found)


def _entry(installed: metadata.Distribution) -> Licence:
    fields = installed.metadata
    said = _said(_field(fields, "License"), fields.get_all("Classifier"))
    return Licence(
        name=fields["Name"],
        version=installed.version,
        licence=_field(fields, "License-Expression") or said,
        file="",
    )


def _field(fields: metadata.PackageMetadata, name: str) -> str | None:
    # `[]` raises where keyring brought the backport along, whose finder takes the place of ours.
    return next(iter(fields.get_all(name) or ()), None)


def _said(licence: str | None, classifiers: list[str] | None) -> str:
    """A name for the licence; some put all of its text in that field."""
    lines = (licence or "").splitlines()
    named = [line for line in classifiers or () if line.startswith("License ::")]
    if len(lines) != 1 and named:
        return named[0].rpartition(":: ")[2]
    return lines[0] if lines else ""


def _is_text(inside: tuple[str, ...]) -> bool:
    return bool(inside) and (inside[0] == "licenses" or bool(_TEXT_FILE.search(inside[0])))
