"""SHA256SUMS: one line for each file that people download, as `sha256sum --check` reads it."""

import hashlib
import pathlib

NAME = "SHA256SUMS"
SIGNATURE_SUFFIX = ".sig"


def build(dist: pathlib.Path) -> list[pathlib.Path]:
    """Write it anew for what lies in the folder itself."""
    files = sorted(path for path in dist.iterdir() if path.is_file() and not _is_ours(path))
    sums = dist / NAME
    text = "".join(f"{sha256(path)}  {path.name}\n" for path in files)
    sums.write_text(text, encoding="utf-8", newline="\n")
    return [sums]


def sha256(path: pathlib.Path) -> str:
    """Of the content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_ours(path: pathlib.Path) -> bool:
    """What is signed later cannot be in it, nor itself."""
    return path.name == NAME or path.suffix == SIGNATURE_SUFFIX
