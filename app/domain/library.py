"""What is installed on this PC."""

import pathlib
from enum import StrEnum

import msgspec


class Origin(StrEnum):
    """How a model came here: decides what may be done with its files."""

    DOWNLOADED = "downloaded"
    IMPORTED = "imported"  # copied or moved into our folder, or found there
    ADOPTED = "adopted"  # another program's or the person's; never moved and never deleted


class Check(StrEnum):
    """What is known of a file's content."""

    UNKNOWN = "unknown"  # never hashed, or changed since
    GOOD = "good"  # the published hash, or the one it had when it came
    WRONG = "wrong"


class LibraryFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of an installed model.

    Attributes:
        path: Absolute.
        bytes: When it was last looked at, as is `mtime_ns`.
        sha256: That it must have, in hex; "" until somebody hashed it.
        checked_at: ISO 8601, UTC; "" is never.
    """

    path: pathlib.Path
    bytes: int
    mtime_ns: int
    sha256: str = ""
    check: Check = Check.UNKNOWN
    checked_at: str = ""


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """An installed model: what a person uses, moves and removes as one thing.

    Attributes:
        id: Stable while its first file stays where it is.
        name: As the person reads it.
        model_id: In the catalogue; OWNER/NAME where only that is known; "" for a file of their own.
        build: "" where it is not known.
        files: In the order of their parts.
        projector: What it sees pictures with.
        origin: How it came here.
        app: The program whose file it is, e.g. "LM Studio"; "" is ours or the person's.
        last_used_at: ISO 8601, UTC; "" is never.
        is_there: All its files can be found now; an unplugged drive may come back.
        warning: Why it should not be used; "" for a good one.
    """

    id: str
    name: str
    model_id: str = ""
    build: str = ""
    repository: str = ""
    commit: str = ""
    files: tuple[LibraryFile, ...]
    projector: LibraryFile | None = None
    origin: Origin
    app: str = ""
    last_used_at: str = ""
    is_there: bool = True
    warning: str = ""

    @property
    def path(self) -> pathlib.Path:
        """What the engine opens."""
        return self.files[0].path

    @property
    def all_files(self) -> tuple[LibraryFile, ...]:
        """The projector included."""
        return (*self.files, *([self.projector] if self.projector else []))

    @property
    def size_bytes(self) -> int:
        """On the disk."""
        return sum(file.bytes for file in self.all_files)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A model that lies somewhere on this PC and is not in the library yet.

    Attributes:
        app: The program that keeps it, e.g. "Ollama"; "" for a folder that was pointed at.
        name: As that program calls it, else its file's name.
        files: In the order of their parts.
        model_id: Recognised by size; "" if it is none of the catalogue's.
        warning: Why it should not be used; "" where nothing is known.
    """

    app: str
    name: str
    files: tuple[pathlib.Path, ...]
    size_bytes: int
    projector: pathlib.Path | None = None
    model_id: str = ""
    build: str = ""
    warning: str = ""
