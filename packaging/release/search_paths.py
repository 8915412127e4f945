"""Taking out of libraries where they were told to look: folders of the PC that built them."""

import pathlib
import struct

from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile

_ENTRY = struct.Struct("<qQ")  # of 64-bit ELF, little-endian: tag and value
_TAGS = ("DT_RPATH", "DT_RUNPATH")
_BESIDE = "$ORIGIN"


def drop_foreign_search_paths(path: pathlib.Path) -> bool:
    """Take out a search path that leads out of the bundle; return whether there was one."""
    with path.open("rb") as file:
        found = [
            (segment["p_offset"], segment["p_filesz"], number)
            for segment in ELFFile(file).iter_segments("PT_DYNAMIC")
            if isinstance(segment, DynamicSegment)
            for number, tag in enumerate(segment.iter_tags())
            if tag.entry.d_tag in _TAGS and not _leads_beside(vars(tag))
        ]
    if not found:
        return False
    with path.open("r+b") as file:
        for offset, size, number in reversed(found):
            first, last = offset + number * _ENTRY.size, offset + size
            file.seek(first + _ENTRY.size)
            # The entries behind it move up; the end gets one more of nothing.
            rest = file.read(last - first - _ENTRY.size) + _ENTRY.pack(0, 0)
            file.seek(first)
            file.write(rest)
    return True


def _leads_beside(tag: dict[str, object]) -> bool:
    words = str(tag.get("runpath", tag.get("rpath", "")))
    return all(place.startswith(_BESIDE) for place in words.split(":"))
