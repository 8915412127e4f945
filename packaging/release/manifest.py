"""update.json: what the newest release is, and what the app may fetch of it.

The app believes it only with the signature that lies beside it (`release.signature`).
"""

import datetime as dt
import json
import pathlib
import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from release import project, release_notes
from release.macos_info import MINIMUM_MACOS
from release.packs import packs_in
from release.sums import sha256

NAME = "update.json"
FORMAT = 1
# The app reads no more; the licences of packs are the most of it.
_MOST_BYTES = 512 << 10
# What PySide6 asks for; Windows 10 1809, and glibc for what is made for Linux.
MINIMUM_SYSTEM = {"windows": "10.0.17763", "macos": MINIMUM_MACOS, "glibc": "2.34"}

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
# Kind, what the file is called after the version, and its system; a package names only the machine.
_KINDS = (
    ("windows", re.compile(r"-windows-(\w+)-setup\.exe"), "windows"),
    ("macos", re.compile(r"-macos-(\w+)\.dmg"), "macos"),
    ("appimage", re.compile(r"-linux-(\w+)\.AppImage"), "linux"),
    ("archive", re.compile(r"-linux-(\w+)\.tar\.zst"), "linux"),
    ("deb", re.compile(r"(?:-\d+)?[_-]([a-z0-9_]+)\.deb"), "linux"),
    ("rpm", re.compile(r"(?:-\d+)?[._-]([a-z0-9_]+)\.rpm"), "linux"),
)


class ManifestError(ValueError):
    """No app could use a manifest like this."""


def write(dist: pathlib.Path, base_url: str, *, version: str | None = None) -> pathlib.Path:
    """Write the manifest of what lies in the folder.

    Args:
        dist: Artefacts and packs.
        base_url: The folder that they are going to be fetched from.
        version: Of the release; the program's own by default.

    Raises:
        ManifestError: `base_url` is not an https address, or it became too long.
    """
    base = _checked(base_url)
    version = version or project.version()
    content = {
        "format": FORMAT,
        "version": version,
        "released": _day(project.source_date_epoch()),
        "minimum_system": MINIMUM_SYSTEM,
        "notes": release_notes.notes(version),
        "artefacts": [_artefact(*found, base) for found in _artefacts(dist, version)],
        "packs": _packs(dist, base),
    }
    path = dist / NAME
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    if len(text.encode()) > _MOST_BYTES:
        raise ManifestError(f"{NAME} would be longer than the {_MOST_BYTES} bytes that apps read.")
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _artefacts(dist: pathlib.Path, version: str) -> Iterator[tuple[str, str, pathlib.Path]]:
    """Kind, target and file of each; what is of another version is left alone."""
    for path in sorted(dist.iterdir()):
        head, mark, rest = path.name.partition(version)
        if not path.is_file() or not mark or head.lower() not in ("cierzo-", "cierzo_"):
            continue
        for kind, pattern, system in _KINDS:
            if found := pattern.fullmatch(rest):
                yield kind, f"{system}-{_machine(found[1], system)}", path


def _machine(name: str, system: str) -> str:
    """As `release.project.target` calls it; Debian has names of its own."""
    return _MACHINES.get(name, name) if system == "linux" else name


def _artefact(kind: str, target: str, path: pathlib.Path, base: str) -> dict[str, object]:
    return {"kind": kind, "target": target, **_file(path, base)}


def _packs(dist: pathlib.Path, base: str) -> list[dict[str, object]]:
    return [
        {
            "name": pack.name,
            "abi": pack.abi,
            "target": pack.target,
            **_file(pack.path, base),
            "unpacked_bytes": pack.unpacked_bytes,
            "minimum_driver": pack.minimum_driver,
            "compute_capabilities": list(pack.compute_capabilities),
            "licence": pack.licence,
        }
        for pack in packs_in(dist)
    ]


def _file(path: pathlib.Path, base: str) -> dict[str, object]:
    url = f"{base}/{quote(path.name)}"
    return {"url": url, "bytes": path.stat().st_size, "sha256": sha256(path)}


def _checked(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ManifestError(f"{base_url} is not the https address of a folder.")
    return base_url.rstrip("/")


def _day(epoch: int) -> str:
    return dt.datetime.fromtimestamp(epoch, dt.UTC).date().isoformat()
