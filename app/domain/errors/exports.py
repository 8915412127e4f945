"""Chats cannot be written to a file."""

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
