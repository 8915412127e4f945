"""What the tests of the download worker publish, and what they find installed."""

import hashlib
import pathlib
import random

import msgspec

from app.domain.downloads.jobs import Job
from tests.helpers.hub import Pattern

REPOSITORY = "acme/tiny-GGUF"
MODEL = "tiny-Q4_K_M.gguf"
SMALL = b"GGUF" + random.Random(1).randbytes(299_996)
SLOW = Pattern(8_000_000)


def content_of(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def installed(models: pathlib.Path) -> dict[str, str]:
    """Path -> hash of everything that has a final name."""
    return {
        path.relative_to(models).as_posix(): content_of(path)
        for path in models.rglob("*")
        if path.is_file() and ".downloads" not in path.parts
    }


def label_job(**changes) -> Job:
    """A job of which only the label is known, as from a pasted repository."""
    job = Job(id="job", name="tiny", model_id="", build="Q4_K_M", repository=REPOSITORY)
    return msgspec.structs.replace(job, label="Q4_K_M", **changes)
