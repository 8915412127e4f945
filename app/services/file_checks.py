"""Hashes installed files and compares: in the background one model at a time, urgently at once."""

import pathlib
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

import msgspec

from app.domain.errors import AppError, Cancelled, CheckStopped, FileAltered
from app.domain.library import Check, LibraryFile
from app.downloads.protocol import FileProgress, Hashed
from app.library.index import Facts
from app.services.file_worker import FileWorker
from app.services.library_values import LibraryWork

OnEnd = Callable[[AppError | None], None]


class _Check(msgspec.Struct):
    """The check of one model."""

    id: str
    files: tuple[LibraryFile, ...]
    on_end: OnEnd
    is_urgent: bool
    own: frozenset[pathlib.Path]
    next: int = 0
    handle: int | None = None
    done_bytes: int = 0
    failure: AppError | None = None


class FileChecks:
    """All checks; lives on the owner's thread.

    Attributes:
        works: By the id of the model; of what is checked or waits for its turn.
    """

    def __init__(
        self,
        worker: FileWorker,
        *,
        on_change: Callable[[], None],
        on_facts: Callable[[LibraryFile, Facts], None],
    ) -> None:
        """Wire it.

        Args:
            worker: Reads the files.
            on_change: Called when `works` changed.
            on_facts: Gets a file as it was known before, and what is known now that it was read.
        """
        self.works: dict[str, LibraryWork] = {}
        self._worker = worker
        self._on_change = on_change
        self._on_facts = on_facts
        self._waiting: list[_Check] = []
        self._running: list[_Check] = []

    def add(
        self,
        model_id: str,
        files: Sequence[LibraryFile],
        *,
        on_end: OnEnd,
        is_urgent: bool = False,
        own: Collection[pathlib.Path] = (),
    ) -> None:
        """Check a model's files, unless that is done already.

        Args:
            model_id: Of the model.
            files: To read.
            on_end: Gets what is wrong, None for nothing; of what was stopped only where somebody
                waits.
            is_urgent: Somebody waits: before all others, and as fast as the disk is.
            own: Of the files, those that may have another content now.
        """
        if is_urgent:
            if self._take_over(model_id, tuple(files), on_end):
                return
            self.stop(model_id)
        elif model_id in self.works:
            return
        check = _Check(model_id, tuple(files), on_end, is_urgent, frozenset(own))
        self._show(check, 0)
        if is_urgent:
            self._start(check)
        else:
            self._waiting.append(check)
            self._start_next()

    def stop(self, model_id: str) -> None:
        """End a model's check; what was found out already stays."""
        self._waiting = [check for check in self._waiting if check.id != model_id]
        for check in [check for check in self._running if check.id == model_id]:
            self._running.remove(check)
            if check.handle is not None:
                self._worker.cancel(check.handle)
            if check.is_urgent:
                check.on_end(CheckStopped(name=check.files[0].path.name))
        if self.works.pop(model_id, None):
            self._on_change()
        self._start_next()

    def _take_over(self, model_id: str, files: tuple[LibraryFile, ...], on_end: OnEnd) -> bool:
        """Tell another one what comes out of a check that goes on; False where there is none."""
        for check in self._running:
            if check.id == model_id and check.is_urgent and check.files == files:
                before, check.on_end = check.on_end, on_end
                before(CheckStopped(name=files[0].path.name))
                return True
        return False

    def _start_next(self) -> None:
        is_busy = any(not check.is_urgent for check in self._running)
        if self._waiting and not is_busy:
            self._start(self._waiting.pop(0))

    def _start(self, check: _Check) -> None:
        self._running.append(check)
        self._hash_next(check)

    def _hash_next(self, check: _Check) -> None:
        if check.next == len(check.files):
            self._finish(check)
            return
        file = check.files[check.next]
        check.handle = self._worker.hash(
            file.path,
            is_urgent=check.is_urgent,
            on_progress=lambda progress: self._progressed(check, progress),
            on_end=lambda end: self._hashed(check, file, end),
        )

    def _progressed(self, check: _Check, progress: FileProgress) -> None:
        if check in self._running:
            self._show(check, check.done_bytes + progress.done_bytes)

    def _hashed(self, check: _Check, file: LibraryFile, end: Hashed | Exception) -> None:
        if check not in self._running:
            return  # it was stopped
        check.handle = None
        if isinstance(end, Hashed):
            facts = _compared(file, end, is_own=file.path in check.own)
            self._on_facts(file, facts)
            if facts.check is Check.WRONG:
                check.failure = check.failure or FileAltered(name=file.path.name)
            check.done_bytes += file.bytes
            check.next += 1
            self._hash_next(check)
        elif isinstance(end, Cancelled):
            self.stop(check.id)
        else:
            check.failure = end if isinstance(end, AppError) else None
            self._finish(check)
            if not isinstance(end, AppError):
                raise end

    def _finish(self, check: _Check) -> None:
        self._running.remove(check)
        self.works.pop(check.id, None)
        self._on_change()
        check.on_end(check.failure)
        self._start_next()

    def _show(self, check: _Check, done_bytes: int) -> None:
        total_bytes = sum(file.bytes for file in check.files)
        self.works[check.id] = LibraryWork(
            kind="verify", done_bytes=min(done_bytes, total_bytes), total_bytes=total_bytes
        )
        self._on_change()


def now() -> str:
    """ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _compared(file: LibraryFile, found: Hashed, *, is_own: bool) -> Facts:
    """What is known of a file now; the first hash that it ever had is the one it must have.

    That of a person's own file is the one that it has now.
    """
    is_good = is_own or file.sha256 in ("", found.sha256)
    return Facts(
        bytes=found.bytes,
        mtime_ns=found.mtime_ns,
        sha256=found.sha256 if is_own else file.sha256 or found.sha256,
        check=Check.GOOD if is_good else Check.WRONG,
        checked_at=now(),
    )
