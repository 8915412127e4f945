"""Takes out of libraries what only debuggers need: 35 MB of a bundle on Linux."""

import pathlib
import subprocess
from collections.abc import Iterator

from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile

_DEBUGGING = ".debug_info"
# Where wheels keep libraries that were not theirs. To find them their modules were patched, and
# what was patched does not survive `strip` (numpy's BLAS: "not page-aligned").
_PATCHED = ".libs"
_SEARCHES = {"DT_RPATH": "rpath", "DT_RUNPATH": "runpath"}


def drop_debugging(folder: pathlib.Path) -> None:
    """Strip Python and what was compiled for it, but nothing that was patched."""
    if found := list(_with_debugging(folder)):
        subprocess.run(["strip", "--strip-unneeded", *found], check=True)


def _with_debugging(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    for path in sorted(folder.rglob("*.so*")):
        if path.is_symlink() or path.parent.name.endswith(_PATCHED):
            continue
        with path.open("rb") as file:
            library = ELFFile(file)
            if library.get_section_by_name(_DEBUGGING) and not _is_patched(library):
                yield path


def _is_patched(library: ELFFile) -> bool:
    dynamic = library.get_section_by_name(".dynamic")
    assert isinstance(dynamic, DynamicSection)
    return any(
        _PATCHED in getattr(tag, _SEARCHES[tag.entry.d_tag])
        for tag in dynamic.iter_tags()
        if tag.entry.d_tag in _SEARCHES
    )
