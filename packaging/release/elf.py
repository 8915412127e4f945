"""What ELF files say about the system that they need."""

import pathlib
from collections.abc import Iterable

from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

_PREFIX = "GLIBC_"


def newest_glibc(files: Iterable[pathlib.Path]) -> str:
    """The oldest GNU C library that all of them run with, e.g. "2.34"."""
    versions = (version for path in files for version in _glibc_versions(path))
    return ".".join(map(str, max(versions)))


def _glibc_versions(path: pathlib.Path) -> Iterable[tuple[int, ...]]:
    with path.open("rb") as file:
        for section in ELFFile(file).iter_sections():
            if not isinstance(section, GNUVerNeedSection):
                continue
            for _, symbols in section.iter_versions():
                for symbol in symbols:
                    number = symbol.name.removeprefix(_PREFIX)
                    if number != symbol.name and number[0].isdigit():
                        yield tuple(map(int, number.split(".")))
