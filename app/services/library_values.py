"""What the library shows beside the models themselves."""

import pathlib
from typing import Literal

import msgspec

from app.domain.downloads.jobs import Job
from app.domain.errors import AppError
from app.domain.library import Installed


class LibraryWork(msgspec.Struct, frozen=True, kw_only=True):
    """Something long that is done with a model's files; waiting for its turn counts as nothing."""

    kind: Literal["verify", "move", "import"]
    done_bytes: int
    total_bytes: int


class FolderState(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that models lie in.

    Attributes:
        is_own: Cierzo's own, which is never forgotten.
        is_there: False for an unplugged drive; our own counts as there before it is made.
        free_bytes: On its volume; None where that is not known.
    """

    path: pathlib.Path
    is_own: bool
    is_there: bool
    is_download_folder: bool
    models_bytes: int
    free_bytes: int | None


class NewerBuild(msgspec.Struct, frozen=True, kw_only=True):
    """A build that was published again after it was installed."""

    installed: Installed
    job: Job


class NewerBuilds(msgspec.Struct, frozen=True, kw_only=True):
    """What the Hub said of everything installed.

    Attributes:
        found: What was published again.
        asked: How many repositories were asked.
        failed: Why some of them, or all, did not answer.
    """

    found: tuple[NewerBuild, ...] = ()
    asked: int = 0
    failed: tuple[AppError, ...] = ()
