"""Moves and imports models: every file copied and checked before the first source goes.

Until the end the model is where it was. On one volume files are renamed, which costs nothing.
"""

import contextlib
import filecmp
import itertools
import pathlib
from collections.abc import Callable, Collection, Iterable
from typing import Literal

import msgspec

from app.domain.builds import Build
from app.domain.errors import (
    AppError,
    Cancelled,
    FileAltered,
    LibraryDiskFailed,
    ModelInUse,
    TargetExists,
)
from app.domain.library import Check, Found, Installed, Origin
from app.downloads.protocol import Copied, FileProgress, Hashed
from app.library.import_names import import_paths
from app.library.index import Facts, Known
from app.library.recognise import Recognised
from app.library.stock import facts_now, facts_of, known_of
from app.library.trash import move_all, remove_empty
from app.services.file_checks import now
from app.services.file_worker import FileWorker
from app.services.library_values import LibraryWork
from app.services.serial_work import SerialWork

# Enough to tell models apart that have one name and one size.
_LOOK_BYTES = 1 << 20


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
        known: The model when it is there.
        before: First file of the model that it was; "" for an import.
        dropped: Files that go although nothing is copied: the target has them already.
        root: Up to which emptied folders are removed; None leaves them.
    """

    steps: tuple[Step, ...]
    known: Known
    before: str = ""
    dropped: tuple[pathlib.Path, ...] = ()
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
        LibraryDiskFailed: The target cannot be used.
    """
    is_far = not _is_one_volume(source, target)
    places = {file.path: target / file.path.relative_to(source) for file in installed.all_files}
    steps, dropped = [], []
    for file in installed.all_files:
        is_shared = file.path in shared
        if is_shared and _has_size(places[file.path], file.bytes):
            continue
        if file == installed.projector and _is_copy(file.path, places[file.path]):
            dropped.append(file.path)  # it came with another build
            continue
        _refuse_existing(places[file.path])
        steps.append(
            Step(
                source=file.path,
                target=places[file.path],
                bytes=file.bytes,
                sha256=file.sha256,
                is_copied=is_far or is_shared or file.path.is_symlink(),
                keeps_source=is_shared,
                facts=facts_of(file),
            )
        )
    known = known_of(installed)
    return Transfer(
        steps=tuple(steps),
        known=msgspec.structs.replace(
            known,
            files=tuple(str(places[file.path]) for file in installed.files),
            projector=str(places[installed.projector.path]) if installed.projector else "",
        ),
        before=known.files[0],
        dropped=tuple(dropped),
        root=source,
    )


