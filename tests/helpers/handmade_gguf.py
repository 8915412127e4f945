"""The kinds of wrong files that llama.cpp's own tests make by hand, and those that are right."""

import struct
from collections.abc import Callable

from tests.helpers.raw_gguf import (
    FLOAT32,
    STRING,
    UINT32,
    array_key,
    padded,
    start,
    tensor,
    text,
    uint32_key,
)

_INT32, _F32, _I8, _I64, _NO_TYPE = 5, 0, 24, 27, 9999
_ALIGNMENT = "general.alignment"
_KEYS = (
    text("general.architecture") + struct.pack("<I", STRING) + text("llama"),
    uint32_key("llama.block_count", 1),
    array_key("llama.list", FLOAT32, 3, bytes(12)),
)
_TENSORS = (tensor("a", (8,)), tensor("b", (4, 2), offset=32))
_DATA_BYTES = 64


def _header(version: int = 3, *, tensors: int = 0, keys: int = 0) -> bytes:
    return padded(start(tensors=tensors, keys=keys, version=version))


def _keys(*more: bytes, count: int = 0) -> bytes:
    all_keys = (*_KEYS, *more)
    return padded(start(tensors=0, keys=count or len(all_keys)) + b"".join(all_keys))


def _file(
    *table: bytes, keys: tuple[bytes, ...] = (), data_bytes: int = _DATA_BYTES, alignment: int = 32
) -> bytes:
    all_keys = (*_KEYS, *keys)
    head = start(tensors=len(table), keys=len(all_keys))
    return padded(head + b"".join((*all_keys, *table)), data_bytes, alignment=alignment)


_HUGE = 0x7FFFFFFFFFFFFFC0
_MOST = 2**64 - 1

HANDMADE: dict[str, Callable[[], bytes]] = {
    "header: magic": lambda: b"FUGG" + _header()[4:],
    "header: version 0": lambda: _header(0),
    "header: version 1": lambda: _header(1),
    "header: version of the future": lambda: _header(4),
    "header: number of tensors": lambda: _header(tensors=_MOST),
    "header: number of keys": lambda: _header(keys=_MOST),
    "header: nothing behind it": _header,
    "key: length": lambda: _keys(text("key", claimed=_MOST) + struct.pack("<II", UINT32, 1)),
    "key: empty": lambda: _keys(uint32_key("", 1)),
    "key: type": lambda: _keys(text("key") + struct.pack("<II", _NO_TYPE, 1)),
    "key: type in a list": lambda: _keys(array_key("key", _NO_TYPE, 2, bytes(8))),
    "key: length of a list": lambda: _keys(array_key("key", UINT32, _MOST)),
    "key: twice": lambda: _keys(uint32_key("key", 1), uint32_key("key", 2)),
    "key: alignment 13": lambda: _keys(uint32_key(_ALIGNMENT, 13)),
    "key: alignment is no number": lambda: _keys(text(_ALIGNMENT) + struct.pack("<Ii", _INT32, 1)),
    "key: all well": _keys,
    "tensor: name too long": lambda: _file(tensor("a" * 100, (8,))),
    "tensor: dimensions": lambda: _file(tensor("a", (8,), dimensions=2**32 - 1)),
    "tensor: shape below zero": lambda: _file(tensor("a", (2**64 - 8,))),
    "tensor: a dimension of 0": lambda: _file(tensor("a", (8, 0))),
    "tensor: too many values": lambda: _file(tensor("a", (2**62, 2**62))),
    "tensor: too many bytes": lambda: _file(tensor("a", (2**61,), kind=_I64)),
    "tensor: type": lambda: _file(tensor("a", (8,), kind=_NO_TYPE)),
    "tensor: offset": lambda: _file(tensor("a", (8,), offset=7)),
    "tensor: same name": lambda: _file(tensor("a", (8,)), tensor("a", (8,), offset=32)),
    "tensor: alignment 13": lambda: _file(*_TENSORS, keys=(uint32_key(_ALIGNMENT, 13),)),
    "tensor: another alignment than is said": lambda: _file(
        tensor("a", (8,)), tensor("b", (8,), offset=33), alignment=1
    ),
    "tensor: all well": lambda: _file(*_TENSORS, data_bytes=0),
    "data: not enough": lambda: _file(*_TENSORS, data_bytes=_DATA_BYTES - 1),
    "data: alignment 13": lambda: _file(*_TENSORS, keys=(uint32_key(_ALIGNMENT, 13),), alignment=1),
    "data: sizes add up to too much": lambda: _file(
        tensor("a", (_HUGE,), kind=_I8), tensor("b", (_HUGE,), kind=_I8, offset=_HUGE)
    ),
    "data: another alignment": lambda: _file(
        tensor("a", (8,)), keys=(uint32_key(_ALIGNMENT, 1),), alignment=1
    ),
    "data: all well": lambda: _file(*_TENSORS),
}
