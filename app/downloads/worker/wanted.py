"""What is asked of the downloader of one file, and what it says meanwhile."""

import pathlib
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from app.domain.downloads.jobs import State
from app.domain.errors import AppError


class WantedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A published file and where it is put together.

    Attributes:
        name: For the person.
        bytes: Exact.
        sha256: In hex.
        part: MODELS_FOLDER/.downloads/JOB/N.part.
        journal: Beside it.
        is_gguf: So that a login page can be told from it.
    """

    name: str
    bytes: int
    sha256: str
    part: pathlib.Path
    journal: pathlib.Path
    is_gguf: bool


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """Where the bytes of a file are right now.

    Attributes:
        url: Often signed, and good for an hour: never logged.
        headers: For the URL's own origin; they do not follow a redirect to another one.
        bytes: As the server says, None where it does not.
        sha256: As well; "" where it does not.
    """

    url: str
    headers: Mapping[str, str]
    bytes: int | None
    sha256: str


Locate = Callable[[], Awaitable[Location]]


class FileState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a file stands.

    Attributes:
        bytes_done: On the disk; goes back only when what was there proved wrong.
        network_bytes: Received since `fetch_file` began, whatever became of them.
        problem: What it waits for; None if it does not.
    """

    bytes_done: int
    network_bytes: int
    state: State
    problem: AppError | None = None


Report = Callable[[FileState], None]
OnTraffic = Callable[[str, int], None]
