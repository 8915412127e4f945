"""Files that lie on this PC already, so that they need not be downloaded once more."""

import contextlib
import glob
import pathlib
import threading
from collections.abc import Iterable, Iterator

from app.domain.builds import BuildFile
from app.domain.errors import AppError
from app.downloads.worker.copying import CopyWish, copy_file
from app.downloads.worker.file_work import run_in_thread
from app.downloads.worker.hashing import hash_file


async def take_over(
    file: BuildFile,
    folders: Iterable[pathlib.Path],
    target: pathlib.Path,
) -> bool:
    """Put a file into place from one of some folders, after it was hashed.

    A hard link where that is possible: nothing in a folder of models is ever written again. What
    cannot be read or copied is as good as not there.

    Args:
        file: With size and sha256.
        folders: Of models, OWNER/NAME/path; or caches of Hugging Face, which name files by hash.
        target: There must be no such file yet.

    Returns:
        Whether the file is there now.
    """
    for candidate in await run_in_thread(lambda stop: _candidates(file, folders, stop)):
        wish = CopyWish(source=candidate, target=target, sha256=file.sha256)
        with contextlib.suppress(AppError, OSError):
            if not _link(candidate, target):
                await copy_file(wish, on_progress=_nobody_asks)
                return True
            if await _has_hash(target, file.sha256):
                return True
    return False


def _link(candidate: pathlib.Path, target: pathlib.Path) -> bool:
    try:
        target.hardlink_to(candidate)
    except OSError:  # another volume, or a file system without links
        return False
    return True


async def _has_hash(target: pathlib.Path, sha256: str) -> bool:
    """Look at what was linked, and take a wrong file away again."""
    is_right = False
    try:
        found = await hash_file(target, is_urgent=True, on_progress=_nobody_asks)
        is_right = found.sha256 == sha256
    finally:
        if not is_right:
            target.unlink()
    return is_right


def _candidates(
    file: BuildFile, folders: Iterable[pathlib.Path], stop: threading.Event
) -> list[pathlib.Path]:
    found = []
    for folder in folders:
        if stop.is_set():
            break
        for path in _named(file, folder):
            with contextlib.suppress(OSError):
                resolved = path.resolve()
                if resolved.is_file() and resolved.stat().st_size == file.bytes:
                    found.append(resolved)
    return found


def _named(file: BuildFile, folder: pathlib.Path) -> Iterator[pathlib.Path]:
    yield from folder.glob(f"models--*/blobs/{file.sha256}")
    yield from folder.glob(f"[!.]*/*/{glob.escape(file.path)}")


def _nobody_asks(done_bytes: int, total_bytes: int) -> None:
    del done_bytes, total_bytes
