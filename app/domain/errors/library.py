"""Something about an installed model."""

from app.domain.errors.base import AppError


class LibraryError(AppError):
    """An installed model cannot be used, moved or removed."""


class FileAltered(LibraryError):
    """The hash is not the one that it was published with, or came with."""

    sentence = (
        "“{name}” is not the file that was installed: its content has changed. Download it again "
        "or remove it."
    )


class CheckStopped(LibraryError):
    """The person did not wait for it."""

    sentence = (
        "“{name}” has changed since it was installed, and checking it was stopped, so it was not "
        "loaded. Load it again to check it."
    )


class NotInstalled(LibraryError):
    """Nothing installed answers to that name."""

    sentence = "“{name}” is not installed. `cierzo models list --installed` shows what is."


class InstalledAmbiguous(LibraryError):
    """Several installed builds answer to the name."""

    sentence = "“{name}” is installed more than once: {choices}. Name the build with --build."


class AlreadyInstalled(LibraryError):
    """It is there."""

    sentence = "“{name}” is installed already."


class ModelInUse(LibraryError):
    """The engine has it open."""

    sentence = "“{name}” is in use. Choose another model in the chat first."


class BelongsToOther(LibraryError):
    """Files of another program are left alone."""

    sentence = (
        "“{name}” belongs to {app}, so its files are left alone. Import a copy if it should "
        "lie elsewhere."
    )


class AdoptedInFolder(LibraryError):
    """It would come back at the next look, as one of ours."""

    sentence = (
        "“{name}” lies in the models folder “{folder}”, so it stays on the list. Forget that "
        "folder instead."
    )


class LibraryDiskFailed(LibraryError):
    """The file system refused; `DiskFailed` is the same for a download, which goes on."""

    sentence = (
        "The model's files in “{folder}” could not be worked on ({reason}). Close what may have "
        "them open and check the drive, then try again."
    )


class TargetExists(LibraryError):
    """Nothing is overwritten."""

    sentence = "There is already another file “{name}” in “{folder}”. Move it away first."


class NothingToAdopt(LibraryError):
    """No GGUF below the folder."""

    sentence = "There is no GGUF model in “{folder}”. Choose a folder that holds .gguf files."


class LibraryUnreadable(LibraryError):
    """The index is damaged; it is made again from the folders."""

    sentence = (
        "The list of installed models could not be read and was made again from the folders. "
        "Models that lie elsewhere have to be added again."
    )
