"""GGUF headers written byte by byte, so that they can lie."""

import struct

STRING, ARRAY, UINT32, FLOAT32 = 8, 9, 4, 6


def start(*, tensors: int, keys: int, version: int = 3, order: str = "<") -> bytes:
    """Magic, version and counts."""
    return b"GGUF" + struct.pack(f"{order}IQQ", version, tensors, keys)


def text(value: bytes | str, *, claimed: int | None = None) -> bytes:
    """A string, perhaps of another length than it says."""
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data) if claimed is None else claimed) + data


def uint32_key(name: str, value: int) -> bytes:
    """A key with a number."""
    return text(name) + struct.pack("<II", UINT32, value)


def array_key(name: str, kind: int, count: int, data: bytes = b"") -> bytes:
    """A key with an array."""
    return text(name) + struct.pack("<IIQ", ARRAY, kind, count) + data


def tensor(
    name: str, shape: tuple[int, ...], *, kind: int = 0, offset: int = 0, dimensions: int = -1
) -> bytes:
    """An entry of the table; kind 0 is f32."""
    count = len(shape) if dimensions < 0 else dimensions
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", count, *shape, kind, offset)


def padded(header: bytes, data_bytes: int = 0, *, alignment: int = 32) -> bytes:
    """The whole file."""
    return header + bytes(-len(header) % alignment + data_bytes)
