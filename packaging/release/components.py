"""What a bundle is made of, each part with its licence.

Python distributions come from requirements.lock and their metadata; what is inside them or beside
them is kept by hand in packaging/components.toml.
"""

import functools
import pathlib
import platform
import re
import sqlite3
import ssl
import sys
import sysconfig
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pyexpat import EXPAT_VERSION
from typing import Any

import boolean
from license_expression import Licensing
from packaging.utils import canonicalize_name

from release.lock import Locked, read_lock
from release.project import PACKAGING
from release.system_packages import version_of_library

TEXTS = PACKAGING / "licences"
_LICENCE_FILE = re.compile(r"licen[cs]e|copying|notice|copyright", re.IGNORECASE)
_SOURCE_LABELS = ("source", "source code", "repository", "code", "github", "homepage", "home")
# Versions that only the running interpreter knows.
_BUILT_IN = {
    "cpython": platform.python_version,
    "openssl": lambda: ssl.OPENSSL_VERSION.split()[1],
    "sqlite": lambda: sqlite3.sqlite_version,
    "zlib": lambda: zlib.ZLIB_RUNTIME_VERSION,
    "expat": lambda: EXPAT_VERSION.removeprefix("expat_"),
}


class ComponentError(Exception):
    """Something ships whose licence is not known, not carried or not allowed."""


@dataclass(frozen=True, kw_only=True)
class Component:
    """Something that others made.

    Attributes:
        version: Empty where it cannot be told.
        licence: An SPDX expression.
        texts: What its licence says, by title.
        text_name: What the file with the texts is called, without ending; components share one.
        source: Where its source is; empty where its project names no place.
        note: What is to be known beside the licence.
        lock: Its entry in the lock, for Python distributions.
        files: Patterns of its native files in a bundle, below ``_internal``.
        is_built_in: It may be inside another library, without such a file.
    """

    name: str
    version: str
    licence: str
    texts: tuple[tuple[str, str], ...]
    text_name: str
    source: str = ""
    note: str = ""
    lock: Locked | None = None
    files: tuple[str, ...] = ()
    is_built_in: bool = False


@functools.cache
def facts() -> Mapping[str, Any]:
    """What is kept by hand."""
    with (PACKAGING / "components.toml").open("rb") as file:
        return tomllib.load(file)


def components(target: str) -> tuple[Component, ...]:
    """Everything that ships for a target such as ``linux-x86_64``, by name.

    Raises:
        ComponentError: Of one the licence is not known, not carried or not allowed, or what is
            kept by hand was written for another version.
    """
    lock = read_lock(target)
    system = target.partition("-")[0]
    parts = [part for part in facts()["parts"] if system in part.get("systems", (system,))]
    found = [_distribution(locked) for locked in lock.values()]
    found += [_part(part, lock, system) for part in parts]
    for component in found:
        if not is_allowed(component.licence):
            raise ComponentError(f"{component.name}: {component.licence} is not allowed")
        if not component.texts:
            raise ComponentError(f"{component.name}: no text of its licence is carried")
    return tuple(sorted(found, key=lambda component: component.name.casefold()))


def is_allowed(licence: str) -> bool:
    """Whether Cierzo may carry something under that SPDX expression."""
    return _is_allowed(Licensing().parse(licence))


def _is_allowed(expression: boolean.Expression) -> bool:
    if isinstance(expression, boolean.OR):
        return any(_is_allowed(part) for part in expression.args)
    if isinstance(expression, boolean.AND):
        return all(_is_allowed(part) for part in expression.args)
    return expression.render() in facts()["allowed"]


def _field(installed: metadata.Distribution, name: str) -> str | None:
    # `[]` raises where keyring brought the backport along, whose finder takes the place of ours.
    return next(iter(installed.metadata.get_all(name) or ()), None)


