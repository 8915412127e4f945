"""A library, key store, settings and list of connections that tests steer."""

import pathlib
from datetime import UTC, datetime, timedelta

import msgspec

from app.domain.downloads.jobs import Job
from app.domain.downloads.network import Connection
from app.domain.errors import AppError
from app.domain.library import Check, Found, Installed, LibraryFile, Origin
from app.settings.model import Settings

GIB = 1 << 30
OWN = pathlib.Path("/data/models")
USB = pathlib.Path("/media/usb/models")
NOW = datetime.now(UTC)


def days_ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat(timespec="seconds")


def file(path: str, size_bytes: int, check: Check = Check.GOOD, checked_at="") -> LibraryFile:
    return LibraryFile(
        path=pathlib.Path(path),
        bytes=size_bytes,
        mtime_ns=1,
        sha256="a" * 64,
        check=check,
        checked_at=checked_at,
    )


SMALL = Installed(
    id="small",
    name="Mistral Small 3.2 24B",
    model_id="mistral-small-3.2",
    build="Q4_K_M",
    repository="mistral/Small-GGUF",
    commit="1" * 40,
    files=(file("/data/models/mistral/Small-GGUF/small.gguf", 14 * GIB, checked_at=days_ago(3)),),
    projector=file("/data/models/mistral/Small-GGUF/mmproj.gguf", GIB, checked_at=days_ago(2)),
    origin=Origin.DOWNLOADED,
    last_used_at=days_ago(0),
)
EIGHT = Installed(
    id="eight",
    name="Ministral 3 8B",
    model_id="ministral-3-8b",
    build="Q4_K_M",
    repository="mistral/Ministral-GGUF",
    files=(file("/media/usb/models/mistral/Ministral-GGUF/8b.gguf", 5 * GIB, Check.UNKNOWN),),
    origin=Origin.IMPORTED,
    last_used_at=days_ago(1),
)
STUDIO = Installed(
    id="studio",
    name="mistral-nemo-instruct-2407",
    files=(file("/studio/models/nemo/nemo.gguf", 7 * GIB, Check.UNKNOWN),),
    origin=Origin.ADOPTED,
    app="LM Studio",
)
MODELS = (SMALL, EIGHT, STUDIO)

FOUND = (
    Found(
        app="LM Studio",
        name="Mistral Small 4",
        files=(pathlib.Path("/studio/small4.gguf"),),
        size_bytes=60 * GIB,
        model_id="mistral-small-4",
        build="UD-Q3_K_XL",
    ),
    Found(
        app="Ollama",
        name="mistral:7b",
        files=(pathlib.Path("/ollama/blobs/sha256-1"),),
        size_bytes=4 * GIB,
    ),
    Found(
        app="Ollama",
        name="broken:8b",
        files=(pathlib.Path("/ollama/blobs/sha256-2"),),
        size_bytes=4 * GIB,
        warning="This build gives wrong answers.",
    ),
)
MINE = Found(
    app="",
    name="mine",
    files=(pathlib.Path("/home/person/mine.gguf"),),
    size_bytes=2 * GIB,
)


class Work(msgspec.Struct, frozen=True):
    kind: str = "verify"
    done_bytes: int = 0
    total_bytes: int = 10 * GIB


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    path: pathlib.Path
    is_own: bool = False
    is_there: bool = True
    is_download_folder: bool = False
    models_bytes: int = 0
    free_bytes: int | None = 120 * GIB


FOLDERS = (
    Folder(path=OWN, is_own=True, is_download_folder=True, models_bytes=15 * GIB),
    Folder(path=USB, models_bytes=5 * GIB, free_bytes=800 * GIB),
)


class Newer(msgspec.Struct, frozen=True):
    installed: Installed
    job: Job


class News(msgspec.Struct, frozen=True):
    found: tuple[Newer, ...] = ()
    asked: int = 1
    failed: tuple[AppError, ...] = ()


def job(model: Installed) -> Job:
    return Job(
        id=f"job-{model.id}",
        name=model.name,
        model_id=model.model_id,
        build=model.build,
        repository=model.repository,
    )


