"""A throw-away process that asks the engine what it is and what it can compute on.

Drivers crash and hang in discovery; so nobody who wants to live asks them directly.
"""

import ctypes
import os
from typing import Any

import msgspec

from app.domain.device import Device, EngineBuild

# enum ggml_backend_dev_type
_KINDS = {0: "cpu", 1: "gpu", 2: "igpu", 3: "accel"}


def run() -> int:
    """Print one JSON line, an `EngineBuild`, on what was stdout."""
    out = os.dup(1)
    os.dup2(2, 1)  # native code prints to fd 1
    import llama_cpp

    from app.engine.worker.native import features, initialise

    initialise()
    build = EngineBuild(
        version=f"llama-cpp-python {llama_cpp.__version__}",
        features=features(),
        devices=tuple(_devices()),
    )
    os.write(out, msgspec.json.encode(build) + b"\n")
    return 0


def _devices() -> list[Device]:
    from llama_cpp._ggml import libggml

    handle, text = ctypes.c_void_p, ctypes.c_char_p
    get = _function(libggml.ggml_backend_dev_get, handle, [ctypes.c_size_t])
    name = _function(libggml.ggml_backend_dev_name, text, [handle])
    description = _function(libggml.ggml_backend_dev_description, text, [handle])
    kind = _function(libggml.ggml_backend_dev_type, ctypes.c_int, [handle])
    count = _function(libggml.ggml_backend_dev_count, ctypes.c_size_t, [])
    size_pointer = ctypes.POINTER(ctypes.c_size_t)
    memory = _function(libggml.ggml_backend_dev_memory, None, [handle, size_pointer, size_pointer])
    devices = []
    for index in range(count()):
        device = get(index)
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        memory(device, ctypes.byref(free), ctypes.byref(total))
        devices.append(
            Device(
                name=name(device).decode("utf-8", "replace"),
                description=description(device).decode("utf-8", "replace"),
                kind=_KINDS.get(kind(device), "other"),
                total_bytes=total.value,
                free_bytes=free.value,
            )
        )
    return devices


def _function(function: Any, result: Any, arguments: list[Any]) -> Any:  # noqa: ANN401 - ctypes
    function.restype, function.argtypes = result, arguments
    return function
