"""Looks at everything that is installed and brings the index up to date; on the disk thread."""

import contextlib
import pathlib
import shutil
from collections.abc import Callable, Iterable

import msgspec

from app.domain.catalogue import CatalogModel
from app.domain.errors import AppError, FolderUnwritable
from app.domain.library import Installed
from app.library import trash
from app.library.index import Contents, LibraryIndex, read_index
from app.library.leftovers import remove_leftovers
from app.library.recognise import Recogniser
from app.library.stock import Stock, look_into, take_stock
from app.services.library_values import FolderState

# How long a removal can be taken back at least, by whatever process.
_TRASH_S = 600.0

Edit = Callable[[Contents], Contents]


class Folders(msgspec.Struct, frozen=True, kw_only=True):
    """The models folders as the person has them now.

    Attributes:
        own: Cierzo's own.
        others: The others, in their order.
        downloads: The one of them all that gets new models.
    """

    own: pathlib.Path
    others: tuple[pathlib.Path, ...] = ()
    downloads: pathlib.Path

    @property
    def all(self) -> tuple[pathlib.Path, ...]:
        """Our own first."""
        return (self.own, *self.others)

    def of(self, installed: Installed) -> pathlib.Path | None:
        """The folder that a model lies in; None for one that lies elsewhere."""
        return next((f for f in self.all if installed.path.is_relative_to(f)), None)


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What was found.

    Attributes:
        removed: What can be brought back, newest first.
        problem: What was wrong with the index; None if nothing.
    """

    stock: Stock
    removed: tuple[Installed, ...]
    folders: tuple[FolderState, ...]
    problem: AppError | None = None


class Surveyor:
    """Makes surveys."""

    def __init__(self, index: LibraryIndex, models: Callable[[], Iterable[CatalogModel]]) -> None:
        self._index = index
        self._models = models
        self._recogniser: Recogniser | None = None
        self._has_purged = False

    @property
    def recogniser(self) -> Recogniser:
        """Of the catalogue, which is read when it is first needed."""
        if self._recogniser is None:
            self._recogniser = Recogniser(self._models())
        return self._recogniser

    def survey(self, folders: Folders, edit: Edit = lambda contents: contents) -> Survey:
        """Look at all folders.

        Args:
            folders: To look into.
            edit: What is to be changed in the index; it comes before the look at what is there.

        Raises:
            AppError: Of `edit`; then nothing was changed.
        """
        if not self._has_purged:
            self._has_purged = True
            for folder in folders.all:
                trash.purge(folder, older_than_s=_TRASH_S)
                remove_leftovers(folder)
        looked = look_into(folders.all)
        problem: AppError | None = None
        try:
            contents, problem = self._index.change(
                lambda before: take_stock(edit(before), looked, self.recogniser).contents
            )
        except FolderUnwritable as error:
            problem, contents = error, Contents()
            with contextlib.suppress(AppError):
                contents = read_index(self._index.folder)
        stock = take_stock(contents, looked, self.recogniser)
        removed = [entry for folder in folders.all for entry in trash.entries(folder)]
        removed.sort(key=lambda entry: entry.removed_at, reverse=True)
        return Survey(
            stock=stock,
            removed=tuple(entry.installed for entry in removed),
            folders=tuple(_state(folder, folders, stock) for folder in folders.all),
            problem=problem,
        )


def _state(folder: pathlib.Path, folders: Folders, stock: Stock) -> FolderState:
    is_own = folder == folders.own
    free_bytes: int | None = None
    # Our own is made when the first model comes.
    existing = next((f for f in (folder, *folder.parents) if f.is_dir()), None)
    if existing and (is_own or existing == folder):
        with contextlib.suppress(OSError):
            free_bytes = shutil.disk_usage(existing).free
    return FolderState(
        path=folder,
        is_own=is_own,
        is_there=is_own or folder not in stock.away,
        is_download_folder=folder == folders.downloads,
        models_bytes=sum(m.size_bytes for m in stock.installed if folders.of(m) == folder),
        free_bytes=free_bytes,
    )
