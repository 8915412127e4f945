"""Which models are on this PC, for those who only want to know; reads, and changes nothing."""

import contextlib
import pathlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from app.domain.library import Check, Installed
from app.library.index import NAME, Contents, read_index

if TYPE_CHECKING:
    from app.domain.builds import Build, BuildFile
    from app.domain.catalogue import CatalogModel


class Library:
    """The models folders, laid out as on the Hub, and models that were adopted elsewhere.

    Attributes:
        folder: Our own, OWNER/NAME/FILE.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        *,
        others: Callable[[], Iterable[pathlib.Path]] = lambda: (),
        index_folder: pathlib.Path | None = None,
    ) -> None:
        """Wire it; nothing is read before it is needed.

        Args:
            folder: Our own models folder; need not exist.
            others: The other models folders, as they are now.
            index_folder: Holds the index of what is installed; None does without.
        """
        self.folder = folder
        self._others = others
        self._index_folder = index_folder
        self._index_mtime_ns = 0
        self._contents = Contents()
        self._by_sizes: dict[tuple[int, ...], list[tuple[str, ...]]] = {}

    @property
    def folders(self) -> tuple[pathlib.Path, ...]:
        """All models folders, our own first."""
        return (self.folder, *(other for other in self._others() if other != self.folder))

    def path_of(self, build: "Build") -> pathlib.Path | None:
        """Where the build's first file is, if all of them are there and of the right size.

        A file whose hash is known to be another than the published one is another file.
        """
        paths = self._paths_of(build)
        return paths[0] if paths else None

    def projector_of(self, build: "Build") -> pathlib.Path | None:
        """Where its vision projector is, if it is there."""
        if build.projector is None:
            return None
        self._read_index()
        for folder in self.folders:
            path = folder / build.repository / build.projector.path
            if self._is_whole(path, build.projector):
                return path
        paths = self._paths_of(build)
        known = self._contents.models.get(str(paths[0])) if paths else None
        projector = pathlib.Path(known.projector) if known and known.projector else None
        return projector if projector and self._is_whole(projector, build.projector) else None

    def find(self, name: str, build: str | None, *, models: "Iterable[CatalogModel]") -> Installed:
        """Find what is installed under a name; walks all folders.

        Args:
            name: Id or name of a model, or OWNER/NAME; case does not matter.
            build: As the person names it; None is the only one there is.
            models: The catalogue.

        Raises:
            NotInstalled: Nothing is.
            InstalledAmbiguous: More than one build is.
        """
        from app.domain.errors import InstalledAmbiguous, NotInstalled

        wanted = name.lower()
        fitting = [
            model
            for model in self.installed(models)
            if wanted in (model.model_id.lower(), model.name.lower(), model.repository.lower())
            and (build is None or model.build.lower() == build.lower())
            and model.is_there
        ]
        if not fitting:
            raise NotInstalled(name=name if build is None else f"{name} {build}")
        # The same build twice, e.g. another program's too: which of them makes no difference.
        builds = {model.build.lower(): model for model in fitting}
        if len(builds) > 1:
            choices = ", ".join(sorted(model.build for model in builds.values()))
            raise InstalledAmbiguous(name=name, choices=choices)
        return fitting[0]

    def installed(self, models: "Iterable[CatalogModel]") -> tuple[Installed, ...]:
        """List what is installed, newest use first; walks all folders.

        Args:
            models: The catalogue.
        """
        from app.library.recognise import Recogniser
        from app.library.stock import look_into, take_stock

        self._read_index()
        looked = look_into(self.folders)
        return take_stock(self._contents, looked, Recogniser(models)).installed

    def _paths_of(self, build: "Build") -> list[pathlib.Path]:
        if not build.files or len(build.files) != build.part_count:
            return []
        self._read_index()
        for folder in self.folders:
            paths = [folder / build.repository / file.path for file in build.files]
            if self._are_whole(paths, build):
                return paths
        sizes = tuple(file.bytes or 0 for file in build.files)
        for files in self._by_sizes.get(sizes, ()):
            paths = [pathlib.Path(file) for file in files]
            if self._are_named(paths, build) and self._are_whole(paths, build):
                return paths
        return []

    def _are_whole(self, paths: list[pathlib.Path], build: "Build") -> bool:
        pairs = zip(paths, build.files, strict=True)
        return all(self._is_whole(path, file) for path, file in pairs)

    def _are_named(self, paths: list[pathlib.Path], build: "Build") -> bool:
        """Whether they are the build's by hash, else by name; sizes alone are not enough."""
        for path, file in zip(paths, build.files, strict=True):
            facts = self._contents.files.get(str(path))
            is_known = bool(facts and facts.sha256 and file.sha256)
            if not is_known and path.name != file.path.rpartition("/")[2]:
                return False
        return True

    def _is_whole(self, path: pathlib.Path, file: "BuildFile") -> bool:
        try:
            size_bytes = path.stat().st_size
        except OSError:
            return False
        if not path.is_file() or (file.bytes is not None and file.bytes != size_bytes):
            return False
        facts = self._contents.files.get(str(path))
        if facts is None or facts.bytes != size_bytes:
            return True
        is_another = bool(facts.sha256 and file.sha256 and facts.sha256 != file.sha256)
        return facts.check is not Check.WRONG and not is_another

    def _read_index(self) -> None:
        """Read the index again if it was written since; a damaged one says nothing."""
        if self._index_folder is None:
            return
        try:
            mtime_ns = (self._index_folder / NAME).stat().st_mtime_ns
        except OSError:
            return
        if mtime_ns == self._index_mtime_ns:
            return
        from app.domain.errors import AppError

        self._index_mtime_ns = mtime_ns
        self._contents, self._by_sizes = Contents(), {}
        with contextlib.suppress(AppError):
            self._contents = read_index(self._index_folder)
        for known in self._contents.models.values():
            facts = [self._contents.files.get(file) for file in known.files]
            sizes = tuple(fact.bytes for fact in facts if fact)
            if len(sizes) == len(known.files):
                self._by_sizes.setdefault(sizes, []).append(known.files)
