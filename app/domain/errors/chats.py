"""Chats cannot be kept, or what was kept cannot be used."""

from app.domain.errors.base import AppError


class ChatsError(AppError):
    """The file with the chats."""


class ChatsInUse(ChatsError):
    """Another process writes to it."""

    sentence = (
        "Another Cierzo has these chats open. Close it and try again; until then they are not "
        "shown here, and what you write here is not kept."
    )


class ChatsTooNew(ChatsError):
    """It was written by a later version."""

    sentence = (
        "Your chats were written by a newer Cierzo, which this one cannot read. They are untouched;"
        " install the newer version. What you write until then is not kept."
    )


class ChatsDamaged(ChatsError):
    """SQLite finds it malformed, or it is no database."""

    sentence = (
        "The file with your chats is damaged, so what you write now is not kept. Recover what can "
        "be read, or go back to a backup: Settings, Storage, or `cierzo chats recover`."
    )


class ChatsUnreadable(ChatsError):
    """The operating system refuses to open it or reports a fault of the disk."""

    sentence = (
        "The file with your chats cannot be used ({reason}), so what you write now is not kept. "
        "Mend that and start again."
    )


class ChatsReadOnly(ChatsError):
    """It can be read, but not written."""

    sentence = (
        "Your chats cannot be changed, because their folder is read-only. You can read them, and "
        "what you write in a new chat is not kept."
    )


class ChatsDiskFull(ChatsError):
    """No room to write; everything that was kept before still is."""

    sentence = (
        "The disk is full, so this could not be kept. Free some space, for example under Settings, "
        "Storage, and try again; nothing that was kept before is lost."
    )


class ChatsDiskLow(ChatsError):
    """The disk was full, and what was kept free for that moment is used now."""

    sentence = (
        "The disk is full. What you wrote was kept with the last room that was set aside for it: "
        "free some space before you go on, for example under Settings, Storage."
    )


class ChatsFaulty(ChatsError):
    """An integrity check finds a fault in a file that can still be opened."""

    sentence = (
        "The file with your chats has a fault. What can be read of it is here; save it before you "
        "go on: Settings, Storage, or `cierzo chats recover`."
    )


class ChatsBusy(ChatsError):
    """Something in them is being answered."""

    sentence = (
        "An answer is being written, and it would be lost. Stop it or wait for its end, then try "
        "again."
    )


class ChatUnknown(ChatsError):
    """No chat of that name."""

    sentence = "There is no chat “{name}”. `cierzo chats list` shows those there are."


class ChatAmbiguous(ChatsError):
    """Several chats fit what was typed."""

    sentence = "“{name}” fits several chats: {names}. Write more of the title, or the key."


class BackupUnusable(ChatsError):
    """It is no backup of chats, damaged or of a newer version."""

    sentence = "“{name}” is no backup of chats that can be read. Choose another one."


class AttachmentGone(ChatsError):
    """A file that belongs to a message is not where it was kept."""

    sentence = "“{name}” is no longer kept with the chat. Attach it again."


class TooManyAttachments(ChatsError):
    """More files than fit into one question."""

    sentence = (
        "A question takes up to {limit} files, so the others were left out. Ask about them in a "
        "second question."
    )


class SeveralNotAttached(ChatsError):
    """More than one file of those that were attached together cannot go with a question."""

    sentence = (
        "{count} files could not be attached: {names}. Attach one of them alone to see the reason."
    )
