"""Laying the licences of everything that ships into a bundle."""

import pathlib
import shutil

import msgspec

from app.domain.licences import Licence
from release.components import Component, components
from release.project import NAME, ROOT, version

_RULE = "=" * 40
QT_SWAP = ROOT / "docs" / "qt-swap.md"


def write_licences(folder: pathlib.Path, target: str) -> pathlib.Path:
    """Write ``licences/``, which the About window reads, anew; return its path.

    Args:
        folder: ``_internal`` of the bundle, or ``Contents/Resources`` on macOS.
        target: What the bundle is built for, e.g. ``linux-x86_64``.

    Raises:
        ComponentError: Of something the licence is not known, not carried or not allowed.
    """
    licences = folder / "licences"
    shutil.rmtree(licences, ignore_errors=True)
    licences.mkdir(parents=True)
    shipped = components(target)
    for component in shipped:
        (licences / text_file(component)).write_text(_text(component), encoding="utf-8")
    shutil.copyfile(ROOT / "LICENSE", licences / "cierzo.txt")
    shutil.copyfile(QT_SWAP, licences / QT_SWAP.name)
    own = Licence(name=NAME, version=version(), licence="Apache-2.0", file="cierzo.txt")
    index = msgspec.json.encode([own, *map(_entry, shipped)])
    formatted = msgspec.json.format(index, indent=1) + b"\n"
    (licences / "licences.json").write_bytes(formatted)
    return licences


def _entry(component: Component) -> Licence:
    return Licence(
        name=component.name,
        version=component.version,
        licence=component.licence,
        file=text_file(component),
        source=component.source,
        note=component.note,
    )


def text_file(component: Component) -> str:
    """The name of the file in ``licences/`` that has its text."""
    return f"{component.text_name}.txt"


def _text(component: Component) -> str:
    """All of it in one piece, each part under its title where there are several."""
    if len(component.texts) == 1:
        return component.texts[0][1]
    return "\n\n".join(f"{_RULE}\n{title}\n{_RULE}\n\n{text}" for title, text in component.texts)
