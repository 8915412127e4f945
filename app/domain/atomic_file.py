"""Files that are whole as soon as they have their name."""

import contextlib
import errno
import os
import pathlib
import tempfile

# File systems that know no hard links (FAT, exFAT, some network drives) say one of these.
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL, errno.EACCES}


def write_atomically(path: pathlib.Path, content: bytes) -> None:
    """Replace a file so that after any crash it is the old one or the new one, private to the user.

    Raises:
        OSError: It could not be written; the old file is untouched.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        pathlib.Path(temporary).replace(path)
    except BaseException:
        pathlib.Path(temporary).unlink(missing_ok=True)
        raise


def rename_new(source: pathlib.Path, target: pathlib.Path) -> None:
    """Rename on one volume, but not over a file that is there: only Windows' own rename does so.

    Raises:
        FileExistsError: Something has that name; it names the target.
        OSError: The file system refuses; the source is where it was.
    """
    if os.name == "nt":
        source.rename(target)
        return
    # A link itself is moved, and not what it leads to, which macOS would link to.
    if source.is_symlink() or not _link(source, target):
        if is_taken(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        source.rename(target)
        return
    try:
        source.unlink()
    except OSError:
        with contextlib.suppress(OSError):
            target.unlink()
        raise


def is_taken(path: pathlib.Path) -> bool:
    """Whether something has that name, be it a link that leads nowhere."""
    return path.is_symlink() or path.exists()


def _link(source: pathlib.Path, target: pathlib.Path) -> bool:
    """Give a file a second name; False where the file system knows none."""
    try:
        target.hardlink_to(source)
    except FileExistsError:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return False
    return True
