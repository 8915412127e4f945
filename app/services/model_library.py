"""The library: what is installed, and everything that a person does with it.

Lives on one thread, the owner's. Disks are waited for on threads of their own; whole files are read
and copied by a worker.
"""

import pathlib
from collections.abc import Callable, Iterable

from app.domain.catalogue import CatalogModel
from app.domain.downloads.jobs import Job
from app.domain.errors import (
    AlreadyInstalled,
    AppError,
    BelongsToOther,
    DiskFailed,
    FileAltered,
    LibraryDiskFailed,
    ModelInUse,
    NothingToAdopt,
)
from app.domain.library import Found, Installed, LibraryFile, Origin
from app.library.changes import Changes
from app.library.index import Facts, LibraryIndex, without_model
from app.library.places import find_elsewhere, find_in, places
from app.library.stock import downloaded, id_of, recognised_found
from app.library.surroundings import Surroundings, here
from app.pipe.client import Post
from app.services.file_checks import FileChecks
from app.services.file_worker import FileWorker
from app.services.header_names import header_name
from app.services.library_edits import adopted, carried, learned, renamed, taken_over, used_at
from app.services.library_files import (
    bring_back,
    changes,
    check_folder,
    forgotten,
    is_same_file,
    purge,
    put_in_trash,
    refuse_foreign,
    shared_files,
)
from app.services.library_survey import Edit, Folders, Survey, Surveyor
from app.services.library_values import FolderState, LibraryWork, NewerBuilds
from app.services.newer_builds import Look, look_for_newer
from app.services.serial_work import SerialWork
from app.services.transfers import Transfer, Transfers, Wish, plan_import, plan_move
from app.settings.model import Settings

_CLOSE_S = 5.0

KeepFolders = Callable[[tuple[str, ...], str], None]


