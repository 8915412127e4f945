"""What lies in a bundle, and which component each piece of it belongs to."""

import fnmatch
import functools
import pathlib
import re
import sys
from collections.abc import Iterable, Mapping
from importlib import metadata

from PyInstaller.archive.readers import CArchiveReader

from release.components import Component, ComponentError, facts

_MAGIC = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_PREFIXES = ("_internal/", "Contents/MacOS/", "Contents/Frameworks/", "Contents/Resources/")
_QT_LIBRARY = re.compile(
    r"(?:^|/)(?:lib)?Qt6?(?P<module>[A-Z]\w*?)(?:\.abi3)?(?:\.so(?:\.\d+)*|\.dll|\.pyd|\.dylib|)$"
)
# Modules that the interpreter or PyInstaller makes.
_PYTHONS_OWN = ("pyi_rth", "pyimod", "_pyi_", "_sysconfigdata_")
# Folders of wheels for what others made; nothing in them is a wheel's own.
_FOREIGN = re.compile(r"\.(libs|dylibs)/")


def native_files(bundle: pathlib.Path) -> dict[str, pathlib.Path]:
    """Every program and library in a bundle but links, by its path below ``_internal``."""
    files = (path for path in sorted(bundle.rglob("*")) if path.is_file() and not path.is_symlink())
    return {_inner(path, bundle): path for path in files if _is_native(path)}


def owners(names: Iterable[str], components: Iterable[Component]) -> dict[str, Component]:
    """Say whose each native file is.

    Args:
        names: Paths as `native_files` has them.
        components: Everything that may ship.

    Raises:
        ComponentError: Something is nobody's, or of a module of Qt that is not used.
    """
    components = tuple(components)
    strangers = [name for name in names if is_strange_qt(name)]
    if strangers:
        raise ComponentError(f"modules of Qt that are not allowed: {', '.join(strangers)}")
    found = {name: _owner(name, components) for name in names}
    if nobodys := [name for name, owner in found.items() if owner is None]:
        words = ", ".join(nobodys)
        raise ComponentError(f"nothing in packaging/components.toml says what this is: {words}")
    return {name: owner for name, owner in found.items() if owner is not None}


def is_strange_qt(name: str) -> bool:
    """Whether a file is a library or a binding of a module of Qt that is not allowed."""
    match = _QT_LIBRARY.search(name)
    return match is not None and match["module"] not in facts()["qt_modules"]


def frozen_packages(bundle: pathlib.Path) -> set[str]:
    """The names of all packages and modules of the top level that were frozen into the program."""
    programs = (bundle / "cierzo", bundle / "Cierzo.exe", bundle / "Contents/MacOS/cierzo")
    program = next(path for path in programs if path.is_file())
    archive = CArchiveReader(str(program)).open_embedded_archive("PYZ.pyz")
    return {name.partition(".")[0] for name in archive.toc}


def present(
    shipped: Iterable[Component], of: Mapping[str, Component], packages: Iterable[str]
) -> list[Component]:
    """Those that are in a bundle: not all that is installed is frozen.

    Args:
        shipped: Everything that may be.
        of: What `owners` says of the bundle's files.
        packages: What `frozen_packages` says.
    """
    found = set(of.values())
    distributions = _distributions_of(packages)
    return [
        component
        for component in shipped
        if component in found
        or (component.lock and component.lock.name in distributions)
        or (not component.lock and (component.is_built_in or not component.files))
    ]


def unknown_packages(names: Iterable[str], components: Iterable[Component]) -> set[str]:
    """Those that are neither ours, nor Python's, nor of a distribution that ships."""
    shipped = {component.lock.name for component in components if component.lock}
    known = {*sys.stdlib_module_names, "app", "__main__"}
    return {
        name
        for name in names
        if name not in known
        and not name.startswith(_PYTHONS_OWN)
        and not _distributions_of([name]) & shipped
    }


def _distributions_of(packages: Iterable[str]) -> set[str]:
    """Canonical names of what packages of the top level belong to."""
    known = _packages_distributions()
    return {_canonical(owner) for package in packages for owner in known.get(package, ())}


@functools.cache
def _packages_distributions() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def _owner(name: str, components: tuple[Component, ...]) -> Component | None:
    folded = name.casefold()  # Windows: VCRUNTIME140.dll
    for component in components:
        if any(fnmatch.fnmatchcase(folded, pattern.casefold()) for pattern in component.files):
            return component
    if _FOREIGN.search(name):
        return None
    for component in components:
        if component.lock and not component.files and name in _files_of(component.lock.name):
            return component
    return None


@functools.cache
def _files_of(distribution: str) -> frozenset[str]:
    return frozenset(str(file) for file in metadata.files(distribution) or ())


def _inner(path: pathlib.Path, bundle: pathlib.Path) -> str:
    name = path.relative_to(bundle).as_posix()
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _is_native(path: pathlib.Path) -> bool:
    with path.open("rb") as file:
        return file.read(4).startswith(_MAGIC)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
