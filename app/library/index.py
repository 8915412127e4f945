"""library.json: what is known of installed files, and which models lie elsewhere.

The models folders alone say what is in them; the index only remembers. It may be lost.
"""

import contextlib
import pathlib
from collections.abc import Callable

import msgspec

from app.domain.atomic_file import write_atomically
from app.domain.errors import AppError, FolderUnwritable, LibraryUnreadable
from app.domain.library import Check, Origin
from app.domain.undecodable import UNDECODABLE

NAME = "library.json"
_BROKEN_NAME = "library.broken.json"
_LOCK_NAME = "library.lock"
_VERSION = 1
# A change takes milliseconds; somebody who holds the lock longer does not let go of it.
_LOCK_S = 10.0


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file, as it was when it was last looked at; see `LibraryFile`."""

    bytes: int
    mtime_ns: int
    sha256: str = ""
    check: Check = Check.UNKNOWN
    checked_at: str = ""


class Known(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model, as it was when its files were last there; see `Installed`.

    Attributes:
        name: "" where nothing but its file's name is known.
        files: Absolute, in the order of their parts.
        projector: Absolute; "" is none.
    """

    files: tuple[str, ...]
    projector: str = ""
    name: str = ""
    model_id: str = ""
    build: str = ""
    repository: str = ""
    commit: str = ""
    origin: Origin = Origin.IMPORTED
    app: str = ""
    last_used_at: str = ""

    @property
    def all_files(self) -> tuple[str, ...]:
        """The projector included."""
        return (*self.files, *filter(None, [self.projector]))


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is in the file.

    Attributes:
        version: Of this declaration.
        files: By absolute path.
        models: By the absolute path of their first file.
    """

    version: int = _VERSION
    files: dict[str, Facts] = {}
    models: dict[str, Known] = {}


def read_index(folder: pathlib.Path) -> Contents:
    """Read the index in our folder for data, and change nothing; an empty one if there is none.

    Raises:
        LibraryUnreadable: It is damaged, or a newer version wrote it.
        FolderUnwritable: It cannot be read.
    """
    try:
        contents = msgspec.json.decode((folder / NAME).read_bytes(), type=Contents)
    except FileNotFoundError:
        return Contents()
    except OSError as error:
        raise _unusable(folder, error) from None
    except UNDECODABLE:
        raise LibraryUnreadable from None
    if contents.version != _VERSION:
        raise LibraryUnreadable
    return contents


class LibraryIndex:
    """The index, for one who changes it; any thread, and any number of processes."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder

    def change(
        self, edit: Callable[[Contents], Contents]
    ) -> tuple[Contents, LibraryUnreadable | None]:
        """Change it as it is now, not as it was when it was read; returns what it is then.

        A damaged one is kept beside under another name, told of, and begun anew.

        Raises:
            FolderUnwritable: It could not be read or written; nothing was changed.
        """
        # They are not needed by those who only read; filelock brings asyncio.
        import filelock

        damage: LibraryUnreadable | None = None
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with filelock.FileLock(self.folder / _LOCK_NAME, timeout=_LOCK_S):
                try:
                    before = read_index(self.folder)
                except LibraryUnreadable as error:
                    damage, before = error, Contents()
                    (self.folder / NAME).replace(self.folder / _BROKEN_NAME)
                after = edit(before)
                if after != before or damage:
                    write_atomically(self.folder / NAME, msgspec.json.encode(after))
        except filelock.Timeout:
            raise FolderUnwritable(
                folder=str(self.folder), reason="another program holds library.lock"
            ) from None
        except OSError as error:
            raise _unusable(self.folder, error) from None
        return after, damage


def model_at(contents: Contents, path: pathlib.Path) -> Known | None:
    """The model whose first file a path leads to, relative or through links as it may be."""
    known = contents.models.get(str(path.absolute()))
    # A link that leads to itself is a `RuntimeError`.
    with contextlib.suppress(OSError, RuntimeError):
        known = known or contents.models.get(str(path.resolve()))
    return known


def with_facts(contents: Contents, facts: dict[str, Facts]) -> Contents:
    """The same with what is now known of files."""
    return msgspec.structs.replace(contents, files={**contents.files, **facts})


def with_model(contents: Contents, known: Known) -> Contents:
    """The same with a model, in place of one with the same first file."""
    return msgspec.structs.replace(contents, models={**contents.models, known.files[0]: known})


def without_model(contents: Contents, first_file: str) -> Contents:
    """The same without a model and its files, except those that another model has too."""
    models = {path: known for path, known in contents.models.items() if path != first_file}
    gone = contents.models.get(first_file)
    kept = {path for known in models.values() for path in known.all_files}
    dropped = set(gone.all_files if gone else ()) - kept
    files = {path: facts for path, facts in contents.files.items() if path not in dropped}
    return msgspec.structs.replace(contents, files=files, models=models)


def _unusable(folder: pathlib.Path, error: OSError) -> AppError:
    return FolderUnwritable(folder=str(folder), reason=error.strerror or type(error).__name__)
