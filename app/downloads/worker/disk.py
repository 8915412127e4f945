"""What the disk below a folder has room for, and what its errors mean."""

import contextlib
import errno
import os
import pathlib
import shutil
from collections.abc import Iterator

import psutil

from app.domain.errors import (
    AppError,
    DiskFailed,
    DiskTooFull,
    FileTooLargeForDisk,
    ModelFolderGone,
)

# Left free for everything else on the PC.
_RESERVE_BYTES = 10**9
_RESERVE_SHARE = 0.02

_FAT_LIMIT_BYTES = 2**32 - 1
# As psutil calls it on Linux, macOS and Windows. exFAT has no limit that matters.
_FAT_NAMES = {"vfat", "msdos", "fat", "fat32", "fat16"}

_FULL = {errno.ENOSPC, errno.EDQUOT}
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENODEV}


def check_room(folder: pathlib.Path, *, needed_bytes: int, other_bytes: int) -> None:
    """Make sure that something fits beside what others are going to need.

    Args:
        folder: On the disk in question.
        needed_bytes: Still to be written.
        other_bytes: Still to be written by others.

    Raises:
        DiskTooFull: It does not.
        ModelFolderGone: There is no such folder.
    """
    with disk_errors(folder):
        usage = shutil.disk_usage(folder)
    reserve_bytes = max(_RESERVE_BYTES, int(usage.total * _RESERVE_SHARE))
    missing_bytes = needed_bytes + other_bytes + reserve_bytes - usage.free
    if needed_bytes > 0 and missing_bytes > 0:
        raise DiskTooFull(folder=str(folder), missing_bytes=missing_bytes)


def check_file_size(folder: pathlib.Path, size_bytes: int) -> None:
    """Make sure that the file system can have a file of that size.

    Raises:
        FileTooLargeForDisk: It is FAT32.
    """
    if size_bytes > _FAT_LIMIT_BYTES and file_system_of(folder).lower() in _FAT_NAMES:
        raise FileTooLargeForDisk(folder=str(folder), size_bytes=size_bytes)


def check_folder(folder: pathlib.Path) -> None:
    """Make sure that a folder is there and can be written.

    Raises:
        ModelFolderGone: It is not.
    """
    if not folder.is_dir():
        raise ModelFolderGone(folder=str(folder), reason="it is not there")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ModelFolderGone(folder=str(folder), reason="it may not be written")


def file_system_of(folder: pathlib.Path) -> str:
    """Return the system's name for the file system that a folder lies on, "" if it does not tell.

    May wait for a drive: never on the event loop.
    """
    resolved = folder.resolve()
    mounts = [
        (pathlib.Path(partition.mountpoint), str(partition.fstype))
        for partition in psutil.disk_partitions(all=True)
    ]
    above = [(len(mount.parts), name) for mount, name in mounts if resolved.is_relative_to(mount)]
    return max(above)[1] if above else ""


@contextlib.contextmanager
def disk_errors(folder: pathlib.Path) -> Iterator[None]:
    """Say what an `OSError` of the file system means to a person."""
    try:
        yield
    except OSError as error:
        raise disk_fault(error, folder) from None


def disk_fault(error: OSError, folder: pathlib.Path) -> AppError:
    """Tell a full, a missing and a broken disk apart."""
    reason = error.strerror or type(error).__name__
    if error.errno in _FULL:
        return DiskTooFull(folder=str(folder), missing_bytes=1)
    if error.errno in _GONE:
        return ModelFolderGone(folder=str(folder), reason=reason)
    if error.errno == errno.EFBIG:
        return FileTooLargeForDisk(folder=str(folder), size_bytes=_FAT_LIMIT_BYTES + 1)
    return DiskFailed(folder=str(folder), reason=reason)
