"""A model library on a test's own thread: real files, and a worker that works when it is told."""

import hashlib
import pathlib
import queue
from collections.abc import Callable

from app.domain.builds import BuildFile
from app.domain.catalogue import BadFile, CatalogModel, Repository
from app.domain.chat import Thinking
from app.domain.downloads.jobs import Job
from app.domain.errors import Cancelled, FileAltered
from app.domain.library import Found
from app.downloads.protocol import Copied, FileProgress, Hashed
from app.library.index import LibraryIndex
from app.library.surroundings import Surroundings
from app.services.model_library import ModelLibrary
from app.settings.model import Settings

GGUF = b"GGUF"
REPOSITORY = "acme/Tiny-GGUF"
COMMIT = "c" * 40


def gguf(name: str, size_bytes: int = 64) -> bytes:
    """The content of a made-up model file, different for every name."""
    return (GGUF + name.encode() * size_bytes)[:size_bytes]


FILES = {"Tiny-Q8_0.gguf": gguf("m"), "mmproj-F16.gguf": gguf("p")}


def sha256(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()


def made_model(
    files: dict[str, bytes], *, bad_files: tuple[BadFile, ...] = (), model_id: str = "tiny"
) -> CatalogModel:
    """A catalogue's model whose only repository holds these files."""
    return CatalogModel(
        id=model_id,
        name="Tiny",
        architecture="llama",
        parameters=1,
        context_limit_tokens=1024,
        tokenizer="v3",
        thinking=Thinking.NEVER,
        license="Apache-2.0",
        released="2026",
        about="Small.",
        pictures=True,
        bad_files=bad_files,
        repositories=(
            Repository(
                repo=REPOSITORY,
                commit=COMMIT,
                files=tuple(
                    BuildFile(path=path, bytes=len(content), sha256=sha256(content))
                    for path, content in files.items()
                ),
            ),
        ),
    )


def job_of(files: dict[str, bytes]) -> Job:
    """The download that brought these files of the made-up model."""
    return Job(
        id="j",
        name="Tiny",
        model_id="tiny",
        build="Q8_0",
        repository=REPOSITORY,
        commit=COMMIT,
        files=tuple(
            BuildFile(path=path, bytes=len(content), sha256=sha256(content))
            for path, content in files.items()
        ),
    )


def found_at(path: pathlib.Path, app: str = "") -> Found:
    """A model of one file that lies somewhere."""
    return Found(app=app, name=path.stem, files=(path,), size_bytes=path.stat().st_size)


def answers():
    """A callback that remembers what it gets."""
    got: list = []
    return got, got.append


class FileWorkerByHand:
    """Hashes and copies when a test says so: `work` does the oldest request.

    Attributes:
        open: What waits, as functions.
        asked: ("hash", name, is_urgent) or ("copy", name, sha256), in order.
    """

    def __init__(self) -> None:
        self.open: dict[int, tuple[Callable[[], object], Callable]] = {}
        self.asked: list[tuple] = []

    def hash(self, path, *, is_urgent, on_progress, on_end) -> int:
        """Remember the request."""
        self.asked.append(("hash", path.name, is_urgent))

        def work() -> Hashed:
            content, found = path.read_bytes(), path.stat()
            on_progress(FileProgress(request_id=0, done_bytes=1, total_bytes=len(content)))
            return Hashed(
                request_id=0,
                sha256=sha256(content),
                bytes=found.st_size,
                mtime_ns=found.st_mtime_ns,
            )

        return self._add(work, on_end)

    def copy(self, source, target, *, sha256: str, keeps_source, on_progress, on_end) -> int:
        """Remember the request."""
        self.asked.append(("copy", source.name, sha256))

        def work() -> Copied | Exception:
            content = source.read_bytes()
            on_progress(FileProgress(request_id=0, done_bytes=1, total_bytes=len(content)))
            found = hashlib.sha256(content).hexdigest()
            if sha256 not in ("", found):
                return FileAltered(name=source.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            if not keeps_source:
                source.unlink()
            seen = target.stat()
            return Copied(request_id=0, sha256=found, bytes=seen.st_size, mtime_ns=seen.st_mtime_ns)

        return self._add(work, on_end)

    def cancel(self, handle: int) -> None:
        """End it."""
        if request := self.open.pop(handle, None):
            request[1](Cancelled())

    def work(self) -> None:
        """Do the oldest request."""
        work, on_end = self.open.pop(min(self.open))
        on_end(work())

    def fail(self, error: Exception) -> None:
        """Let the oldest request fail."""
        self.open.pop(min(self.open))[1](error)

    def _add(self, work, on_end) -> int:
        handle = len(self.asked)
        self.open[handle] = (work, on_end)
        return handle


class LibraryDesk:
    """The library with folders of its own below a test's folder.

    Attributes:
        kept: The settings' folders as they were kept last.
        in_use: What the engine has open.
        answers: By repository, what the Hub says.
    """

    def __init__(
        self, home: pathlib.Path, *models: CatalogModel, checks_arrivals: bool = False
    ) -> None:
        self.home = home
        self.own = home / "data" / "models"
        self.worker = FileWorkerByHand()
        self.settings = Settings()
        self.in_use: pathlib.Path | None = None
        self.answers: dict = {}
        self.looked: list[str] = []
        self._posted: queue.SimpleQueue = queue.SimpleQueue()
        self._models = models
        self._checks_arrivals = checks_arrivals
        self.library = self.open()

    def open(self) -> ModelLibrary:
        """A library, as at the program's start; settled."""
        library = ModelLibrary(
            self.worker,
            LibraryIndex(self.home / "data"),
            own_folder=self.own,
            settings=lambda: self.settings,
            keep_folders=self._keep,
            models=lambda: self._models,
            look=self._look,
            in_use=lambda: self.in_use,
            post=self._posted.put,
            surroundings=lambda: Surroundings(
                home=self.home / "person",
                variables={},
                platform="linux",
                root=self.home / "system",
            ),
            checks_arrivals=self._checks_arrivals,
        )
        self.library = library
        self.refresh()
        return library

    def put(self, path: str, content: bytes | None = None, folder: pathlib.Path | None = None):
        """Write a file below our own folder, or another."""
        target = (folder or self.own) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gguf(path) if content is None else content)
        return target

    def refresh(self) -> None:
        """Look at the folders now."""
        self.library.refresh()
        self.settle()

    def settle(self) -> None:
        """Run until the library's threads have nothing left to do."""
        threads = (self.library._disk, self.library._search, self.library._ready)
        is_quiet = False
        while not is_quiet:
            ends: list = []
            for thread in threads:
                thread.do(lambda: None, ends.append)
            count = 0
            while len(ends) < len(threads):
                self._posted.get(timeout=30)()
                count += 1
            is_quiet = count == len(threads)

    def settle_with_worker(self) -> None:
        """The same, with everything done that the worker is asked."""
        self.settle()
        while self.worker.open:
            self.worker.work()
            self.settle()

    def only(self):
        """The only installed model."""
        (model,) = self.library.installed
        return model

    def _keep(self, model_folders, download_folder) -> None:
        self.settings = Settings(model_folders=model_folders, download_folder=download_folder)

    def _look(self, repository, on_end) -> None:
        self.looked.append(repository)
        on_end(self.answers[repository])