class ModelLibrary:
    """What is installed on this PC.

    Attributes:
        on_change: Called when anything of it changed.
        installed: Newest use first.
        removed: What can be brought back, newest first.
        problem: The last thing that failed, until the person does the next one.
        folders: Our own first.
    """

    def __init__(
        self,
        worker: FileWorker,
        index: LibraryIndex,
        *,
        own_folder: pathlib.Path,
        settings: Callable[[], Settings],
        keep_folders: KeepFolders,
        models: Callable[[], Iterable[CatalogModel]],
        look: Look,
        in_use: Callable[[], pathlib.Path | None],
        post: Post,
        surroundings: Callable[[], Surroundings] = here,
        checks_arrivals: bool = False,
    ) -> None:
        """Wire it; nothing is looked at before `refresh`.

        Args:
            worker: Reads and copies whole files.
            index: What is remembered of them.
            own_folder: Our models folder; made when the first model comes.
            settings: With the other models folders, as they are now.
            keep_folders: Keeps `model_folders` and `download_folder` of the settings.
            models: The catalogue; called on another thread, when it is first needed.
            look: Lists a repository's files.
            in_use: The model file that the engine has open.
            post: Runs a function on the owner's thread.
            surroundings: Where other programs' places are.
            checks_arrivals: Hash adopted and imported files by themselves, one at a time.
        """
        self.on_change: Callable[[], None] = lambda: None
        self.installed: tuple[Installed, ...] = ()
        self.removed: tuple[Installed, ...] = ()
        self.problem: AppError | None = None
        self.folders: tuple[FolderState, ...] = ()
        self._index = index
        self._own_folder = own_folder
        self._settings = settings
        self._keep_folders = keep_folders
        self._look = look
        self._in_use = in_use
        self._surroundings = surroundings
        self._checks_arrivals = checks_arrivals
        self._arrived: set[str] = set()
        self._named: set[str] = set()
        self._removed_here: set[str] = set()
        self._surveyor = Surveyor(index, models)
        self._disk = SerialWork("library", AppError, post=post)
        # A long search must not hold up a load.
        self._search = SerialWork("library-search", AppError, post=post)
        self._ready = SerialWork("library-ready", AppError, post=post)
        self._checks = FileChecks(worker, on_change=self._changed, on_facts=self._learn)
        self._transfers = Transfers(
            worker, self._disk, is_in_use=self._is_in_use, on_change=self._changed
        )

    @property
    def works(self) -> dict[str, LibraryWork]:
        """What is done with models' files, by the id of the installed or coming model."""
        return {**self._checks.works, **self._transfers.works}

    def refresh(self) -> None:
        """Look at the folders again, in the background."""
        self._survey()

    def close(self) -> None:
        """Delete for good what was removed in this run; nothing is told any more."""
        if self._removed_here:
            folders, gone = self._folders(), frozenset(self._removed_here)
            self._disk.do(lambda: purge(folders, only=gone), lambda nothing: None)
        for thread in (self._search, self._ready):
            thread.close(patience_s=0)
        self._disk.close(patience_s=_CLOSE_S)

    def when_settled(self, then: Callable[[], None]) -> None:
        """Tell when everything is done that was asked before, but for what `works` says."""
        self._disk.do(lambda: None, lambda nothing: then())

    def came(self, job: Job) -> None:
        """Remember what is known of a download that has just been installed."""
        folders = self._folders()
        inside = {f / job.repository / file.path for f in folders.all for file in job.files}
        for model in self.installed:
            if inside & {file.path for file in model.all_files}:
                self._checks.stop(model.id)  # of what was there before
        self._survey(lambda contents: downloaded(contents, job, folders.all))

    def used(self, path: pathlib.Path) -> None:
        """Remember that a model was used now."""
        self._survey(lambda contents: used_at(contents, path))

    def verify(self, installed_id: str) -> None:
        """Hash a model's files in the background, after those that wait already."""
        model = self._model(installed_id)
        if model and model.is_there and installed_id not in self._transfers.works:
            self.problem = None
            self._checks.add(model.id, model.all_files, on_end=self._ended)

    def verify_all(self) -> None:
        """Hash everything that can be found, one model after the other."""
        for model in self.installed:
            self.verify(model.id)

    def stop(self, installed_id: str) -> None:
        """End what is done with a model's files."""
        self._checks.stop(installed_id)
        self._transfers.stop(installed_id)

    def move(self, installed_id: str, folder: pathlib.Path) -> None:
        """Move a model to another folder, which becomes a models folder if it is none."""
        model, source = self._changeable(installed_id)
        if model is None or source is None or source == folder:
            return
        others = self.installed
        self._checks.stop(model.id)
        self._transfers.add(
            Wish(
                id=model.id,
                kind="move",
                name=model.name,
                total_bytes=model.size_bytes,
                plan=lambda: self._plan_move(model, source, folder, others),
                on_planned=lambda: self._have(folder),
                record=self._record,
                on_end=self._ended,
            )
        )

    def remove(self, installed_id: str) -> None:
        """Move a model to the trash; an adopted one is only forgotten."""
        model = self._model(installed_id)
        if model and model.origin is Origin.ADOPTED:
            self.problem = None
            around = self._folders().of(model)
            self._checks.stop(model.id)
            self._survey(lambda contents: forgotten(contents, model, around))
            return
        changeable, folder = self._changeable(installed_id)
        if changeable and folder:
            others = self.installed
            self._checks.stop(changeable.id)
            self._removed_here.add(changeable.id)
            self._survey(
                lambda contents: without_model(contents, str(changeable.path)),
                before=lambda: self._put_in_trash(changeable, folder, others),
            )

    def bring_back(self, installed_id: str) -> None:
        """Take a removal back."""
        model = next((model for model in self.removed if model.id == installed_id), None)
        if model:
            self.problem = None
            folders = self._folders()
            self._removed_here.discard(model.id)
            self._survey(
                lambda contents: taken_over(contents, model),
                before=lambda: bring_back(model, folders),
            )

    def empty_trash(self) -> None:
        """Delete for good what was removed."""
        self.problem = None
        folders = self._folders()
        self._survey(before=lambda: purge(folders))

    def find_elsewhere(self, on_end: Callable[[tuple[Found, ...]], None]) -> None:
        """Look for what other programs keep and is not in the library; takes seconds."""

        def end(found: tuple[Found, ...] | AppError) -> None:
            on_end(() if isinstance(found, AppError) else self._new(found))

        self._search.do(lambda: self._recognised(find_elsewhere(self._surroundings())), end)

    def find_in(
        self, place: pathlib.Path, on_end: Callable[[tuple[Found, ...] | AppError], None]
    ) -> None:
        """Look for models below a folder, or for the one that a file belongs to."""

        def end(found: tuple[Found, ...] | AppError) -> None:
            if isinstance(found, AppError):
                on_end(found)
            elif not found:
                on_end(NothingToAdopt(folder=place.name or str(place)))
            else:
                on_end(self._new(found) or AlreadyInstalled(name=found[0].name))

        def look() -> tuple[Found, ...]:
            return self._recognised(find_in(place.absolute(), places(self._surroundings())))

        self._search.do(look, end)

    def adopt(self, found: Found) -> None:
        """Use a model where it is; its files are never moved and never deleted."""
        self.problem = None
        self._survey(lambda contents: adopted(contents, found))

    def take_in(self, found: Found, *, moves: bool) -> None:
        """Copy or move a model into the folder that gets downloads."""
        self.problem = None
        if moves and found.app:
            self._fail(BelongsToOther(name=found.name, app=found.app))
            return
        folder = self._folders().downloads
        self._transfers.add(
            Wish(
                id=id_of(str(found.files[0])),
                kind="import",
                name=found.name,
                total_bytes=found.size_bytes,
                plan=lambda: self._plan_import(found, folder, moves=moves),
                on_planned=lambda: None,
                record=self._record,
                on_end=self._ended,
            )
        )

    def add_folder(self, folder: pathlib.Path) -> None:
        """Have one more models folder; what is in it belongs to the library."""
        self.problem = None
        self._disk.do(
            lambda: check_folder(folder, self._surroundings()),
            lambda error: self._fail(error) if error else self._have(folder),
        )

    def forget_folder(self, folder: pathlib.Path) -> None:
        """Have one models folder less; its files stay where they are."""
        settings = self._settings()
        others = tuple(text for text in settings.model_folders if text != str(folder))
        downloads = "" if settings.download_folder == str(folder) else settings.download_folder
        self._keep(others, downloads)

    def use_for_downloads(self, folder: pathlib.Path) -> None:
        """Put new models into one of the models folders from now on."""
        is_own = folder == self._own_folder
        self._keep(self._settings().model_folders, "" if is_own else str(folder))

    def newer_builds(self, on_end: Callable[[NewerBuilds | Exception], None]) -> None:
        """Ask the Hub which installed builds were published again."""
        look_for_newer(self.installed, self._look, on_end)

    def is_ready(self, path: pathlib.Path, on_end: Callable[[AppError | None], None]) -> None:
        """Say whether a model's files are still what was installed; hashes those that changed.

        Args:
            path: Of its first file; one that the library does not know is ready.
            on_end: Gets what is wrong with it, None for nothing.
        """

        def end(changed: Changes | AppError) -> None:
            if isinstance(changed, AppError):
                on_end(changed)
            elif changed.wrong:
                on_end(FileAltered(name=changed.wrong))
            elif changed.files:
                self._checks.add(
                    changed.id, changed.files, on_end=on_end, is_urgent=True, own=changed.own
                )
            else:
                on_end(None)

        def compare() -> Changes:
            return changes(self._index.folder, path, lambda: self._surveyor.recogniser)

        self._ready.do(compare, end)

    def _survey(
        self,
        edit: Edit = lambda contents: contents,
        *,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        """Do something to files and then to the index, and look at everything again."""
        folders = self._folders()

        def work() -> Survey:
            before()
            return self._surveyor.survey(folders, edit)

        self._disk.do(work, self._take)

    def _take(self, survey: Survey | AppError) -> None:
        if isinstance(survey, AppError):
            self._fail(survey)
            return
        self.installed, self.removed = survey.stock.installed, survey.removed
        self.folders = survey.folders
        self.problem = survey.problem or self.problem
        self._changed()
        self._name(survey.stock.unnamed)
        if self._checks_arrivals:
            self._check_arrivals()

    def _check_arrivals(self) -> None:
        for model in self.installed:
            is_unchecked = any(not file.checked_at for file in model.all_files)
            is_arrival = model.origin is not Origin.DOWNLOADED and model.id not in self._arrived
            if is_arrival and is_unchecked and model.is_there:
                self._arrived.add(model.id)
                self._checks.add(model.id, model.all_files, on_end=self._ended)

    def _name(self, unnamed: tuple[str, ...]) -> None:
        """Look into files whose names are all that is known of them, each once."""
        new = [path for path in unnamed if path not in self._named]
        if not new:
            return
        self._named.update(new)

        def end(names: dict[str, str] | AppError) -> None:
            if not isinstance(names, AppError):
                self._survey(lambda contents: renamed(contents, names))

        self._search.do(lambda: {path: header_name(pathlib.Path(path)) for path in new}, end)

    def _learn(self, file: LibraryFile, facts: Facts) -> None:
        self._survey(lambda contents: learned(contents, file, facts))

    def _put_in_trash(
        self, model: Installed, folder: pathlib.Path, others: Iterable[Installed]
    ) -> None:
        kept = shared_files(self._index.folder, model, others=others)
        refuse_foreign(model, folder, self._surroundings(), kept=kept)
        put_in_trash(model, folder, is_own=folder == self._own_folder, kept=kept)

    def _plan_move(
        self,
        model: Installed,
        source: pathlib.Path,
        folder: pathlib.Path,
        others: Iterable[Installed],
    ) -> Transfer:
        if error := check_folder(folder, self._surroundings()):
            raise error
        shared = shared_files(self._index.folder, model, others=others)
        refuse_foreign(model, source, self._surroundings(), kept=shared)
        return plan_move(model, source, folder, shared=shared)

    def _plan_import(self, found: Found, folder: pathlib.Path, *, moves: bool) -> Transfer:
        _, recognised = recognised_found(found, self._surveyor.recogniser)
        return plan_import(found, folder, recognised, moves=moves)

    def _record(self, transfer: Transfer, read: dict[pathlib.Path, Facts]) -> None:
        self._index.change(lambda contents: carried(contents, transfer, read))

    def _ended(self, error: AppError | None) -> None:
        if error:
            self._fail(error)
        self.refresh()

    def _changeable(self, installed_id: str) -> tuple[Installed | None, pathlib.Path | None]:
        """A model whose files are ours to move, and its folder; else the problem is set."""
        self.problem = None
        model = self._model(installed_id)
        folder = self._folders().of(model) if model else None
        if model is None or model.id in self._transfers.works:
            return None, None
        if model.origin is Origin.ADOPTED or folder is None:
            app = model.app or "another folder"
            self._fail(BelongsToOther(name=model.name, app=app))
        elif self._is_in_use(file.path for file in model.all_files):
            self._fail(ModelInUse(name=model.name))
        else:
            return model, folder
        return None, None

    def _is_in_use(self, paths: Iterable[pathlib.Path]) -> bool:
        opened = self._in_use()
        return opened is not None and any(is_same_file(opened, path) for path in paths)

    def _recognised(self, found: Iterable[Found]) -> tuple[Found, ...]:
        recogniser = self._surveyor.recogniser
        return tuple(recognised_found(model, recogniser)[0] for model in found)

    def _new(self, found: Iterable[Found]) -> tuple[Found, ...]:
        """Those that are not in the library."""
        here = {model.path for model in self.installed}
        return tuple(model for model in found if model.files[0] not in here)

    def _have(self, folder: pathlib.Path) -> None:
        """Make it a models folder, if it is none."""
        if folder not in self._folders().all:
            settings = self._settings()
            self._keep((*settings.model_folders, str(folder)), settings.download_folder)

    def _keep(self, others: tuple[str, ...], downloads: str) -> None:
        try:
            self._keep_folders(others, downloads)
        except AppError as error:
            self._fail(error)
        self.refresh()

    def _folders(self) -> Folders:
        settings = self._settings()
        others = tuple(pathlib.Path(text) for text in settings.model_folders if text)
        downloads = pathlib.Path(settings.download_folder or self._own_folder)
        is_known = downloads in others
        return Folders(
            own=self._own_folder,
            others=tuple(other for other in others if other != self._own_folder),
            downloads=downloads if is_known else self._own_folder,
        )

    def _model(self, installed_id: str) -> Installed | None:
        return next((model for model in self.installed if model.id == installed_id), None)

    def _fail(self, error: AppError) -> None:
        if isinstance(error, DiskFailed):  # nothing goes on by itself here
            error = LibraryDiskFailed(folder=error.facts["folder"], reason=error.facts["reason"])
        self.problem = error
        self._changed()

    def _changed(self) -> None:
        self.on_change()
