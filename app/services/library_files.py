"""What the library does with files, and what it must not: belongs on a thread that may wait."""

import contextlib
import os
import pathlib
from collections.abc import Callable, Collection, Iterable

from app.domain.errors import (
    AdoptedInFolder,
    AppError,
    BelongsToOther,
    FolderUnwritable,
    LibraryUnreadable,
    ModelFolderGone,
)
from app.domain.library import Installed
from app.library import trash
from app.library.changes import Changes, changes_of
from app.library.index import Contents, read_index, without_model
from app.library.places import app_of, places
from app.library.recognise import Recogniser
from app.library.stock import is_hollow
from app.library.surroundings import Surroundings
from app.services.library_survey import Folders


def changes(
    index_folder: pathlib.Path, path: pathlib.Path, recogniser: Callable[[], Recogniser]
) -> Changes:
    """What has to be done before a model is loaded."""
    try:
        contents = read_index(index_folder)
    except (LibraryUnreadable, FolderUnwritable):
        return Changes()  # nothing is known that it could be compared with
    return changes_of(contents, path, is_published=lambda sha256: recogniser().has(sha256))


def shared_files(
    index_folder: pathlib.Path, model: Installed, *, others: Iterable[Installed]
) -> frozenset[pathlib.Path]:
    """Of a model's files, those that others need too: projectors.

    Args:
        index_folder: Holds the index, which knows best.
        model: Whose files.
        others: What was installed when it was looked last, in case that the index cannot be read.
    """
    needed = {file.path for other in others if other.id != model.id for file in other.all_files}
    with contextlib.suppress(LibraryUnreadable, FolderUnwritable):
        models = read_index(index_folder).models
        if models:
            first = str(model.path)
            needed = {
                pathlib.Path(name)
                for path, known in models.items()
                if path != first
                for name in known.all_files
            }
    return frozenset(file.path for file in model.all_files if file.path in needed)


def refuse_foreign(
    model: Installed,
    folder: pathlib.Path,
    surroundings: Surroundings,
    *,
    kept: Collection[pathlib.Path],
) -> None:
    """Raises: BelongsToOther: A file lies outside of the models folder, behind a link in it."""
    root = folder.resolve()
    for file in model.all_files:
        if file.path not in kept and not file.path.parent.resolve().is_relative_to(root):
            app = app_of([file.path], places(surroundings)) or "another folder"
            raise BelongsToOther(name=model.name, app=app)


def put_in_trash(
    model: Installed, folder: pathlib.Path, *, is_own: bool, kept: Collection[pathlib.Path]
) -> None:
    """Remove what is there of a model in a models folder.

    Raises:
        ModelFolderGone: The folder is not there, or is the place where a drive should be.
        LibraryDiskFailed: The model is where it was.
    """
    if not folder.is_dir() or (is_hollow(folder) and not is_own):
        raise ModelFolderGone(folder=str(folder), reason="it is not there")
    trash.put(model, folder, kept=kept)


def bring_back(model: Installed, folders: Folders) -> None:
    """Take a removal back.

    Raises:
        ModelFolderGone: It is not in the trash any more.
        TargetExists, LibraryDiskFailed: As `trash.bring_back`.
    """
    for folder in folders.all:
        for entry in trash.entries(folder):
            if entry.installed.id == model.id:
                trash.bring_back(entry, folder)
                return
    raise ModelFolderGone(folder=str(model.path.parent), reason="it was deleted meanwhile")


def purge(folders: Folders, *, only: Collection[str] | None = None) -> None:
    """Delete for good what was removed, of all models or of these."""
    for folder in folders.all:
        trash.purge(folder, only=only)


def forgotten(contents: Contents, model: Installed, folder: pathlib.Path | None) -> Contents:
    """The index without an adopted model; looks at the disk.

    Args:
        contents: As they are.
        model: To forget.
        folder: The models folder that it lies in, if it does.

    Raises:
        AdoptedInFolder: The next look would find it there and take it for ours.
    """
    if folder and (model.path.exists() or not folder.is_dir()):
        raise AdoptedInFolder(name=model.name, folder=str(folder))
    return without_model(contents, str(model.path))


def check_folder(folder: pathlib.Path, surroundings: Surroundings) -> AppError | None:
    """Why a folder cannot be one for models: also one that has another program's place in it."""
    mine = folder.resolve()
    for place in places(surroundings):
        theirs = place.folder.resolve()
        if mine.is_relative_to(theirs) or theirs.is_relative_to(mine):
            return BelongsToOther(name=str(folder), app=place.app)
    if not folder.is_dir():
        return ModelFolderGone(folder=str(folder), reason="it is not there")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return ModelFolderGone(folder=str(folder), reason="it may not be written")
    return None


def is_same_file(first: pathlib.Path, second: pathlib.Path) -> bool:
    """Whether two paths lead to one file."""
    if first == second:
        return True
    with contextlib.suppress(OSError):
        return first.samefile(second)
    return False
