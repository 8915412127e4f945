"""The engine of the packages: llama.cpp with every backend in a library of its own.

    core/      libllama, libmtmd, libggml, libggml-base, and on Linux OpenMP's runtime
    cpu/       libggml-cpu-*: one per generation of processors
    vulkan/    a backend of graphics cards; metal/ on macOS
    engine.json

Compiling takes most of an hour on two cores, so each backend is kept by what decides its bytes:
source, flags and compilers. Whoever comes while another compiles waits; what was interrupted goes
on where it stopped.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from filelock import FileLock

from release.elf import newest_glibc
from release.engine_flags import cmake_targets, default_backends, flags
from release.engine_source import abi, cache_folder, locked, source
from release.project import target
from release.vulkan_tools import vulkan_flags, vulkan_version

_CORE = ("ggml", "ggml-base", "llama", "mtmd")
_SUFFIXES = (".so", ".dylib", ".dll")
_OPENMP = "libgomp.so.1"
_HASH_DIGITS = 12

# Flags and tools.
Facts: TypeAlias = dict[str, list[str]]


def built_engine(backends: Sequence[str] = ()) -> pathlib.Path:
    """The folder of the engine with these backends; compiles what is not there.

    Args:
        backends: None are those of the installer; the CPU's is always part of it.
    """
    facts = plan(backends)
    folder = engine_folder(facts)
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    parts = [part(backend, fact) for backend, fact in facts.items()]
    with tempfile.TemporaryDirectory(dir=_engines()) as aside:
        whole = pathlib.Path(aside) / "engine"
        for path in parts:
            shutil.copytree(path, whole, copy_function=os.link, dirs_exist_ok=True)
        _describe(whole, facts)
        _put_in_place(whole, folder)
    return folder


def plan(backends: Sequence[str] = ()) -> dict[str, Facts]:
    """What decides the bytes of each backend, in the order in which they are compiled."""
    names = dict.fromkeys(("cpu", *(backends or default_backends(target()))))
    return {name: _facts(name) for name in names}


def engine_folder(facts: Mapping[str, Facts]) -> pathlib.Path:
    """Where an engine lies once it is built."""
    return _engines() / f"{abi()}-{_digest(facts)}"


def part(backend: str, facts: Facts) -> pathlib.Path:
    """The folder with what a backend adds to the engine; compiles it if it is not there."""
    key = f"{abi()}-{backend}-{_digest(facts)}"
    folder = _engines() / "parts" / key
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{key}.lock")):
        if folder.is_dir():
            return folder
        build = _engines() / "build" / key
        _compile(backend, build)
        with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
            made = pathlib.Path(aside) / "part"
            for path in _libraries(backend, build / "bin"):
                place = made / ("core" if is_core(path) else backend)
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, place / path.name)
            _put_in_place(made, folder)
        shutil.rmtree(build)
    return folder


def is_core(path: pathlib.Path) -> bool:
    """Whether a library belongs to the engine itself and not to one of its backends."""
    return path.name == _OPENMP or path.stem.removeprefix("lib") in _CORE


def _engines() -> pathlib.Path:
    return cache_folder() / "engine"


def _facts(backend: str) -> Facts:
    tools = [_first_line(compiler) for compiler in _compilers()]
    if backend == "vulkan":
        tools.append(vulkan_version())
    elif backend.startswith("cuda"):
        tools.append(_output("nvcc", "--version").splitlines()[-1])
    return {"flags": list(flags(target(), backend)), "tools": tools}


def _compilers() -> tuple[str, str]:
    """The commands that cmake will use, too."""
    if target().startswith("windows-"):
        return "clang", "clang++"
    return os.environ.get("CC", "cc"), os.environ.get("CXX", "c++")


def _first_line(compiler: str) -> str:
    return _output(compiler, "--version").splitlines()[0]


def _digest(facts: object) -> str:
    text = json.dumps([target(), facts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]


def _in_a_flag(folder: str) -> str:
    """The compiler's flags are one text, which shells of all systems take apart at spaces."""
    return f'"{folder}"' if " " in folder else folder


def _compile(backend: str, build: pathlib.Path) -> None:
    """Configure and build; goes on where an earlier one was interrupted."""
    build.mkdir(parents=True, exist_ok=True)
    folders = {"source": str(source()), "build": str(build)}
    quoted = {name: _in_a_flag(folder) for name, folder in folders.items()}
    arguments = [flag.format(**quoted) for flag in flags(target(), backend)]
    if backend == "vulkan":
        arguments += vulkan_flags()
    environment = {
        **os.environ,
        # No time and no commit but those of the source get into the libraries.
        "SOURCE_DATE_EPOCH": "0",
        "GIT_CEILING_DIRECTORIES": str(source().parent),
        "LC_ALL": "C",
        "TZ": "UTC",
    }
    configure = [
        "cmake",
        "-G",
        "Ninja",
        "-S",
        folders["source"],
        "-B",
        folders["build"],
        *arguments,
    ]
    make = ["cmake", "--build", folders["build"], "--target", *cmake_targets(backend)]
    for command in (configure, make):
        subprocess.run(command, env=environment, stdout=sys.stderr, check=True)


def _libraries(backend: str, binaries: pathlib.Path) -> Iterable[pathlib.Path]:
    """Of all that was built, what is shipped."""
    built = sorted(path for path in binaries.iterdir() if path.suffix in _SUFFIXES)
    if backend != "cpu":
        # It was linked to a core of its own, equal to that of the CPU's build.
        return [path for path in built if not is_core(path)]
    return [*built, *_runtime()]


def _runtime() -> list[pathlib.Path]:
    """What GNU's compiler links to and not every system has."""
    if not target().startswith("linux-"):
        return []
    return [pathlib.Path(_output(_compilers()[0], f"-print-file-name={_OPENMP}").strip())]


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _describe(engine: pathlib.Path, facts: Mapping[str, Facts]) -> None:
    content: dict[str, object] = {
        "abi": abi(),
        "version": locked()[0],
        "backends": list(facts),
        "target": target(),
        **{word: {name: fact[word] for name, fact in facts.items()} for word in ("flags", "tools")},
    }
    if target().startswith("linux-"):
        content["libc"] = newest_glibc(engine.glob("*/*.so*"))
    text = json.dumps(content, indent=1, sort_keys=True) + "\n"
    (engine / "engine.json").write_text(text, encoding="utf-8")


def _put_in_place(made: pathlib.Path, folder: pathlib.Path) -> None:
    """Rename; another process may have been first, with the same."""
    try:
        made.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
