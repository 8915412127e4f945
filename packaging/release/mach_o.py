"""What has to be signed in a bundle for macOS, and in which order: what is inside, first.

A signature seals what lies in its bundle, so whatever is signed after it breaks it.
"""

import os
import pathlib
import plistlib
from collections.abc import Iterator

# Of one architecture, in both byte orders and both widths.
_THIN = {b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"}
# Of several; Java's classes begin alike, with a version where these have their few parts.
_UNIVERSAL = {b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"}
_MOST_ARCHITECTURES = 20


class BundleIncompleteError(Exception):
    """Something in the bundle cannot be signed as it is."""


def is_mach_o(path: pathlib.Path) -> bool:
    """Whether it is code for macOS."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(8)
    if head[:4] in _UNIVERSAL:
        return int.from_bytes(head[4:8]) <= _MOST_ARCHITECTURES
    return head[:4] in _THIN


def signing_order(app: pathlib.Path) -> list[pathlib.Path]:
    """Return the files and nested bundles to sign one by one; the app itself is the last.

    Raises:
        BundleIncompleteError: A framework has no Info.plist; codesign would refuse it.
    """
    bundles = _bundles(app)
    mains = {_main_program(bundle) for bundle in bundles}
    loose = [path for path in _files(app) if path not in mains and is_mach_o(path)]
    inside_first = sorted([*loose, *bundles], key=lambda path: (-len(path.parts), str(path)))
    inside_first.remove(app)
    return [*inside_first, app]


def _files(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    """All that are no links: PyInstaller links Frameworks and Resources to one another."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = pathlib.Path(parent, name)
            if not path.is_symlink():
                yield path


def _bundles(app: pathlib.Path) -> list[pathlib.Path]:
    found = [app]
    for parent, names, _ in os.walk(app):
        for name in names:
            path = pathlib.Path(parent, name)
            if path.is_symlink():
                continue
            if path.suffix == ".framework":
                found += _versions(path)
            elif path != app and (path / "Contents" / "Info.plist").is_file():
                found.append(path)
    return found


def _versions(framework: pathlib.Path) -> list[pathlib.Path]:
    """What is signed of a framework: each of its versions is a bundle."""
    folders = [
        path
        for path in (framework / "Versions").glob("*")
        if path.is_dir() and not path.is_symlink()
    ]
    for folder in folders:
        if not _info(folder).is_file():
            reason = f"{folder} has no Resources/Info.plist and cannot be signed as a framework."
            raise BundleIncompleteError(reason)
    if not folders:
        raise BundleIncompleteError(f"{framework} has no Versions and cannot be signed.")
    return folders


def _info(bundle: pathlib.Path) -> pathlib.Path:
    is_version = bundle.parent.name == "Versions"
    return bundle / ("Resources" if is_version else "Contents") / "Info.plist"


def _main_program(bundle: pathlib.Path) -> pathlib.Path:
    """What is signed along with the bundle; alone codesign calls it ambiguous."""
    with _info(bundle).open("rb") as file:
        name = str(plistlib.load(file)["CFBundleExecutable"])
    is_version = bundle.parent.name == "Versions"
    return bundle / name if is_version else bundle / "Contents" / "MacOS" / name
