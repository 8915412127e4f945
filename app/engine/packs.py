"""Where the engine's libraries lie in a packaged build.

    core/            libllama, libggml, libggml-base, libmtmd
    cpu/             libggml-cpu-*: one variant per generation of processors
    vulkan/ metal/ cuda*/   a backend of a GPU with what it needs

A development build has all of it linked together inside the Python package, and none of this.
"""

import os
import pathlib
from collections.abc import Mapping

import app
from app.engine.worker_environment import CPU_FOLDER, FOLDERS_VARIABLE

# For tests and for people who build the engine themselves.
FOLDER_VARIABLE = "CIERZO_ENGINE"
_FOLDER_NAME = "llama"
_CORE_FOLDER = "core"
# Best first: two of them would offer the same card twice.
_ORDER = ("cuda", "hip", "metal", "vulkan")
_NAMES = {"cuda": "CUDA", "hip": "ROCm", "metal": "Metal", "vulkan": "Vulkan"}


def engine_folder() -> pathlib.Path | None:
    """The folder that the libraries lie in; None in a development build."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    beside = pathlib.Path(app.__file__).absolute().parents[1] / _FOLDER_NAME
    folder = pathlib.Path(chosen).absolute() if chosen else beside
    return folder if (folder / CPU_FOLDER).is_dir() else None


def gpu_packs(folder: pathlib.Path) -> list[pathlib.Path]:
    """The folders of GPU backends, best first; those of an unknown kind are left alone."""
    packs = [path for path in folder.iterdir() if path.is_dir() and _rank(path) is not None]
    return sorted(packs, key=lambda path: (_rank(path) or 0, path.name))


def name_of(pack: pathlib.Path) -> str:
    """What people call it."""
    rank = _rank(pack)
    return pack.name if rank is None else _NAMES[_ORDER[rank]]


def environment_for(folder: pathlib.Path, pack: pathlib.Path | None) -> Mapping[str, str]:
    """What an engine process needs to use that GPU pack, or only the processor."""
    packs = [pack] if pack else []
    environment = {
        FOLDERS_VARIABLE: os.pathsep.join(map(str, (*packs, folder / CPU_FOLDER))),
    }
    core = folder / _CORE_FOLDER
    if core.is_dir():
        environment |= {"LLAMA_CPP_LIB_PATH": str(core), "MTMD_CPP_LIB": str(core)}
    return environment


def _rank(pack: pathlib.Path) -> int | None:
    ranks = (rank for rank, kind in enumerate(_ORDER) if pack.name.startswith(kind))
    return next(ranks, None)
