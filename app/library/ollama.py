"""Models that Ollama keeps: manifests that name blobs.

    MODELS/manifests/HOST/NAMESPACE/NAME/TAG      JSON; since 2026 also below manifests-v2, as links
    MODELS/blobs/sha256-HEX                       what a manifest's layers name by "sha256:HEX"

Learnt from ollama/ollama: envconfig/config.go (OLLAMA_MODELS, earlier OLLAMA_HOME, else
~/.ollama/models), manifest/{paths,manifest}.go (layout, links, lists of manifests); the folder of
Linux's service from reports of people who run it. Not tried against a real installation.
"""

import pathlib
import re
from collections.abc import Iterable, Iterator

import msgspec

from app.domain.library import Found
from app.domain.undecodable import UNDECODABLE
from app.domain.well_formed import as_text
from app.library.small_files import is_gguf, read_small
from app.library.surroundings import Surroundings

APP = "Ollama"
_MANIFEST_FOLDERS = ("manifests-v2", "manifests")
_MOST_MANIFEST_BYTES = 1 << 20
_MOST_MANIFESTS = 10_000
_DIGEST = re.compile(r"sha256[:-]([0-9a-fA-F]{64})")
_MODEL = "application/vnd.ollama.image.model"
_PROJECTOR = "application/vnd.ollama.image.projector"
_LIST = "application/vnd.ollama.manifest.list.v2+json"
_OWN_HOST, _OWN_NAMESPACE = "registry.ollama.ai", "library"


class _Layer(msgspec.Struct, rename="camel"):
    media_type: str = ""
    digest: str = ""


class _Manifest(msgspec.Struct, rename="camel"):
    """A list of manifests holds children, or only the digests of blobs that hold them."""

    media_type: str = ""
    layers: tuple[_Layer, ...] | None = None
    manifests: tuple["_Manifest", ...] | None = None
    digest: str = ""


def folders(surroundings: Surroundings) -> list[pathlib.Path]:
    """Where models may lie: of this person, then of Linux's service."""
    chosen = surroundings.folder("OLLAMA_MODELS")
    moved = surroundings.folder("OLLAMA_HOME")
    own = chosen or (moved or surroundings.home / ".ollama") / "models"
    if surroundings.platform != "linux":
        return [own]
    return [own, surroundings.root / "usr/share/ollama/.ollama/models"]


def is_store(folder: pathlib.Path) -> bool:
    """Whether a folder is laid out as Ollama's models are."""
    return (folder / "blobs").is_dir() and any(
        (folder / name).is_dir() for name in _MANIFEST_FOLDERS
    )


def find(folder: pathlib.Path) -> list[Found]:
    """List the models of a store, each blob once, by name."""
    found: dict[pathlib.Path, Found] = {}
    for root in _MANIFEST_FOLDERS:
        for path in _manifest_files(folder / root):
            manifest = _read(path)
            model = _found(folder, _name(path.relative_to(folder / root)), manifest)
            if model:
                found.setdefault(model.files[0], model)
    return sorted(found.values(), key=lambda model: model.name)


def _manifest_files(root: pathlib.Path) -> Iterator[pathlib.Path]:
    count = 0
    try:
        for path in root.glob("*/*/*/*"):
            count += 1
            if count > _MOST_MANIFESTS:
                return
            if as_text(str(path)) == str(path):
                yield path
    except OSError:
        return


def _read(path: pathlib.Path) -> _Manifest:
    content = read_small(path, most_bytes=_MOST_MANIFEST_BYTES)
    try:
        return msgspec.json.decode(content or b"{}", type=_Manifest)
    except UNDECODABLE:
        return _Manifest()


def _found(folder: pathlib.Path, name: str, manifest: _Manifest) -> Found | None:
    """The first model of a manifest, or of the manifests in it, that is a GGUF and is there."""
    for one in _children(folder, manifest):
        layers = one.layers or ()
        model = _blob(folder, layers, _MODEL)
        if model is None:
            continue
        projector = _blob(folder, layers, _PROJECTOR)
        files = (model, projector) if projector else (model,)
        try:
            size_bytes = sum(path.stat().st_size for path in files)
        except OSError:
            continue
        return Found(app=APP, name=name, files=(model,), size_bytes=size_bytes, projector=projector)
    return None


def _children(folder: pathlib.Path, manifest: _Manifest) -> Iterator[_Manifest]:
    yield manifest
    if manifest.media_type == _LIST:
        for child in manifest.manifests or ():
            blob = _path(folder, child.digest)
            yield _read(blob) if blob and child.layers is None else child


def _blob(folder: pathlib.Path, layers: Iterable[_Layer], kind: str) -> pathlib.Path | None:
    """The only layer of that kind; a model in several files has another layout than ours."""
    paths = [_path(folder, layer.digest) for layer in layers if layer.media_type == kind]
    path = paths[0] if len(paths) == 1 else None
    return path if path and is_gguf(path) else None


def _path(folder: pathlib.Path, digest: str) -> pathlib.Path | None:
    """Where a digest's blob lies; nothing else in a manifest becomes a part of a path."""
    found = _DIGEST.fullmatch(digest)
    return folder / "blobs" / f"sha256-{found[1].lower()}" if found else None


def _name(path: pathlib.Path) -> str:
    """HOST/NAMESPACE/NAME/TAG as Ollama shows it."""
    host, namespace, name, tag = path.parts
    if host != _OWN_HOST:
        return f"{host}/{namespace}/{name}:{tag}"
    return f"{name}:{tag}" if namespace == _OWN_NAMESPACE else f"{namespace}/{name}:{tag}"
