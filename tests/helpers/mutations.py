"""Damaged model files, the same for the same seed: what bad disks and downloads do to them."""

import pathlib
import random
from collections.abc import Callable

# The header of the tiny models with its vocabulary; behind it are the tensors.
_HEADER_SHARE = 0.02
_FIRST_BYTES = 256
_HUGE = (0, 1, 0x7F, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**63 - 1, 2**64 - 1)


def flip_bits(data: bytearray, draw: random.Random) -> None:
    """A few bits anywhere in the header."""
    for _ in range(draw.randint(1, 2)):
        data[_in_header(data, draw)] ^= 1 << draw.randrange(8)


def replace_bytes(data: bytearray, draw: random.Random) -> None:
    """A run of random bytes in the header."""
    begin, length = _in_header(data, draw), draw.randint(1, 16)
    data[begin : begin + length] = draw.randbytes(length)


def huge_number(data: bytearray, draw: random.Random) -> None:
    """An extreme number where a count, a length or an offset may stand."""
    size = draw.choice((4, 8))
    begin = draw.randrange(4, _FIRST_BYTES) if draw.random() < 0.5 else _in_header(data, draw)
    data[begin : begin + size] = (draw.choice(_HUGE) % 2 ** (8 * size)).to_bytes(size, "little")


def cut(data: bytearray, draw: random.Random) -> None:
    """The end is missing, anywhere from the first byte on."""
    del data[int(len(data) * draw.random() ** 3) :]


def remove(data: bytearray, draw: random.Random) -> None:
    """A run is missing: all that follows stands elsewhere."""
    begin = _in_header(data, draw)
    del data[begin : begin + draw.randint(1, 512)]


def repeat(data: bytearray, draw: random.Random) -> None:
    """A run stands there twice."""
    begin = _in_header(data, draw)
    data[begin:begin] = data[begin : begin + draw.randint(1, 512)]


MUTATORS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    flip_bits,
    replace_bytes,
    huge_number,
    cut,
    remove,
    repeat,
)


def write_mutant(source: pathlib.Path, target: pathlib.Path, seed: int) -> str:
    """Write a damaged copy; return the name of what was done to it."""
    draw = random.Random(seed)
    mutator = MUTATORS[seed % len(MUTATORS)]
    data = bytearray(source.read_bytes())
    mutator(data, draw)
    target.write_bytes(data)
    return mutator.__name__


def _in_header(data: bytearray, draw: random.Random) -> int:
    """A place in the header, near its beginning more often than not."""
    return int(len(data) * _HEADER_SHARE * draw.random() ** 2)
