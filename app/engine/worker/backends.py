"""Loading the engine's backends: each a library of its own in a packaged build.

Left to itself ggml looks for `libggml-*` beside the executable and in the current folder, where
anybody may have put one. So ours are loaded first, by absolute path, and without any it stops.
"""

import ctypes
import os
import pathlib

from app.domain.device import Skipped
from app.engine.worker import ggml
from app.engine.worker_environment import CPU_FOLDER, FOLDERS_VARIABLE

# What ggml would load besides.
_OTHER_VARIABLE = "GGML_BACKEND_PATH"
_KIND_CPU = 0
_SUFFIXES = (".so", ".dll", ".dylib")


class NoBackend(Exception):
    """The engine has nothing to compute on."""


def load_backends() -> tuple[Skipped, ...]:
    """Load what the parent named; an engine with its backends linked in has all it needs.

    Returns:
        What could not be loaded; without the GPU's library the CPU's still works.

    Raises:
        NoBackend: Not even the CPU's could be loaded.
    """
    os.environ.pop(_OTHER_VARIABLE, None)
    if ggml.registry_count():
        return ()
    skipped: list[Skipped] = []
    for folder in _folders():
        if folder.name == CPU_FOLDER:
            # Variants of one library: ggml takes the best that this processor can run.
            ggml.load_folder(os.fsencode(folder))
            continue
        faults = [_load(path) for path in sorted(folder.iterdir()) if _is_backend(path)]
        skipped += [Skipped(backend=folder.name, reason=fault) for fault in faults if fault]
    if not ggml.device_of_kind(_KIND_CPU):
        raise NoBackend("there is no library for this processor")
    return tuple(skipped)


def _folders() -> list[pathlib.Path]:
    names = os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep)
    folders = [pathlib.Path(name) for name in names if name]
    if not all(folder.is_absolute() for folder in folders):
        raise NoBackend("a folder of libraries is not absolute")
    return [folder for folder in folders if folder.is_dir()]


def _is_backend(path: pathlib.Path) -> bool:
    return path.name.startswith(("libggml-", "ggml-")) and path.suffix in _SUFFIXES


def _load(path: pathlib.Path) -> str:
    """Load a library; return why it cannot be used, empty if it can.

    Python opens it first: it says what is missing, and on Windows it looks for that in the
    library's own folder, which ggml does not.
    """
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        return f"cannot be loaded ({str(error).replace(f'{path}: ', '')})"
    if ggml.load_library(os.fsencode(path)):
        return ""
    return "does not work on this PC or with this version"
