"""Chats cannot be written to a file."""

import errno

from app.domain.errors.base import AppError


class ExportError(AppError):
    """An export ended without a file."""


class ExportFolderMissing(ExportError):
    """The folder that the file was to lie in does not exist."""

    sentence = "“{name}” was not written: its folder does not exist. Choose another folder."


class ExportRefused(ExportError):
    """The operating system does not let it be written."""

    sentence = "“{name}” cannot be written ({reason}). Choose another folder or another name."


class ExportDiskFull(ExportError):
    """The drive has no room for it."""

    sentence = "There is no room left for “{name}”. Free some space or choose another drive."


class ExportFailed(ExportError):
    """The process that writes it ended, or said something else than agreed."""

    sentence = "“{name}” was not written: the program part that does it failed ({reason})."


class ExporterMissing(ExportError):
    """The installation is incomplete."""

    sentence = "Chats cannot be written to files ({reason}). Reinstall Cierzo."


# The last: more than a file may have on that drive, or than the person's limits allow.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def export_refusal(error: OSError, name: str) -> ExportError:
    """Say in a sentence why a file cannot be written."""
    if error.errno in _FULL:
        return ExportDiskFull(name=name)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return ExportFolderMissing(name=name)
    return ExportRefused(name=name, reason=error.strerror or type(error).__name__)
