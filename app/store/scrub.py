"""Overwrite with zeros what a database file has where nothing is.

SQLite's `secure_delete` clears a row where it lies. It leaves what lay elsewhere before: when a
page is filled or emptied, rows move between it and its neighbours, and their old places keep what
was in them. VACUUM would leave nothing either, but needs as much room again as the file takes.

The format is that of https://github.com/sqlite/sqlite, `ext/misc/scrub.c`: it is fixed for good.
"""

import os
import pathlib
from typing import BinaryIO

_HEADER_BYTES = 100
_PAGE_SIZE, _RESERVED, _LARGEST_ROOT = slice(16, 18), 20, slice(52, 56)
# Of a page: its kind, and of which length its own header is.
_HEADERS = {2: 12, 5: 12, 10: 8, 13: 8}
_FIRST_FREE, _CELLS, _CONTENT = slice(1, 3), slice(3, 5), slice(5, 7)
_LOCK_BYTE = 1 << 30
_BATCH_PAGES = 256


def scrub(path: pathlib.Path) -> None:
    """Do so in a file to which nobody writes meanwhile; what is in it stays as it is.

    Raises:
        OSError: The file cannot be read or written.
    """
    with path.open("r+b") as file:
        header = file.read(_HEADER_BYTES)
        if len(header) < _HEADER_BYTES:
            return
        # A page of 65,536 bytes is written as 1.
        page_bytes = {1: 1 << 16}.get(size := _number(header[_PAGE_SIZE]), size)
        usable_bytes = page_bytes - header[_RESERVED]
        # Where pages can be moved to the front, some say only what the others are.
        mapped_pages = usable_bytes // 5 + 1 if any(header[_LARGEST_ROOT]) else 0
        batch_bytes, start = page_bytes * _BATCH_PAGES, 0
        file.seek(0)
        while batch := file.read(batch_bytes):
            _scrub_pages(file, batch, start, page_bytes, usable_bytes, mapped_pages)
            start += len(batch)
            file.seek(start)
        file.flush()
        os.fsync(file.fileno())


def _scrub_pages(
    file: BinaryIO, batch: bytes, start: int, page_bytes: int, usable_bytes: int, mapped_pages: int
) -> None:
    for offset in range(0, len(batch) - page_bytes + 1, page_bytes):
        place = start + offset
        index = place // page_bytes
        is_map = mapped_pages and _is_map(index, mapped_pages, page_bytes)
        # The others begin with the number of another page: with a zero in files below 64 GB.
        kind = batch[offset + (0 if place else _HEADER_BYTES)]
        if kind not in _HEADERS or is_map or place == _LOCK_BYTE:
            continue
        page = batch[offset : offset + page_bytes]
        for begin, end in _unused(page, 0 if place else _HEADER_BYTES, usable_bytes):
            if page.count(0, begin, end) != end - begin:
                file.seek(place + begin)
                file.write(bytes(end - begin))


def _is_map(index: int, mapped_pages: int, page_bytes: int) -> bool:
    """Whether the page with that index, 0 being the first, is one of the map."""
    first = (index - 1) // mapped_pages * mapped_pages + 1
    return index == (first + 1 if first * page_bytes == _LOCK_BYTE else first)


def _unused(page: bytes, header: int, usable_bytes: int) -> list[tuple[int, int]]:
    """Begin and end of what has nothing in it; none of a page that is damaged."""
    fields = page[header : header + 8]
    cells_end = header + _HEADERS[fields[0]] + 2 * _number(fields[_CELLS])
    content = _number(fields[_CONTENT]) or 1 << 16
    if not cells_end <= content <= usable_bytes:
        return []
    unused = [(cells_end, content)]
    free = _number(fields[_FIRST_FREE])
    while free:
        # Each begins with the place of the next one and its own length.
        following, length = _number(page[free : free + 2]), _number(page[free + 2 : free + 4])
        if not unused[-1][1] <= free <= free + length <= usable_bytes or length < 4:
            return []
        unused.append((free + 4, free + length))
        free = following
    return unused


def _number(digits: bytes) -> int:
    return int.from_bytes(digits, "big")
