"""Runtime packs: what an engine needs for one kind of graphics card, fetched by who has one.

An archive holds pack.json first, then the licence that has to be accepted, then the libraries.
`app/services/pack_unpacking.py` reads it, on a Python that knows xz but not Zstandard.
"""

import io
import json
import lzma
import pathlib
import re
import tarfile
from dataclasses import asdict, dataclass

from release.project import source_date_epoch
from release.sums import sha256

INFO = "pack.json"
LICENCE = "LICENSE-NVIDIA"
_PREFIX, _SUFFIX = "cierzo-pack-", ".tar.xz"
_XZ_PRESET = 6


@dataclass(frozen=True)
class Kind:
    """What is known of a pack before it is built.

    Attributes:
        minimum_driver: Version of the graphics driver, compared number by number.
        compute_capabilities: Of the cards that it has code for, as NVIDIA writes them.
        needs: What its files are called, without what differs between versions and systems.
    """

    minimum_driver: str
    compute_capabilities: tuple[str, ...]
    needs: tuple[str, ...]


# CUDA 13 runs with any driver from 580 on, and on cards from Turing on.
KINDS = {
    "cuda13": Kind(
        minimum_driver="580",
        compute_capabilities=("7.5", "8.0", "8.6", "8.9", "9.0", "10.0", "12.0"),
        needs=("ggml-cuda", "cudart", "cublas", "cublasLt", LICENCE),
    )
}


class PackIncompleteError(Exception):
    """Something that has to be in a pack is missing."""


@dataclass(frozen=True)
class Pack:
    """What an archive says of itself.

    Attributes:
        unpacked_bytes: Of all files in it.
        licence: The text that has to be accepted.
    """

    name: str
    abi: str
    target: str
    path: pathlib.Path
    unpacked_bytes: int
    minimum_driver: str
    compute_capabilities: tuple[str, ...]
    licence: str


def make_pack(
    folder: pathlib.Path, dist: pathlib.Path, *, name: str, abi: str, target: str
) -> pathlib.Path:
    """Make an archive of the files in a folder; the same bytes from the same files.

    Args:
        folder: What `packaging/build-engine` made, the NVIDIA libraries and their licence.
        dist: Gets the archive.
        name: Which of `KINDS`.
        abi: Of the engine that it belongs to; engine.json has it.
        target: What it is built for, e.g. ``linux-x86_64``.

    Raises:
        PackIncompleteError: A library or the licence is missing.
    """
    files = [path for path in folder.iterdir() if path.is_file() and path.name != INFO]
    files.sort(key=lambda path: (not path.name.startswith(LICENCE), path.name))
    _expect(KINDS[name], files)
    facts = asdict(KINDS[name])
    info: dict[str, object] = {"name": name, "abi": abi, "target": target}
    info |= {key: facts[key] for key in ("minimum_driver", "compute_capabilities")}
    info["files"] = [_facts(path) for path in files]
    content = json.dumps(info, indent=1).encode() + b"\n"
    archive = dist / f"{_PREFIX}{name}-{abi}-{target}{_SUFFIX}"
    archive.parent.mkdir(parents=True, exist_ok=True)
    with (
        lzma.open(archive, "wb", preset=_XZ_PRESET) as stream,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.USTAR_FORMAT) as tar,
    ):
        tar.addfile(_entry(INFO, len(content)), io.BytesIO(content))
        for path in files:
            with path.open("rb") as file:
                tar.addfile(_entry(path.name, path.stat().st_size), file)
    return archive


def read_pack(path: pathlib.Path) -> Pack:
    """What an archive of ours says of itself.

    Raises:
        PackIncompleteError: It is none of ours, or it is named after another one.
    """
    with tarfile.open(path, "r|xz") as tar:
        content = _next(tar, INFO)
        licence = _next(tar, LICENCE)
    info = json.loads(content)
    if path.name != f"{_PREFIX}{info['name']}-{info['abi']}-{info['target']}{_SUFFIX}":
        reason = f"{path.name} holds {info['name']} of {info['abi']} for {info['target']}."
        raise PackIncompleteError(reason)
    unpacked = (len(content), *(file["bytes"] for file in info["files"]))
    return Pack(
        name=info["name"],
        abi=info["abi"],
        target=info["target"],
        path=path,
        unpacked_bytes=sum(unpacked),
        minimum_driver=info["minimum_driver"],
        compute_capabilities=tuple(info["compute_capabilities"]),
        licence=licence.decode("utf-8", errors="replace"),
    )


def _next(tar: tarfile.TarFile, beginning: str) -> bytes:
    """The content of the next file, which is called so."""
    entry = tar.next()
    file = tar.extractfile(entry) if entry and entry.name.startswith(beginning) else None
    if file is None:
        raise PackIncompleteError(f"{tar.name!s} has no {beginning} where it should be.")
    return file.read()


def packs_in(dist: pathlib.Path) -> list[Pack]:
    """All that lie in the folder."""
    return [read_pack(path) for path in sorted(dist.glob(f"{_PREFIX}*{_SUFFIX}"))]


def _expect(kind: Kind, files: list[pathlib.Path]) -> None:
    def is_there(need: str) -> bool:
        return any(re.match(rf"(lib)?{need}(?![A-Za-z])", path.name) for path in files)

    if missing := [need for need in kind.needs if not is_there(need)]:
        raise PackIncompleteError(f"The pack lacks {', '.join(missing)}.")


def _facts(path: pathlib.Path) -> dict[str, object]:
    return {"path": path.name, "bytes": path.stat().st_size, "sha256": sha256(path)}


def _entry(name: str, size_bytes: int) -> tarfile.TarInfo:
    """Without what differs from machine to machine: times, owners, modes."""
    entry = tarfile.TarInfo(name)
    entry.size = size_bytes
    entry.mode = 0o644
    entry.mtime = source_date_epoch()
    return entry
