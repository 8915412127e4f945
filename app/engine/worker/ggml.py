"""The part of ggml's C API that llama-cpp-python does not bind.

Everything is taken from the copies that libllama itself is linked to. A library that is opened
under another name, or lies in another folder, would be a second one beside it, with a device
registry and an abort callback of its own that llama.cpp never looks at.
"""

import ctypes
import os
from typing import Any

from llama_cpp import llama_cpp as llama
from llama_cpp._ctypes_extensions import load_shared_library

_POINTER, _TEXT = ctypes.c_void_p, ctypes.c_char_p
_INT, _INT64, _SIZE = ctypes.c_int, ctypes.c_int64, ctypes.c_size_t


def _library(name: str) -> Any:  # noqa: ANN401 - ctypes
    """On POSIX a handle reaches what it was linked to; on Windows the path decides which copy."""
    return llama._lib if os.name == "posix" else load_shared_library(name, llama._base_path)


libggml = _library("ggml")
libggml_base = _library("ggml-base")


def _declare(library: Any, name: str, result: Any, *arguments: Any) -> Any:  # noqa: ANN401 - ctypes
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


class DeviceProperties(ctypes.Structure):
    """ggml_backend_dev_props."""

    _fields_ = [
        ("name", _TEXT),
        ("description", _TEXT),
        ("free_bytes", _SIZE),
        ("total_bytes", _SIZE),
        ("kind", _INT),
        ("id", _TEXT),
        ("capabilities", ctypes.c_bool * 5),
    ]


class InitParameters(ctypes.Structure):
    """ggml_init_params."""

    _fields_ = [
        ("size_bytes", _SIZE),
        ("buffer", _POINTER),
        ("has_no_data", ctypes.c_bool),
    ]


registry_count = _declare(libggml, "ggml_backend_reg_count", _SIZE)
load_library = _declare(libggml, "ggml_backend_load", _POINTER, _TEXT)
load_folder = _declare(libggml, "ggml_backend_load_all_from_path", None, _TEXT)
device_count = _declare(libggml, "ggml_backend_dev_count", _SIZE)
device_at = _declare(libggml, "ggml_backend_dev_get", _POINTER, _SIZE)
device_of_kind = _declare(libggml, "ggml_backend_dev_by_type", _POINTER, _INT)
device_properties = _declare(
    libggml_base, "ggml_backend_dev_get_props", None, _POINTER, ctypes.POINTER(DeviceProperties)
)
device_backend = _declare(libggml_base, "ggml_backend_dev_backend_reg", _POINTER, _POINTER)
device_start = _declare(libggml_base, "ggml_backend_dev_init", _POINTER, _POINTER, _TEXT)
device_buffer_type = _declare(libggml_base, "ggml_backend_dev_buffer_type", _POINTER, _POINTER)
device_supports = _declare(
    libggml_base, "ggml_backend_dev_supports_op", ctypes.c_bool, _POINTER, _POINTER
)
backend_name = _declare(libggml_base, "ggml_backend_reg_name", _TEXT, _POINTER)
backend_function = _declare(
    libggml_base, "ggml_backend_reg_get_proc_address", _POINTER, _POINTER, _TEXT
)
backend_free = _declare(libggml_base, "ggml_backend_free", None, _POINTER)
compute = _declare(libggml_base, "ggml_backend_graph_compute", _INT, _POINTER, _POINTER)
buffer_make = _declare(libggml_base, "ggml_backend_buft_alloc_buffer", _POINTER, _POINTER, _SIZE)
buffer_base = _declare(libggml_base, "ggml_backend_buffer_get_base", _POINTER, _POINTER)
buffer_clear = _declare(libggml_base, "ggml_backend_buffer_clear", None, _POINTER, ctypes.c_uint8)
buffer_free = _declare(libggml_base, "ggml_backend_buffer_free", None, _POINTER)
buffer_for_context = _declare(
    libggml_base, "ggml_backend_alloc_ctx_tensors_from_buft", _POINTER, _POINTER, _POINTER
)
tensor_place = _declare(
    libggml_base, "ggml_backend_tensor_alloc", _INT, _POINTER, _POINTER, _POINTER
)
tensor_set = _declare(
    libggml_base, "ggml_backend_tensor_set", None, _POINTER, _POINTER, _SIZE, _SIZE
)
tensor_bytes = _declare(libggml_base, "ggml_nbytes", _SIZE, _POINTER)
type_name = _declare(libggml_base, "ggml_type_name", _TEXT, _INT)
row_bytes = _declare(libggml_base, "ggml_row_size", _SIZE, _INT, _INT64)
context_make = _declare(libggml_base, "ggml_init", _POINTER, InitParameters)
context_free = _declare(libggml_base, "ggml_free", None, _POINTER)
matrix = _declare(libggml_base, "ggml_new_tensor_2d", _POINTER, _POINTER, _INT, _INT64, _INT64)
cube = _declare(
    libggml_base, "ggml_new_tensor_3d", _POINTER, _POINTER, _INT, _INT64, _INT64, _INT64
)
product = _declare(libggml_base, "ggml_mul_mat", _POINTER, _POINTER, _POINTER, _POINTER)
product_by_id = _declare(
    libggml_base, "ggml_mul_mat_id", _POINTER, _POINTER, _POINTER, _POINTER, _POINTER
)
norm = _declare(libggml_base, "ggml_rms_norm", _POINTER, _POINTER, _POINTER, ctypes.c_float)
multiply = _declare(libggml_base, "ggml_mul", _POINTER, _POINTER, _POINTER, _POINTER)
add = _declare(libggml_base, "ggml_add", _POINTER, _POINTER, _POINTER, _POINTER)
graph_make = _declare(
    libggml_base, "ggml_new_graph_custom", _POINTER, _POINTER, _SIZE, ctypes.c_bool
)
graph_bytes = _declare(libggml_base, "ggml_graph_overhead_custom", _SIZE, _SIZE, ctypes.c_bool)
graph_add = _declare(libggml_base, "ggml_build_forward_expand", None, _POINTER, _POINTER)
tensor_overhead_bytes = _declare(libggml_base, "ggml_tensor_overhead", _SIZE)


def properties(device: int) -> DeviceProperties:
    """What a device says of itself."""
    answer = DeviceProperties()
    device_properties(device, ctypes.byref(answer))
    return answer


def extra_buffer_types(device: int) -> list[int]:
    """Kinds of memory in which the processor has weights in an order of its own, best first."""
    address = backend_function(device_backend(device), b"ggml_backend_dev_get_extra_bufts")
    if not address:
        return []
    find = ctypes.CFUNCTYPE(ctypes.POINTER(_POINTER), _POINTER)(address)
    found = find(device)
    types: list[int] = []
    while found and found[len(types)]:
        types.append(found[len(types)])
    return types


def set_threads(backend: int, device: int, threads: int) -> None:
    """Have a backend of the processor compute with so many threads."""
    address = backend_function(device_backend(device), b"ggml_backend_set_n_threads")
    if address:
        ctypes.CFUNCTYPE(None, _POINTER, _INT)(address)(backend, threads)