def plan_import(
    found: Found, target: pathlib.Path, recognised: Recognised | None, *, moves: bool
) -> Transfer:
    """Find out how a model gets into a models folder; looks at the disk.

    Raises:
        TargetExists: It is there already.
        LibraryDiskFailed: It or the target cannot be used.
    """
    build = recognised.build if recognised else None
    sources = _sources(found)
    targets = _free_targets(found, target, build)
    listed = [*(file.sha256 for file in (build.files if build else ())), ""]
    hashes = dict(zip(found.files, listed, strict=False))
    steps = []
    for source, place in zip(sources, targets, strict=True):
        seen = facts_now(source)
        if seen is None:
            reason = "a file of the model is gone"
            raise LibraryDiskFailed(folder=str(source.parent), reason=reason)
        if source == found.projector and _has_size(place, seen.bytes):
            continue  # it came with another build
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


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer that somebody wants.

    Attributes:
        id: Under which its progress is shown: of the model, or of an import's source.
        name: Of the model.
        total_bytes: Of its files.
        plan: Runs on the disk thread when its turn comes.
        on_planned: Called then, on the owner's thread.
        record: Runs on the disk thread when every file is there, with what is known of those that
            were read, and before the first source goes.
        on_end: Gets what went wrong; then the model is where it was. None also for a stop.
    """

    id: str
    kind: Literal["move", "import"]
    name: str
    total_bytes: int
    plan: Callable[[], Transfer]
    on_planned: Callable[[], None]
    record: Callable[[Transfer, dict[pathlib.Path, Facts]], None]
    on_end: Callable[[AppError | None], None]


class Transfers:
    """All that goes on, one after the other; lives on the owner's thread.

    Attributes:
        works: By the wish's id.
    """

    def __init__(
        self,
        worker: FileWorker,
        disk: SerialWork[AppError],
        *,
        is_in_use: Callable[[Iterable[pathlib.Path]], bool],
        on_change: Callable[[], None],
    ) -> None:
        """Wire it.

        Args:
            worker: Reads and copies.
            disk: Where plans are made and files renamed.
            is_in_use: Whether the engine has one of these files open now.
            on_change: Called when `works` changed.
        """
        self.works: dict[str, LibraryWork] = {}
        self._worker = worker
        self._disk = disk
        self._is_in_use = is_in_use
        self._on_change = on_change
        self._waiting: list[Wish] = []
        self._run: _Run | None = None
        self._handle: int | None = None

    def add(self, wish: Wish) -> None:
        """Carry a model over after those before, unless that is wished already."""
        if wish.id not in self.works:
            self._show(wish, 0, wish.total_bytes)
            self._waiting.append(wish)
            self._start_next()

    def stop(self, wish_id: str) -> None:
        """End one; the model stays where it was."""
        waiting = next((wish for wish in self._waiting if wish.id == wish_id), None)
        if waiting:
            self._waiting.remove(waiting)
            self._forget(waiting, None)
        elif self._run and self._run.wish.id == wish_id:
            self._run.is_stopped = True
            if self._handle is not None:
                self._worker.cancel(self._handle)

    def _start_next(self) -> None:
        if self._run or not self._waiting:
            return
        wish = self._waiting.pop(0)
        self._run = _Run(wish)
        self._disk.do(wish.plan, self._planned)

    def _planned(self, transfer: Transfer | AppError) -> None:
        assert self._run
        run = self._run
        if isinstance(transfer, AppError):
            self._finish(run, transfer)
        elif run.is_stopped:
            self._finish(run, None)
        else:
            run.transfer = transfer
            run.wish.on_planned()
            self._read_next(run)

    def _read_next(self, run: "_Run") -> None:
        transfer = run.transfer
        self._show_run(run, 0)
        waiting = (step for step in transfer.steps if step.target not in run.read)
        step = next((step for step in waiting if step.is_copied or step.is_read), None)
        if step is None:
            self._settle(run)
            return
        if step.is_read:
            self._handle = self._worker.hash(
                step.source,
                is_urgent=True,
                on_progress=lambda progress: self._progressed(run, progress),
                on_end=lambda end: self._was_read(run, step, end),
            )
            return
        self._handle = self._worker.copy(
            step.source,
            step.target,
            sha256=step.sha256,
            keeps_source=True,
            on_progress=lambda progress: self._progressed(run, progress),
            on_end=lambda end: self._was_read(run, step, end),
        )

    def _settle(self, run: "_Run") -> None:
        """Let the sources go, unless a question has opened one of them meanwhile."""
        transfer = run.transfer
        going = [step.source for step in transfer.steps if not step.keeps_source]
        if self._is_in_use([*going, *transfer.dropped]):
            error = ModelInUse(name=run.wish.name)
            self._disk.do(lambda: _take_back(run), lambda nothing: self._finish(run, error))
        else:
            self._disk.do(lambda: _settle(run), lambda end: self._finish(run, end))

    def _progressed(self, run: "_Run", progress: FileProgress) -> None:
        self._show_run(run, progress.done_bytes)

    def _was_read(self, run: "_Run", step: Step, end: Copied | Hashed | Exception) -> None:
        self._handle = None
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
        self._run = None
        self._forget(run.wish, end)
        self._start_next()

    def _forget(self, wish: Wish, end: AppError | None) -> None:
        self.works.pop(wish.id, None)
        self._on_change()
        wish.on_end(end)

    def _show_run(self, run: "_Run", now_bytes: int) -> None:
        done_bytes = sum(facts.bytes for facts in run.read.values()) + now_bytes
        self._show(run.wish, done_bytes, run.transfer.total_bytes)

    def _show(self, wish: Wish, done_bytes: int, total_bytes: int) -> None:
        self.works[wish.id] = LibraryWork(
            kind=wish.kind, done_bytes=done_bytes, total_bytes=total_bytes
        )
        self._on_change()


class _Run:
    """A transfer that goes on."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.transfer = Transfer(steps=(), known=Known(files=()))
        self.read: dict[pathlib.Path, Facts] = {}
        self.is_stopped = False


