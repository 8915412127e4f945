"""The checksum in the header of Windows programs: scanners distrust what has a wrong one."""

import pathlib
import struct

# Of the field in the optional header, which follows the signature and the file header.
_CHECKSUM_OFFSET = 4 + 20 + 64


def write_checksum(path: pathlib.Path) -> None:
    """Put the right one into a program or library; for files that are not signed yet."""
    content = bytearray(path.read_bytes())
    field = _field(content)
    content[field : field + 4] = struct.pack("<I", checksum(content))
    path.write_bytes(content)


def written_checksum(content: bytes) -> int:
    """Read the one that the header has."""
    field = _field(content)
    return int.from_bytes(content[field : field + 4], "little")


def checksum(content: bytes | bytearray) -> int:
    """Compute it as Windows does: words added with their carry, the field itself as zero.

    Raises:
        ValueError: It is no program for Windows.
    """
    field = _field(content)
    whole = bytearray(content)
    whole[field : field + 4] = bytes(4)
    whole += bytes(-len(whole) % 2)
    total = sum(memoryview(whole).cast("H"))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(content)


def _field(content: bytes | bytearray) -> int:
    header = int.from_bytes(content[0x3C:0x40], "little")
    if content[:2] != b"MZ" or content[header : header + 4] != b"PE\0\0":
        raise ValueError("not a program for Windows")
    return header + _CHECKSUM_OFFSET
