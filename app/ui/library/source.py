"""What the library's widgets ask of their service; lives on the GUI thread."""

import pathlib
from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from app.domain.downloads.jobs import Job
from app.domain.errors import AppError
from app.domain.library import Found, Installed


class LibraryWork(Protocol):
    """Something long that is done with a model's files."""

    @property
    def kind(self) -> Literal["verify", "move", "import"]:
        """What it is."""

    @property
    def done_bytes(self) -> int:
        """How far it is."""

    @property
    def total_bytes(self) -> int:
        """Of all its files."""


class FolderState(Protocol):
    """A folder that models lie in."""

    @property
    def path(self) -> pathlib.Path:
        """Absolute."""

    @property
    def is_own(self) -> bool:
        """Cierzo's own, which is never forgotten."""

    @property
    def is_there(self) -> bool:
        """False for an unplugged drive."""

    @property
    def is_download_folder(self) -> bool:
        """It gets what is downloaded."""

    @property
    def models_bytes(self) -> int:
        """What the models in it take."""

    @property
    def free_bytes(self) -> int | None:
        """On its volume; None where it is not known."""


class NewerBuild(Protocol):
    """A build that was published again after it was installed."""

    @property
    def installed(self) -> Installed:
        """What is here."""

    @property
    def job(self) -> Job:
        """What would download the newer one."""


class NewerBuilds(Protocol):
    """What the Hub said of everything installed."""

    @property
    def found(self) -> tuple[NewerBuild, ...]:
        """What was published again."""

    @property
    def asked(self) -> int:
        """How many repositories were asked."""

    @property
    def failed(self) -> tuple[AppError, ...]:
        """Why some of them did not answer."""


class ModelLibrary(Protocol):
    """What is installed, and what can be done with it.

    Attributes:
        on_change: Called when anything of it changed.
    """

    on_change: Callable[[], None]

    @property
    def installed(self) -> tuple[Installed, ...]:
        """Newest use first."""

    @property
    def removed(self) -> tuple[Installed, ...]:
        """What can be brought back, newest first."""

    @property
    def works(self) -> Mapping[str, LibraryWork]:
        """By the id of an installed model, or of one that is being imported."""

    @property
    def problem(self) -> AppError | None:
        """The last thing that failed."""

    @property
    def folders(self) -> tuple[FolderState, ...]:
        """Our own first."""

    def came(self, job: Job) -> None:
        """Remember what is known of a download that has just been installed."""

    def refresh(self) -> None:
        """Look at the folders again, in the background."""

    def verify(self, installed_id: str) -> None:
        """Hash its files in the background."""

    def verify_all(self) -> None:
        """Hash everything, one after the other."""

    def stop(self, installed_id: str) -> None:
        """End the work on it."""

    def move(self, installed_id: str, folder: pathlib.Path) -> None:
        """Move it to another folder, which becomes a models folder if it is none."""

    def remove(self, installed_id: str) -> None:
        """Move it to the trash; what another program keeps is only forgotten."""

    def bring_back(self, installed_id: str) -> None:
        """Take a removal back."""

    def empty_trash(self) -> None:
        """Delete for good what was removed."""

    def find_elsewhere(self, on_end: Callable[[tuple[Found, ...]], None]) -> None:
        """Look for what other programs keep."""

    def find_in(
        self, place: pathlib.Path, on_end: Callable[[tuple[Found, ...] | AppError], None]
    ) -> None:
        """Look into a folder or at a file."""

    def adopt(self, found: Found) -> None:
        """Use it where it is."""

    def take_in(self, found: Found, *, moves: bool) -> None:
        """Copy or move it into the folder that gets downloads."""

    def add_folder(self, folder: pathlib.Path) -> None:
        """Have one more models folder."""

    def forget_folder(self, folder: pathlib.Path) -> None:
        """Have one less; its files stay."""

    def use_for_downloads(self, folder: pathlib.Path) -> None:
        """Download into this one from now on."""

    def newer_builds(self, on_end: Callable[[NewerBuilds | Exception], None]) -> None:
        """Ask the Hub what was published again."""
