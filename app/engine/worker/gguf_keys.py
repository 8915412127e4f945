"""Single values of a GGUF, through ggml's own reader; of files the engine loads anyway."""

import ctypes
import os
import pathlib
import struct
from typing import Any

from app.engine.worker.native import libggml_base

_UINT32, _BOOL, _STRING = 4, 7, 8  # enum gguf_type


class _InitParams(ctypes.Structure):
    _fields_ = (("no_alloc", ctypes.c_bool), ("context", ctypes.c_void_p))


def _function(name: str, result: Any, *arguments: Any) -> Any:  # noqa: ANN401 - ctypes
    function = getattr(libggml_base, name)
    function.restype, function.argtypes = result, arguments
    return function


_open = _function("gguf_init_from_file", ctypes.c_void_p, ctypes.c_char_p, _InitParams)
_free = _function("gguf_free", None, ctypes.c_void_p)
_find = _function("gguf_find_key", ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p)
_type = _function("gguf_get_kv_type", ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_data_offset = _function("gguf_get_data_offset", ctypes.c_size_t, ctypes.c_void_p)
_tensors = _function("gguf_get_n_tensors", ctypes.c_int64, ctypes.c_void_p)
_tensor_offset = _function(
    "gguf_get_tensor_offset", ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int64
)
_tensor_size = _function("gguf_get_tensor_size", ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int64)
_find_tensor = _function("gguf_find_tensor", ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p)
_tensor_type = _function("gguf_get_tensor_type", ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
# enum ggml_type -> how `struct` names it
_FLOATS = {0: "f", 1: "e"}
_GETTERS = {
    _UINT32: _function("gguf_get_val_u32", ctypes.c_uint32, ctypes.c_void_p, ctypes.c_int64),
    _BOOL: _function("gguf_get_val_bool", ctypes.c_bool, ctypes.c_void_p, ctypes.c_int64),
    _STRING: _function("gguf_get_val_str", ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int64),
}


def read_keys(path: str, keys: tuple[str, ...]) -> dict[str, int | bool | str]:
    """Read those of the keys that the file has as a number, a truth value or a string.

    Raises:
        ValueError: It is not a readable GGUF, or its end is missing.
    """
    header = _open(os.fsencode(path), _InitParams(no_alloc=True, context=None))
    if not header:
        raise ValueError("not a readable GGUF")
    try:
        if pathlib.Path(path).stat().st_size < _end(header):
            raise ValueError("a part is missing")
        found: dict[str, int | bool | str] = {}
        for key in keys:
            index = _find(header, key.encode())
            getter = _GETTERS.get(_type(header, index)) if index >= 0 else None
            if getter:
                value = getter(header, index)
                found[key] = value.decode("utf-8", "replace") if type(value) is bytes else value
        return found
    finally:
        _free(header)


def read_vector(path: str, name: str) -> tuple[float, ...]:
    """Read a small tensor of floats; empty where the file has none by that name and of that kind.

    Raises:
        OSError: The file cannot be read.
    """
    header = _open(os.fsencode(path), _InitParams(no_alloc=True, context=None))
    if not header:
        return ()
    try:
        index = _find_tensor(header, name.encode())
        kind = _FLOATS.get(_tensor_type(header, index)) if index >= 0 else None
        if kind is None:
            return ()
        offset = _data_offset(header) + _tensor_offset(header, index)
        size = _tensor_size(header, index)
    finally:
        _free(header)
    with pathlib.Path(path).open("rb") as file:
        file.seek(offset)
        data = file.read(size)
    if len(data) < size:
        return ()
    return struct.unpack(f"<{size // struct.calcsize(kind)}{kind}", data)


def _end(header: Any) -> int:  # noqa: ANN401 - ctypes
    """Where the last tensor ends, in bytes from the start of the file."""
    ends = (_tensor_offset(header, i) + _tensor_size(header, i) for i in range(_tensors(header)))
    return int(_data_offset(header)) + max(ends, default=0)
