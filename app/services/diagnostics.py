"""What this installation is, for `doctor` and for reports that a person may copy."""

import contextlib
import datetime as dt
import os
import pathlib
import platform
import sys
from importlib import metadata

import msgspec
import psutil

from app.domain.device import EngineBuild, EngineSetup
from app.domain.errors import AppError, EngineMissing, WorkerBug
from app.domain.model_file import ModelFile
from app.domain.placement.values import Placement
from app.domain.reports import frames_of
from app.domain.version import VERSION
from app.engine.probing import set_up_engine
from app.hardware.memory import Memory, read_memory
from app.services.asking import Asker
from app.services.chat_checkup import ChatsCheckup, examine_chats
from app.services.download_checkup import DownloadCheckup, examine_downloads
from app.services.logs import scrub
from app.services.memory_check import MemoryCheck, check_memory
from app.services.model_loader import LoadOptions
from app.services.update_checkup import InstallationCheck, examine_installation
from app.settings.folders import Folders, is_writable

LIBRARIES = ("PySide6-Essentials", "llama-cpp-python", "msgspec", "jinja2", "psutil")


class FolderCheck(msgspec.Struct, frozen=True):
    """One data folder."""

    path: str
    exists: bool
    writable: bool


class Processor(msgspec.Struct, frozen=True, kw_only=True):
    """The CPU; `physical_cores` may be unknown."""

    name: str
    physical_cores: int | None
    logical_cores: int | None


class ModelCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was loaded for this: how it lies, and how far the plan was off."""

    name: str
    placement: Placement
    memory: tuple[MemoryCheck, ...]


class Checkup(msgspec.Struct, frozen=True, kw_only=True):
    """What `cierzo doctor --json` prints.

    Attributes:
        cpu_problem: Why no graphics card is used although there is a backend for one.
    """

    version: str
    python: str
    system: str
    libraries: dict[str, str]
    engine: EngineBuild | None
    engine_error: str
    cpu_problem: str
    processor: Processor
    memory: Memory
    folders: dict[str, FolderCheck]
    downloads: DownloadCheckup
    chats: ChatsCheckup
    installation: InstallationCheck
    model: ModelCheck | None = None

    @property
    def is_healthy(self) -> bool:
        """Whether chatting can work."""
        return self.engine is not None and all(f.writable for f in self.folders.values())


def examine(folders: Folders, *, model: ModelFile | None = None) -> Checkup:
    """Look at everything; starts a throw-away engine process, writes nothing.

    Args:
        folders: The person's.
        model: Loaded and compared with its plan.

    Raises:
        ModelError: The model cannot be loaded.
    """
    setup = set_up_engine()
    engine, problem = setup.build, setup.cpu_problem
    if engine:
        engine = msgspec.structs.replace(engine, skipped=(*setup.skipped, *engine.skipped))
    return Checkup(
        version=VERSION,
        python=platform.python_version(),
        system=platform.platform(),
        libraries={name: _version_of(name) for name in LIBRARIES},
        engine=engine,
        engine_error=_engine_error(setup),
        cpu_problem=str(problem) if engine and problem else "",
        processor=Processor(
            name=platform.processor() or platform.machine(),
            physical_cores=psutil.cpu_count(logical=False),
            logical_cores=os.cpu_count(),
        ),
        memory=read_memory(),
        folders={
            name: FolderCheck(str(path), path.exists(), is_writable(path))
            for name, path in folders.items()
        },
        downloads=examine_downloads(folders),
        chats=examine_chats(folders.data),
        installation=examine_installation(folders),
        model=_examine_model(model) if model else None,
    )


def _engine_error(setup: EngineSetup) -> str:
    """Why the engine cannot be started; empty where it can."""
    if setup.build:
        return ""
    return str(EngineMissing(reason=setup.skipped[-1].reason))


def _examine_model(model: ModelFile) -> ModelCheck:
    with contextlib.closing(Asker(model, LoadOptions())) as asker:
        loaded = asker.load()
    return ModelCheck(name=model.name, placement=loaded.placement, memory=check_memory(loaded))


def describe(error: BaseException) -> str:
    """Write a report a person may copy: no message, answer or home folder is in it.

    An unexpected exception is told by its type and code lines only, since its message may quote
    what it failed on.
    """
    lines = [
        f"Cierzo {VERSION}, Python {platform.python_version()}, {platform.platform()}",
        f"llama-cpp-python {_version_of('llama-cpp-python')}",
    ]
    if isinstance(error, AppError):
        lines += [f"{error.code}: {error}", error.detail]
    elif isinstance(error, WorkerBug):
        lines += ["in a worker:", str(error)]
    else:
        lines.append(frames_of(error))
    return scrub("\n".join(line for line in lines if line)) + "\n"


def save_report(error: BaseException, folder: pathlib.Path) -> pathlib.Path | None:
    """Write the report of a bug into the log folder; None where that is impossible."""
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    path = folder / f"report-{now}-{os.getpid()}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(describe(error))
    except OSError as failure:
        sys.stderr.write(f"the report could not be written: {failure.strerror}\n")
        return None
    return path


def _version_of(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"
