"""A throw-away process that asks the engine what it is and what it can compute on.

Drivers crash and hang in discovery; so nobody who wants to live asks them directly.
"""

import os
import platform
import sys
from collections.abc import Callable
from typing import NoReturn

import msgspec

from app.domain.device import Device, EngineBuild
from app.pipe.sandbox import become_worker
from app.pipe.silence import stay_silent

# enum ggml_backend_dev_type
KINDS = {0: "cpu", 1: "gpu", 2: "igpu", 3: "accel"}
_METAL = b"MTL"


def run() -> NoReturn:
    """Print one JSON line, an `EngineBuild`, on what was stdout."""
    print_alone(_build)


def print_alone(make: Callable[[], msgspec.Struct]) -> NoReturn:
    """Print what that returns as one JSON line and end; all else that is printed goes to stderr."""
    become_worker()
    out = os.dup(1)
    os.dup2(2, 1)  # native code prints to fd 1
    line = memoryview(msgspec.json.encode(make()) + b"\n")
    while line:
        line = line[os.write(out, line) :]
    os._exit(0)  # a driver may crash or hang when it is unloaded, too


def devices() -> list[Device]:
    """List the registry, after `initialise`."""
    from app.engine.worker import ggml
    from app.engine.worker.nvidia import read_nvidia

    nvidia = {card.pci_id: card for card in read_nvidia()}
    found = []
    for handle in map(ggml.device_at, range(ggml.device_count())):
        properties = ggml.properties(handle)
        backend = ggml.backend_name(ggml.device_backend(handle))
        kind = KINDS.get(properties.kind, "other")
        if backend == _METAL and _is_apple_silicon():
            kind = "igpu"  # ggml calls it a GPU, but its memory is the RAM
        pci_id = (properties.id or b"").decode("ascii", "replace").lower()
        found.append(
            Device(
                name=properties.name.decode("utf-8", "replace"),
                description=properties.description.decode("utf-8", "replace"),
                kind=kind,
                total_bytes=properties.total_bytes,
                free_bytes=properties.free_bytes,
                id=pci_id,
                nvidia=nvidia.get(pci_id),
            )
        )
    return found


def _build() -> EngineBuild:
    import llama_cpp

    from app.engine.worker.cores import physical_cores
    from app.engine.worker.native import features, initialise

    skipped, found = initialise(), tuple(devices())
    is_silent = stay_silent(is_throw_away=False)  # not earlier: see the engine worker
    return EngineBuild(
        version=f"llama-cpp-python {llama_cpp.__version__}",
        features=features(),
        devices=found,
        threads=physical_cores(),
        skipped=skipped,
        is_silent=is_silent,
    )


def _is_apple_silicon() -> bool:
    return sys.platform == "darwin" and platform.machine() == "arm64"
