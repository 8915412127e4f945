"""What a published file contains: bytes, or a pattern that takes no memory however large it is."""

import functools
import hashlib
import random
import struct
from collections.abc import Iterator

import msgspec

PIECE_BYTES = 1 << 20
# A prime just below a power of two: parts that land in the wrong place change the hash, whatever
# power of two the places are multiples of.
_PERIOD_BYTES = 1048573
# A GGUF of version 3 that says it has neither tensors nor keys.
_HEADER = b"GGUF" + struct.pack("<IQQ", 3, 0, 0)


class Pattern(msgspec.Struct, frozen=True):
    """The content of a file that begins like a GGUF; the same for the same size and seed."""

    size_bytes: int
    seed: int = 0


Content = bytes | Pattern


def size_of(content: Content) -> int:
    """In bytes."""
    return content.size_bytes if isinstance(content, Pattern) else len(content)


def piece_of(content: Content, start: int, end: int) -> memoryview:
    """Bytes from `start` to before `end`, or fewer, but at least one; nothing is copied."""
    return _piece(content, start)[: end - start]


def pieces_of(content: Content) -> Iterator[memoryview]:
    """All of it."""
    start, end = 0, size_of(content)
    while start < end:
        piece = piece_of(content, start, end)
        yield piece
        start += len(piece)


@functools.lru_cache(maxsize=64)
def sha256_of(content: Content) -> str:
    """In hex."""
    digest = hashlib.sha256()
    for piece in pieces_of(content):
        digest.update(piece)
    return digest.hexdigest()


@functools.lru_cache(maxsize=64)
def git_oid_of(content: bytes) -> str:
    """The name under which git keeps a small file."""
    blob = b"blob %d\0" % len(content) + content
    return hashlib.sha1(blob, usedforsecurity=False).hexdigest()


def _piece(content: Content, start: int) -> memoryview:
    if isinstance(content, bytes):
        return memoryview(content)[start:]
    if start < len(_HEADER):
        return memoryview(_HEADER)[start:]
    offset = start % _PERIOD_BYTES
    return _block(content.seed)[offset : offset + PIECE_BYTES]


@functools.lru_cache(maxsize=8)
def _block(seed: int) -> memoryview:
    period = random.Random(seed).randbytes(_PERIOD_BYTES)
    return memoryview(period * 3)
