"""Moves and imports models: every file copied and checked before the first source goes.

Until the end the model is where it was. On one volume files are renamed, which costs nothing.
"""

import contextlib
import pathlib
from collections.abc import Callable, Collection, Iterable
from typing import Literal

import msgspec

from app.domain.errors import AppError, Cancelled, DiskFailed, FileAltered, TargetExists
from app.domain.library import Check, Found, Installed, Origin
from app.downloads.protocol import Copied, FileProgress, Hashed
from app.library.import_names import import_paths
from app.library.index import Facts, Known
from app.library.recognise import Recognised
from app.library.stock import facts_now, facts_of, id_of, known_of
from app.library.trash import move_all, remove_empty
from app.services.file_checks import now
from app.services.file_worker import FileWorker
from app.services.library_values import LibraryWork
from app.services.serial_work import SerialWork


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One file's way.

    Attributes:
        sha256: That it must have; "" is whatever it has.
        is_copied: Another volume, or somebody else needs the source; else it is renamed.
        is_read: Renamed, but only if its content is what it must be.
        keeps_source: Where it is copied.
        facts: What is known of it before.
    """

    source: pathlib.Path
    target: pathlib.Path
    bytes: int
    sha256: str
    is_copied: bool
    is_read: bool = False
    keeps_source: bool
    facts: Facts


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """A model's way.

    Attributes:
        id: Under which its progress is shown: where it is, or where it will be.
        known: The model when it is there.
        before: First file of the model that it was; "" for an import.
        root: Up to which emptied folders are removed; None leaves them.
    """

    id: str
    kind: Literal["move", "import"]
    steps: tuple[Step, ...]
    known: Known
    before: str = ""
    root: pathlib.Path | None = None

    @property
    def total_bytes(self) -> int:
        """What has to be read."""
        return sum(step.bytes for step in self.steps if step.is_copied or step.is_read)


def plan_move(
    installed: Installed,
    source: pathlib.Path,
    target: pathlib.Path,
    *,
    shared: Collection[pathlib.Path],
) -> Transfer:
    """Find out how a model gets from one models folder to another; looks at the disk.

    Args:
        installed: The model.
        source: The folder that it is in.
        target: The folder that it goes to.
        shared: Of its files, those that other models need too.

    Raises:
        TargetExists: A file of that name is there.
        DiskFailed: The target cannot be used.
    """
    is_far = not _is_one_volume(source, target)
    places = {file.path: target / file.path.relative_to(source) for file in installed.all_files}
    steps = []
    for file in installed.all_files:
        is_shared = file.path in shared
        if is_shared and _has_size(places[file.path], file.bytes):
            continue
        _refuse_existing(places[file.path])
        steps.append(
            Step(
                source=file.path,
                target=places[file.path],
                bytes=file.bytes,
                sha256=file.sha256,
                is_copied=is_far or is_shared,
                keeps_source=is_shared,
                facts=facts_of(file),
            )
        )
    known = known_of(installed)
    return Transfer(
        id=installed.id,
        kind="move",
        steps=tuple(steps),
        known=msgspec.structs.replace(
            known,
            files=tuple(str(places[file.path]) for file in installed.files),
            projector=str(places[installed.projector.path]) if installed.projector else "",
        ),
        before=known.files[0],
        root=source,
    )


def plan_import(
    found: Found, target: pathlib.Path, recognised: Recognised | None, *, moves: bool
) -> Transfer:
    """Find out how a model gets into a models folder; looks at the disk.

    Raises:
        TargetExists: A file of that name is there.
        DiskFailed: It or the target cannot be used.
    """
    build = recognised.build if recognised else None
    sources = (*found.files, *([found.projector] if found.projector else []))
    targets = [target / path for path in import_paths(found, build)]
    listed = [*(file.sha256 for file in (build.files if build else ())), ""]
    hashes = dict(zip(found.files, listed, strict=False))
    steps = []
    for source, place in zip(sources, targets, strict=True):
        seen = facts_now(source)
        if seen is None:
            raise DiskFailed(folder=str(source.parent), reason="a file of the model is gone")
        if source == found.projector and _has_size(place, seen.bytes):
            continue  # it came with another build
        _refuse_existing(place)
        is_renamed = moves and not source.is_symlink() and _is_one_volume(source.parent, target)
        sha256 = hashes.get(source, "") or seen.sha256
        steps.append(
            Step(
                source=source,
                target=place,
                bytes=seen.bytes,
                sha256=sha256,
                is_copied=not is_renamed,
                is_read=is_renamed and bool(sha256),
                keeps_source=not moves,
                facts=seen,
            )
        )
    files = [str(place) for place in targets]
    return Transfer(
        id=id_of(files[0]),
        kind="import",
        steps=tuple(steps),
        known=Known(
            files=tuple(files[: len(found.files)]),
            projector=files[-1] if found.projector else "",
            name=recognised.model.name if recognised else found.name,
            model_id=recognised.model.id if recognised else "",
            build=build.id if build else "",
            repository=build.repository if build else "",
            origin=Origin.IMPORTED,
        ),
    )


class Transfers:
    """All that goes on; lives on the owner's thread.

    Attributes:
        works: By the transfer's id.
    """

    def __init__(
        self, worker: FileWorker, disk: SerialWork[AppError], *, on_change: Callable[[], None]
    ) -> None:
        self.works: dict[str, LibraryWork] = {}
        self._worker = worker
        self._disk = disk
        self._on_change = on_change
        self._handles: dict[str, int] = {}

    def start(
        self,
        transfer: Transfer,
        *,
        record: Callable[[dict[pathlib.Path, Facts]], None],
        on_end: Callable[[AppError | None], None],
    ) -> None:
        """Carry a model over.

        Args:
            transfer: What to do.
            record: Runs on the disk thread when every file is there, with what is known of those
                that were read, and before the first source goes.
            on_end: Gets what went wrong; then the model is where it was. None also for a stop.
        """
        if transfer.id not in self.works:
            self._read_next(_Run(transfer, record, on_end))

    def stop(self, transfer_id: str) -> None:
        """End one; the model stays where it was."""
        if handle := self._handles.get(transfer_id):
            self._worker.cancel(handle)

    def _read_next(self, run: "_Run") -> None:
        transfer = run.transfer
        self._show(run, 0)
        waiting = (step for step in transfer.steps if step.target not in run.read)
        step = next((step for step in waiting if step.is_copied or step.is_read), None)
        if step is None:
            self._disk.do(lambda: _settle(run), lambda end: self._finish(run, end))
            return
        if step.is_read:
            self._handles[transfer.id] = self._worker.hash(
                step.source,
                is_urgent=True,
                on_progress=lambda progress: self._progressed(run, progress),
                on_end=lambda end: self._was_read(run, step, end),
            )
            return
        self._handles[transfer.id] = self._worker.copy(
            step.source,
            step.target,
            sha256=step.sha256,
            keeps_source=True,
            on_progress=lambda progress: self._progressed(run, progress),
            on_end=lambda end: self._was_read(run, step, end),
        )

    def _progressed(self, run: "_Run", progress: FileProgress) -> None:
        self._show(run, progress.done_bytes)

    def _was_read(self, run: "_Run", step: Step, end: Copied | Hashed | Exception) -> None:
        self._handles.pop(run.transfer.id, None)
        if isinstance(end, Hashed) and end.sha256 != step.sha256:
            end = FileAltered(name=step.source.name)
        if isinstance(end, Copied | Hashed):
            run.read[step.target] = Facts(
                bytes=end.bytes,
                mtime_ns=end.mtime_ns,
                sha256=end.sha256,
                check=Check.GOOD,
                checked_at=now(),
            )
            self._read_next(run)
            return
        failure = end if isinstance(end, AppError) else None
        self._disk.do(lambda: _take_back(run), lambda nothing: self._finish(run, failure))
        if not isinstance(end, AppError | Cancelled):
            raise end

    def _finish(self, run: "_Run", end: AppError | None) -> None:
        self.works.pop(run.transfer.id, None)
        self._on_change()
        run.on_end(end)

    def _show(self, run: "_Run", now_bytes: int) -> None:
        done_bytes = sum(facts.bytes for facts in run.read.values()) + now_bytes
        transfer = run.transfer
        self.works[transfer.id] = LibraryWork(
            kind=transfer.kind, done_bytes=done_bytes, total_bytes=transfer.total_bytes
        )
        self._on_change()


class _Run:
    """A transfer that goes on."""

    def __init__(
        self,
        transfer: Transfer,
        record: Callable[[dict[pathlib.Path, Facts]], None],
        on_end: Callable[[AppError | None], None],
    ) -> None:
        self.transfer = transfer
        self.record = record
        self.on_end = on_end
        self.read: dict[pathlib.Path, Facts] = {}


def _settle(run: _Run) -> None:
    """Rename what is not copied, remember the model, let the sources go; all or nothing.

    Raises:
        DiskFailed: The model is where it was.
    """
    transfer = run.transfer
    renamed = [step for step in transfer.steps if not step.is_copied]
    moves = [(step.source, step.target) for step in renamed]
    try:
        move_all(moves)
    except OSError as error:
        _take_back(run)
        raise _failed(transfer.steps[0].target, error) from None
    try:
        run.record(run.read)
    except AppError:
        with contextlib.suppress(OSError):
            move_all([(target, source) for source, target in moves])
        _take_back(run)
        raise
    gone = [step.source for step in transfer.steps if step.is_copied and not step.keeps_source]
    _delete(gone)
    if transfer.root:
        for step in transfer.steps:
            remove_empty(step.source.parent, transfer.root)


def _take_back(run: _Run) -> None:
    _delete(
        step.target for step in run.transfer.steps if step.is_copied and step.target in run.read
    )


def _delete(paths: Iterable[pathlib.Path]) -> None:
    """As far as it goes: a second copy is better than none."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _refuse_existing(path: pathlib.Path) -> None:
    if path.exists():
        raise TargetExists(name=path.name, folder=str(path.parent))


def _has_size(path: pathlib.Path, size_bytes: int) -> bool:
    seen = facts_now(path)
    return seen is not None and seen.bytes == size_bytes


def _is_one_volume(first: pathlib.Path, second: pathlib.Path) -> bool:
    """Whether a rename gets from one folder into the other; the second is made where missing."""
    try:
        second.mkdir(parents=True, exist_ok=True)
        return first.stat().st_dev == second.stat().st_dev
    except OSError as error:
        raise _failed(second / "model", error) from None


def _failed(target: pathlib.Path, error: OSError) -> DiskFailed:
    return DiskFailed(folder=str(target.parent), reason=error.strerror or type(error).__name__)