def _distribution(locked: Locked) -> Component:
    installed = _installed(locked)
    known = facts()["distributions"].get(locked.name, {})
    said = _field(installed, "License")
    licence = known.get("licence") or _field(installed, "License-Expression")
    if not licence and said in facts()["allowed"]:
        licence = said
    if not licence:
        raise ComponentError(f"{locked.name}: say its licence in packaging/components.toml")
    return Component(
        name=installed.metadata["Name"],
        version=locked.version,
        licence=licence,
        texts=(*_kept_texts(known), *_texts_of(installed)),
        text_name=locked.name,
        source=known.get("source") or _source_of(installed),
        note=known.get("note", ""),
        lock=locked,
        files=tuple(known.get("files", ())),
    )


def _installed(locked: Locked) -> metadata.Distribution:
    try:
        installed = metadata.distribution(locked.name)
    except metadata.PackageNotFoundError:
        raise ComponentError(f"{locked.name} is in requirements.lock and not installed") from None
    if installed.version != locked.version:
        words = f"{locked.name} is {locked.version} in requirements.lock, {installed.version} here"
        raise ComponentError(words)
    return installed


def _part(part: Mapping[str, Any], lock: Mapping[str, Locked], system: str) -> Component:
    if written_for := part.get("within"):
        name, _, version = written_for.partition("==")
        if lock[name].version != version:
            words = f"{part['name']} was looked up in {written_for}; look again, it has changed"
            raise ComponentError(words)
    text_of = part.get("text_of", "")
    kept = tuple(_kept_texts(part))
    others = _interpreter_texts() if text_of == "cpython" else ()
    if text_of and text_of != "cpython":
        others = tuple(_texts_of(metadata.distribution(text_of)))
    return Component(
        name=part["name"],
        version=_version(part, lock),
        licence=part["licence"],
        texts=(*kept, *others),
        text_name=text_of if text_of and not kept else _slug(part["name"]),
        source=part["source"],
        note=part.get("note", ""),
        files=tuple(part.get("files", ())),
        is_built_in=system in part.get("built_into", ()),
    )


def _version(part: Mapping[str, Any], lock: Mapping[str, Locked]) -> str:
    if "version" in part:
        return str(part["version"])
    where = part["version_of"]
    if where in _BUILT_IN:
        return _BUILT_IN[where]()
    if where.startswith("lib"):
        return version_of_library(where)
    return lock[where].version if where in lock else metadata.version(where)


def _kept_texts(known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in known.get("texts", ()):
        yield name.removesuffix(".txt"), (TEXTS / name).read_text(encoding="utf-8")


def _texts_of(installed: metadata.Distribution) -> Iterator[tuple[str, str]]:
    """What a wheel carries of licences, in the order of their names."""
    for file in sorted(installed.files or (), key=str):
        inside = file.parts[1:]
        if not file.parts[0].endswith(".dist-info") or not inside:
            continue
        if inside[0] == "licenses" or _LICENCE_FILE.search(inside[0]):
            title = "/".join(inside[1:] or inside)
            content = pathlib.Path(str(file.locate())).read_text(encoding="utf-8", errors="replace")
            yield title, content


def _interpreter_texts() -> tuple[tuple[str, str], ...]:
    """Python's own; on Windows it ends with Microsoft's conditions for its runtime."""
    places = (pathlib.Path(sysconfig.get_path("stdlib")), pathlib.Path(sys.base_prefix))
    for place in places:
        for name in ("LICENSE.txt", "LICENSE"):
            if (path := place / name).is_file():
                return ((path.stem, path.read_text(encoding="utf-8")),)
    raise ComponentError(f"Python at {sys.base_prefix} carries no licence")


def _source_of(installed: metadata.Distribution) -> str:
    """Where its project says that its source is."""
    labelled = {}
    for line in installed.metadata.get_all("Project-URL") or ():
        label, _, address = line.partition(",")
        labelled[label.strip().casefold()] = address.strip()
    for label in _SOURCE_LABELS:
        if address := labelled.get(label):
            return str(address)
    return _field(installed, "Home-page") or ""


def _slug(name: str) -> str:
    return canonicalize_name(re.sub(r"[^\w]+", "-", name).strip("-"))