def _settle(run: _Run) -> None:
    """Rename what is not copied, remember the model, let the sources go; all or nothing.

    Raises:
        TargetExists, LibraryDiskFailed: The model is where it was.
    """
    transfer = run.transfer
    renamed = [step for step in transfer.steps if not step.is_copied]
    moves = [(step.source, step.target) for step in renamed]
    try:
        move_all(moves)
    except FileExistsError as error:
        _take_back(run)
        taken = pathlib.Path(error.filename)
        raise TargetExists(name=taken.name, folder=str(taken.parent)) from None
    except OSError as error:
        _take_back(run)
        raise _failed(transfer.steps[0].target, error) from None
    try:
        run.wish.record(transfer, run.read)
    except AppError:
        with contextlib.suppress(OSError):
            move_all([(target, source) for source, target in moves])
        _take_back(run)
        raise
    gone = [step.source for step in transfer.steps if step.is_copied and not step.keeps_source]
    _delete([*gone, *transfer.dropped])
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


def _sources(found: Found) -> tuple[pathlib.Path, ...]:
    return (*found.files, *([found.projector] if found.projector else []))


def _free_targets(found: Found, target: pathlib.Path, build: Build | None) -> list[pathlib.Path]:
    """Where a model's files can go: where a download would put them, else a folder of its own."""
    sources = _sources(found)
    tries = itertools.chain(
        [import_paths(found, build)] if build else [],
        (import_paths(found, None, number=number) for number in itertools.count(1)),
    )
    for inside in tries:
        pairs = [(source, target / path) for source, path in zip(sources, inside, strict=True)]
        taken = [pair for pair in pairs if pair[1].exists() and not _is_projector_of(found, *pair)]
        for source, place in taken:
            if source != found.projector and _looks_same(source, place):
                raise TargetExists(name=place.name, folder=str(place.parent))
        if not taken:
            return [place for _, place in pairs]
    raise AssertionError  # there are more numbers than folders


def _is_projector_of(found: Found, source: pathlib.Path, place: pathlib.Path) -> bool:
    """Whether it is the projector, and what lies there is the same."""
    return source == found.projector and _looks_same(source, place)


def _looks_same(first: pathlib.Path, second: pathlib.Path) -> bool:
    """Whether two files have one size, one beginning and one end."""
    try:
        with first.open("rb") as one, second.open("rb") as other:
            for files in (one, other):
                files.seek(0, 2)
            if one.tell() != other.tell():
                return False
            for at in (0, max(0, one.tell() - _LOOK_BYTES)):
                one.seek(at)
                other.seek(at)
                if one.read(_LOOK_BYTES) != other.read(_LOOK_BYTES):
                    return False
    except OSError:
        return False
    return True


def _is_copy(first: pathlib.Path, second: pathlib.Path) -> bool:
    """Whether two files are equal, byte by byte."""
    try:
        return filecmp.cmp(first, second, shallow=False)
    except OSError:
        return False


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


def _failed(target: pathlib.Path, error: OSError) -> LibraryDiskFailed:
    return LibraryDiskFailed(
        folder=str(target.parent), reason=error.strerror or type(error).__name__
    )
