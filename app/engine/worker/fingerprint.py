"""Whether a KV state fits: a digest of everything that decides about the numbers in it."""

import hashlib
import pathlib
import re

import llama_cpp

from app.engine.worker.native import features

_PART = re.compile(r"-\d{5}-of-(\d{5})\.gguf$")
_SAMPLE_BYTES = 1 << 20


def fingerprint(model: pathlib.Path, projector: pathlib.Path | None) -> str:
    """Digest the model's files, the projector, the engine's build and how it keeps a cache.

    Of a file its size, its time and its first megabyte (the header, with every tensor's place) are
    taken: to read 70 GB would take longer than what it saves.

    Raises:
        OSError: A file cannot be read.
    """
    digest = hashlib.sha256()
    for path in [*_parts(model), *([projector] if projector else [])]:
        stat = path.stat()
        digest.update(f"{stat.st_size} {stat.st_mtime_ns}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(_SAMPLE_BYTES))
    digest.update("\n".join((llama_cpp.__version__, *features())).encode())
    return digest.hexdigest()


def _parts(model: pathlib.Path) -> list[pathlib.Path]:
    """All files of a split model."""
    found = _PART.search(model.name)
    if not found:
        return [model]
    beginning = model.name[: found.start()]
    return sorted(model.parent.glob(f"{beginning}-*-of-{found[1]}.gguf"))
