"""What the programs and libraries of a bundle need of the system, read from their ELF headers."""

import pathlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

_MAGIC = b"\x7fELF"
_WEAK = 0x2  # VER_FLG_WEAK: the loader goes on without it


@dataclass(kw_only=True)
class Needs:
    """Sonames, each with the versions of its symbols that are bound, e.g. ``GLIBC_2.34``."""

    libraries: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def highest(self, soname: str) -> dict[str, str]:
        """The highest version per family: ``{"GLIBC": "2.34"}``."""
        highest: dict[str, str] = {}
        for name in self.libraries[soname]:
            if found := re.fullmatch(r"(\w+?)_([\d.]+)", name):
                family, number = found.groups()
                highest[family] = max(number, highest.get(family, "0"), key=_as_numbers)
        return highest


def elf_files(folder: pathlib.Path) -> list[pathlib.Path]:
    """All programs and libraries below it, links left out, in a fixed order."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and _starts_like_elf(path)
    ]


def system_needs(files: Iterable[pathlib.Path], *, carried: Iterable[pathlib.Path]) -> Needs:
    """What `files` need that `carried` does not bring.

    Args:
        files: Some or all of the bundle.
        carried: All ELF files of the bundle; they find each other, by soname or by name.
    """
    names = {path.name for path in carried} | {_soname(path) for path in carried}
    needs = Needs()
    for path in files:
        for soname, versions in _needed(path).items():
            if soname not in names:
                needs.libraries[soname] |= versions
    return needs


def newest_glibc(files: Iterable[pathlib.Path]) -> str:
    """The oldest GNU C library that all of them run with, e.g. "2.34"."""
    needs = system_needs(files, carried=())
    versions = (needs.highest(soname).get("GLIBC", "0") for soname in needs.libraries)
    return max(versions, key=_as_numbers)


def _starts_like_elf(path: pathlib.Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _soname(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return next(_names(ELFFile(file), "soname"), path.name)


def _needed(path: pathlib.Path) -> dict[str, set[str]]:
    needed: dict[str, set[str]]
    with path.open("rb") as file:
        elf = ELFFile(file)
        needed = {soname: set() for soname in _names(elf, "needed")}
        for section in elf.iter_sections("SHT_GNU_verneed"):
            assert isinstance(section, GNUVerNeedSection)
            for library, symbols in section.iter_versions():
                bound = {symbol.name for symbol in symbols if not symbol["vna_flags"] & _WEAK}
                needed.setdefault(str(library.name), set()).update(bound)
    return needed


def _names(elf: ELFFile, kind: str) -> Iterator[str]:
    for segment in elf.iter_segments("PT_DYNAMIC"):
        assert isinstance(segment, DynamicSegment)
        # pyelftools gives each tag's name as an attribute that is called like the tag.
        yield from (vars(tag)[kind] for tag in segment.iter_tags(f"DT_{kind.upper()}"))


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split(".") if number)
