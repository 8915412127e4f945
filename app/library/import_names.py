"""Where an imported model's files go, and names that every system can have."""

import pathlib
import re

from app.domain.builds import Build, is_projector
from app.domain.library import Found
from app.library.stock import IMPORTED_OWNER

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
# What Windows keeps for devices, with any extension (Microsoft, "Naming Files, Paths, and
# Namespaces").
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_LONGEST = 100


def import_paths(
    found: Found, build: Build | None, *, number: int = 1
) -> list[pathlib.PurePosixPath]:
    """The paths below a models folder of its files in order, then its projector.

    Args:
        found: What is imported.
        build: What it was recognised as; its files go where a download would put them.
        number: From 2 on it is a part of the folder's name, where another model has that.
    """
    if build:
        paths = [pathlib.PurePosixPath(build.repository, file.path) for file in build.files]
        home = pathlib.PurePosixPath(build.repository)
    else:
        name = safe_name(found.name)
        home = pathlib.PurePosixPath(IMPORTED_OWNER, f"{name}-{number}" if number > 1 else name)
        paths = [home / _file_name(found, path) for path in found.files]
    if found.projector:
        published = build.projector if build else None
        projector = published.path if published else _projector_name(found.projector, found.name)
        paths.append(home / projector)
    return paths


def safe_name(text: str) -> str:
    """A name for a file or a folder that says the same."""
    plain = _FORBIDDEN.sub("-", text.encode("utf-8", "replace").decode())[:_LONGEST]
    plain = plain.strip(" .-") or "model"
    return f"_{plain}" if _RESERVED.fullmatch(plain) else plain


def _file_name(found: Found, path: pathlib.Path) -> str:
    """Its own name, if that says something: parts find each other by theirs."""
    says_nothing = len(found.files) == 1 and path.stem.lower() == "model"
    if path.suffix.lower() != ".gguf" or says_nothing:
        return f"{safe_name(found.name)}.gguf"
    return safe_name(path.name.removesuffix(path.suffix)) + ".gguf"


def _projector_name(path: pathlib.Path, name: str) -> str:
    is_named = path.suffix.lower() == ".gguf" and is_projector(path.name)
    return safe_name(path.name) if is_named else f"mmproj-{safe_name(name)}.gguf"
