"""Chats of a file or a folder cannot be brought in."""

from app.domain.errors.base import AppError


class ChatImportError(AppError):
    """No chat can be read from it, or not all of them."""


class ImportNotFound(ChatImportError):
    """No file or folder of that name."""

    sentence = "There is no file or folder “{name}”. Check the path."


class ImportUnreadable(ChatImportError):
    """The operating system refuses to read it."""

    sentence = "“{name}” cannot be read ({reason}). Check its permissions."


class NotChats(ChatImportError):
    """The content belongs to none of the programs, whatever the name says."""

    sentence = (
        "“{name}” holds no chats that can be read. Choose chats that Cierzo exported, a data "
        "export of ChatGPT, or the chats of LM Studio, Jan or the Ollama app."
    )


class ImportTooNew(ChatImportError):
    """Written by a later version of ours."""

    sentence = (
        "“{name}” was written by a newer version of Cierzo. Update Cierzo, then import it again."
    )


class ImportDamaged(ChatImportError):
    """It begins like chats and cannot be read to its end."""

    sentence = "“{name}” is damaged or incomplete. Export or copy it again and choose that."


class ImportTooLarge(ChatImportError):
    """More than is read at once, or a file that pretends to have it."""

    sentence = (
        "“{name}” is too large to be read safely: a file with chats may have {limit_bytes}, "
        "unpacked. Export fewer chats at once."
    )


class NoChats(ChatImportError):
    """It is what it should be, and empty."""

    sentence = "There is no chat with a message in “{name}”. Choose another file or folder."


class ImportEncrypted(ChatImportError):
    """An archive that asks for a password."""

    sentence = (
        "“{name}” is protected by a password. Unpack it and choose the folder that it becomes."
    )


class ChatReaderTooSlow(ChatImportError):
    """The watchdog or the system's limit ended the process that read it."""

    sentence = (
        "“{name}” took too long to read, so it was stopped. Chats that were read until then are "
        "kept."
    )


class ChatReaderCrashed(ChatImportError):
    """The process that read it died."""

    sentence = (
        "“{name}” stopped the program part that reads chats ({reason}). Export or copy it again "
        "and choose that."
    )


class ChatReaderMissing(ChatImportError):
    """The worker program cannot be started."""

    sentence = "Chats cannot be imported ({reason}). Reinstall Cierzo to repair it."
