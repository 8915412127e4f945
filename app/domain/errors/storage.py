"""A file or folder of ours cannot be used."""

from app.domain.errors.base import AppError


class StorageError(AppError):
    """A file of ours cannot be read or written."""


class FolderUnwritable(StorageError):
    """A data folder cannot be used."""

    sentence = "The folder “{folder}” cannot be used ({reason}). Choose another with --home."


class SettingsBroken(StorageError):
    """The settings file is no valid JSON, or holds values of a wrong kind."""

    sentence = (
        "Your settings could not be read, so the defaults are used. The old file will be kept as "
        "“{name}”."
    )


class SettingsPartlyBroken(StorageError):
    """Some values of the settings file are of a wrong kind or out of bounds."""

    sentence = (
        "These settings could not be read and have their defaults: {names}. The old file will be "
        "kept as “{name}”."
    )


class CatalogBroken(StorageError):
    """models.toml is invalid."""

    sentence = "The model catalogue “{name}” cannot be read: {reason}."


class CatalogEntryBroken(StorageError):
    """One entry of a models.toml is invalid; the others are used."""

    sentence = (
        "“{entry}” in the model catalogue “{name}” was left out: its key “{key}” is wrong "
        "({reason}). Mend the entry or remove it."
    )
