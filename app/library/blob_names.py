"""Files whose names say their sha256: what Ollama and the Hugging Face cache call their blobs.

A name is a claim: it says what the content must be, not what it is.
"""

import pathlib
import re

_SHA256 = re.compile(r"[0-9a-f]{64}")
_OLLAMA = "sha256-"


def claimed_sha256(path: pathlib.Path) -> str:
    """The hash that a file's own name, or that of the blob it is a link to, claims; "" for none."""
    if path.name.startswith(_OLLAMA):
        return _sha256_of(path.name.removeprefix(_OLLAMA))
    try:
        # One step only: a cached blob may itself be a link to a place with names of another kind
        # (huggingface_hub/utils/_shared_blobs.py).
        target = path.readlink()
    except (OSError, ValueError):
        return ""
    return _sha256_of(target.name) if target.parent.name == "blobs" else ""


def _sha256_of(name: str) -> str:
    name = name.lower()
    return name if _SHA256.fullmatch(name) else ""