class FakeLibrary:
    """Behaves as the service does, and remembers what it was asked."""

    def __init__(self, installed: tuple[Installed, ...] = MODELS, folders=FOLDERS) -> None:
        self.on_change = lambda: None
        self.installed = installed
        self.removed: tuple[Installed, ...] = ()
        self.works: dict[str, Work] = {}
        self.problem = None
        self.folders: tuple[Folder, ...] = folders
        self.calls: list[tuple] = []
        self.ends: dict[str, object] = {}

    def came(self, job: Job) -> None:
        self.calls.append(("came", job.id))

    def refresh(self) -> None:
        self.calls.append(("refresh",))

    def verify(self, installed_id: str) -> None:
        self.work(installed_id, Work())

    def verify_all(self) -> None:
        self.works = {model.id: Work() for model in self.installed}
        self.on_change()

    def stop(self, installed_id: str) -> None:
        self.works.pop(installed_id)
        self.on_change()

    def work(self, installed_id: str, work: Work | None) -> None:
        """Something long goes on, or ended."""
        if work:
            self.works[installed_id] = work
        else:
            self.works.pop(installed_id)
        self.on_change()

    def move(self, installed_id: str, folder: pathlib.Path) -> None:
        self.calls.append(("move", installed_id, folder))

    def remove(self, installed_id: str) -> None:
        (gone,) = (model for model in self.installed if model.id == installed_id)
        self.installed = tuple(model for model in self.installed if model is not gone)
        if gone.origin is not Origin.ADOPTED:
            self.removed = (gone, *self.removed)
        self.on_change()

    def bring_back(self, installed_id: str) -> None:
        (back,) = (model for model in self.removed if model.id == installed_id)
        self.removed = tuple(model for model in self.removed if model is not back)
        self.installed = (*self.installed, back)
        self.on_change()

    def empty_trash(self) -> None:
        self.removed = ()
        self.on_change()

    def find_elsewhere(self, on_end) -> None:
        self.ends["elsewhere"] = on_end

    def find_in(self, place: pathlib.Path, on_end) -> None:
        self.calls.append(("find_in", place))
        self.ends["in"] = on_end

    def newer_builds(self, on_end) -> None:
        self.ends["newer"] = on_end

    def end(self, search: str, answer) -> None:
        """A search ends."""
        self.ends.pop(search)(answer)

    def adopt(self, found: Found) -> None:
        self.calls.append(("adopt", found.name))

    def take_in(self, found: Found, *, moves: bool) -> None:
        self.calls.append(("move in" if moves else "copy in", found.name))

    def add_folder(self, folder: pathlib.Path) -> None:
        self.folders = (*self.folders, Folder(path=folder))
        self.on_change()

    def forget_folder(self, folder: pathlib.Path) -> None:
        self.folders = tuple(known for known in self.folders if known.path != folder)
        self.on_change()

    def use_for_downloads(self, folder: pathlib.Path) -> None:
        self.folders = tuple(
            msgspec.structs.replace(known, is_download_folder=known.path == folder)
            for known in self.folders
        )
        self.on_change()

    def change(self, installed_id: str, **facts: object) -> None:
        """A model is another now."""
        self.installed = tuple(
            msgspec.structs.replace(model, **facts) if model.id == installed_id else model
            for model in self.installed
        )
        self.on_change()


class FakeSettings:
    def __init__(self, **values: object) -> None:
        self.value = Settings(**values)

    def change(self, **changes: object) -> None:
        self.value = msgspec.structs.replace(self.value, **changes)


class FakeTokens:
    def __init__(self, token: str = "", *, is_kept: bool = True) -> None:
        self.token = token
        self.is_kept = is_kept

    def get(self) -> str:
        return self.token

    def put(self, token: str) -> None:
        self.token = token

    def forget(self) -> None:
        self.token = ""


class FakeNetworkLog:
    def __init__(self, *connections: Connection) -> None:
        self.connections = list(connections)
        self.refusal: OSError | None = None

    def read(self, limit: int = 1000) -> list[Connection]:
        return self.connections[-limit:]

    def clear(self) -> None:
        if self.refusal:
            raise self.refusal
        self.connections = []


def connection(host: str = "huggingface.co", size_bytes: int = 1000, days: float = 0) -> Connection:
    return Connection(
        at=days_ago(days), host=host, why="mistral/Small-GGUF: list of files", bytes=size_bytes
    )
