"""Telling a bundle who published it and as what: what `app/domain/distribution.py` reads."""

import json
import pathlib
import tomllib
from dataclasses import asdict, dataclass

from release.project import PACKAGING, commit


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """What packaging/distribution.toml says; empty is unknown."""

    publisher: str
    homepage: str
    source_offer_url: str
    update_url: str
    update_key: str


def read_distribution(path: pathlib.Path = PACKAGING / "distribution.toml") -> Distribution:
    """Read it.

    Raises:
        TypeError: A key is missing or unknown.
    """
    with path.open("rb") as file:
        return Distribution(**tomllib.load(file))


def stamp(folder: pathlib.Path, kind: str) -> pathlib.Path:
    """Write ``distribution.json`` into the folder where a bundle looks for it; return its path.

    Args:
        folder: ``_internal`` of the bundle, or ``Contents/Resources`` on macOS.
        kind: A value of `app.domain.distribution.Kind`.
    """
    content = {"kind": kind, "commit": commit(), **asdict(read_distribution())}
    del content["publisher"]
    path = folder / "distribution.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return path
