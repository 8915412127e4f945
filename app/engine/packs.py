"""Where the engine's libraries lie in a packaged build.

    core/            libllama, libggml, libggml-base, libmtmd
    cpu/             libggml-cpu-*: one variant per generation of processors
    vulkan/ metal/ cuda*/   a backend of a GPU with what it needs
    engine.json      which engine it is: packs that are fetched apart belong to one alone

A development build has all of it linked together inside the Python package, and none of this.
"""

import os
import pathlib
from collections.abc import Mapping

import msgspec

import app
from app.domain.undecodable import UNDECODABLE
from app.engine.worker_environment import CPU_FOLDER, FOLDERS_VARIABLE

# For tests and for people who build the engine themselves.
FOLDER_VARIABLE = "CIERZO_ENGINE"
_FOLDER_NAME = "llama"
_ABOUT = "engine.json"
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


def engine_abi(folder: pathlib.Path) -> str:
    """What the engine in that folder is called; "" if it does not say."""
    try:
        return msgspec.json.decode((folder / _ABOUT).read_bytes(), type=_About).abi
    except (OSError, *UNDECODABLE):
        return ""


def use_runtimes(folder: pathlib.Path) -> None:
    """Find packs there from now on; called once, by who starts the program.

    Engines are started from half a dozen places, and all of them mean this folder.
    """
    _runtimes.clear()
    _runtimes.append(folder.absolute())


def gpu_packs(folder: pathlib.Path) -> list[pathlib.Path]:
    """The folders of GPU backends, best first; those of an unknown kind are left alone.

    Of a pack that was fetched and one of the same kind that came along the fetched one is tried
    first.
    """
    packs = [
        (rank, place, path.name, path)
        for place, where in enumerate((*_fetched_to(folder), folder))
        for path in (where.iterdir() if where.is_dir() else ())
        if path.is_dir() and (rank := _rank(path)) is not None
    ]
    return [path for *_, path in sorted(packs)]


def is_fetched(pack: pathlib.Path) -> bool:
    """Whether it was fetched apart and did not come along."""
    return any(pack.is_relative_to(folder) for folder in _runtimes)


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


class _About(msgspec.Struct, frozen=True):
    """What `engine.json` says, as far as it matters here."""

    abi: str


_runtimes: list[pathlib.Path] = []


def _fetched_to(folder: pathlib.Path) -> list[pathlib.Path]:
    """Where packs for the engine in that folder are."""
    abi = engine_abi(folder)
    return [runtimes / abi for runtimes in _runtimes] if abi and _runtimes else []


def _rank(pack: pathlib.Path) -> int | None:
    ranks = (rank for rank, kind in enumerate(_ORDER) if pack.name.startswith(kind))
    return next(ranks, None)
