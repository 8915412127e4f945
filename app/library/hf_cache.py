"""Models in the Hugging Face cache, where many programs put what they download.

    HUB/models--OWNER--NAME/refs/main                     the commit of the newest snapshot
    HUB/models--OWNER--NAME/snapshots/COMMIT/path/of/file a link to a blob; on Windows often a file
    HUB/models--OWNER--NAME/blobs/SHA256                  of files in LFS; others by their git hash

Learnt from huggingface_hub 2.4.0: constants.py (HF_HOME, HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE,
XDG_CACHE_HOME), file_download.py, utils/_shared_blobs.py. Caches were made with it on Linux.
"""

import pathlib
import re

from app.domain.library import Found
from app.library.scan import Group, group, walk
from app.library.small_files import is_gguf, read_small
from app.library.surroundings import Surroundings

APP = "Hugging Face cache"
_REPOSITORY = re.compile(r"models--([\w.-]+?)--([\w.-]+)")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_MOST_REF_BYTES = 256
_MOST_FOLDERS = 10_000


def folders(surroundings: Surroundings) -> list[pathlib.Path]:
    """Where the cache is; one folder, that need not exist."""
    home = surroundings.folder("HF_HOME")
    if home is None:
        caches = surroundings.folder("XDG_CACHE_HOME") or surroundings.home / ".cache"
        home = caches / "huggingface"
    chosen = surroundings.folder("HF_HUB_CACHE") or surroundings.folder("HUGGINGFACE_HUB_CACHE")
    return [chosen or home / "hub"]


def is_store(folder: pathlib.Path) -> bool:
    """Whether a folder is laid out as such a cache."""
    return any(_snapshots(repository) for repository in _repositories(folder))


def find(folder: pathlib.Path) -> list[Found]:
    """List the models of a cache; of one that is there at several commits the newest."""
    found: dict[tuple[pathlib.Path, ...], Found] = {}
    for repository in _repositories(folder):
        for snapshot in _snapshots(repository):
            for model in group(walk(snapshot), is_hub_layout=False):
                if not model.missing_parts and is_gguf(model.files[0].path):
                    content = tuple(file.path.resolve() for file in model.files)
                    found.setdefault(content, _found(_name(repository), model))
    return list(found.values())


def origin_of(path: pathlib.Path) -> tuple[str, str]:
    """The repository and the commit that a file in a cache came from; "" and "" for any other."""
    parts = path.parts
    for at in range(len(parts) - 3):
        is_snapshot = parts[at + 1] == "snapshots" and _COMMIT.fullmatch(parts[at + 2])
        if is_snapshot and _REPOSITORY.fullmatch(parts[at]):
            return _name(pathlib.Path(parts[at])), parts[at + 2]
    return "", ""


def _repositories(folder: pathlib.Path) -> list[pathlib.Path]:
    return [path for path in _subfolders(folder) if _REPOSITORY.fullmatch(path.name)]


def _snapshots(repository: pathlib.Path) -> list[pathlib.Path]:
    """The one that `main` means before others."""
    newest = (read_small(repository / "refs" / "main", most_bytes=_MOST_REF_BYTES) or b"").strip()
    return sorted(
        (path for path in _subfolders(repository / "snapshots") if _COMMIT.fullmatch(path.name)),
        key=lambda path: (path.name.encode() != newest, path.name),
    )


def _subfolders(folder: pathlib.Path) -> list[pathlib.Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_dir())
    except (OSError, ValueError):
        return []
    return paths[:_MOST_FOLDERS]


def _name(repository: pathlib.Path) -> str:
    owner, name = repository.name.removeprefix("models--").split("--", 1)
    return f"{owner}/{name}"


def _found(repository: str, model: Group) -> Found:
    files = (*model.files, *([model.projector] if model.projector else []))
    return Found(
        app=APP,
        name=f"{repository} {model.label}",
        files=tuple(file.path for file in model.files),
        size_bytes=sum(file.bytes for file in files),
        projector=model.projector.path if model.projector else None,
    )
