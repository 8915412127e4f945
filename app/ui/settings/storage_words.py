"""Storage and backups in plain words."""

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from app.domain.errors import ChatsDamaged, ChatsError, ChatsFaulty
from app.services.chat_backups import BackupWork
from app.services.storage_use import Cleaned, Kind, Storage, StorageItem
from app.store.backups import Backup
from app.store.recovery import Recovered
from app.ui.error_text import error_text
from app.ui.library.words import free_words, short_path
from app.ui.quantities import counted, format_bytes


def _tr(text: str) -> str:
    return QCoreApplication.translate("storage", text)


def problem_words(problem: ChatsError) -> str:
    """Say what is wrong with the chats, where the way out stands below."""
    if isinstance(problem, ChatsDamaged):
        return _tr(
            "The file with your chats is damaged, so what you write now is not kept. Save what can "
            "be read of it, or go back to one of the backups below. The damaged file is kept, too."
        )
    if isinstance(problem, ChatsFaulty):
        return _tr(
            "The file with your chats has a fault. Save what can be read of it before you go on, "
            "or go back to one of the backups below. The file as it is now is kept, too."
        )
    return error_text(problem)


def total_words(storage: Storage) -> str:
    """Say what it is in all, and what is left."""
    words = _tr("{size} in all").format(size=format_bytes(storage.total_bytes))
    free = free_words(storage.free_bytes)
    return f"{words} · {free}" if free else words


def name_words(kind: Kind) -> str:
    """What a row is called."""
    return {
        Kind.MODELS: _tr("Models"),
        Kind.CHATS: _tr("Chats"),
        Kind.ATTACHMENTS: _tr("Attached files"),
        Kind.BACKUPS: _tr("Backups of chats"),
        Kind.DAMAGED: _tr("Damaged chats"),
        Kind.RUNTIMES: _tr("Engine for the graphics card"),
        Kind.SNAPSHOTS: _tr("What models have read"),
        Kind.PICTURES: _tr("Opened pictures"),
        Kind.LOGS: _tr("Logs"),
    }[kind]


def fact_words(item: StorageItem) -> str:
    """What a row says beside its size."""
    if item.kind is Kind.MODELS:
        removed = counted(item.clean_count, "1 removed", "{count} removed")
        return (
            f"{short_path(item.folder)} · {removed}"
            if item.clean_count
            else short_path(item.folder)
        )
    if item.kind is Kind.CHATS:
        chats = counted(item.count, "1 chat", "{count} chats")
        if not item.clean_count:
            return chats
        trashed = counted(item.clean_count, "1 in the trash", "{count} in the trash")
        return f"{chats} · {trashed}"
    return {
        Kind.ATTACHMENTS: _tr("Pictures and documents in chats; each is kept once."),
        Kind.BACKUPS: _tr("Copies made once a day, see below."),
        Kind.DAMAGED: _tr("Laid aside when another file took their place."),
        Kind.RUNTIMES: _tr("A pack that was downloaded; “Engine” above removes it."),
        Kind.SNAPSHOTS: _tr("Long chats go on at once with it."),
        Kind.PICTURES: _tr("As the model sees them; they go when Cierzo ends."),
        Kind.LOGS: _tr("What went wrong and what was fetched; nothing that you wrote."),
    }[item.kind]


def clean_words(item: StorageItem) -> str:
    """Ask whether to clean up: what it does, and what it gives back."""
    count = item.clean_count
    question = {
        Kind.MODELS: counted(
            count,
            "Delete the removed model for good?",
            "Delete the {count} removed models for good?",
        ),
        Kind.CHATS: counted(
            count,
            "Delete the chat in the trash for good, also from the backups?",
            "Delete the {count} chats in the trash for good, also from the backups?",
        ),
        Kind.BACKUPS: _tr("Delete all copies but the newest?"),
        Kind.DAMAGED: _tr("Delete them? What could not be saved of them is lost then."),
        Kind.SNAPSHOTS: _tr(
            "Delete it? Long chats are read once more when you go on with them; nothing is lost."
        ),
        Kind.PICTURES: _tr("Delete what an earlier run left? The pictures in your chats stay."),
        Kind.LOGS: _tr("Delete the logs of earlier days?"),
    }[item.kind]
    gain = _tr("This frees {size}.").format(size=format_bytes(item.clean_bytes))
    return f"{question} {gain}"


def cleaned_words(cleaned: Cleaned) -> str:
    """Say what came of it."""
    words = _tr("{size} freed.").format(size=format_bytes(cleaned.freed_bytes))
    if not cleaned.left:
        return words
    left = counted(
        cleaned.left, "1 file could not be deleted.", "{count} files could not be deleted."
    )
    return f"{words} {left}"


def moment_words(copy: Backup) -> str:
    """Say when a copy was made, here."""
    if copy.made is None:
        return _tr("Before an update")
    made = QDateTime.fromSecsSinceEpoch(int(copy.made.timestamp()))
    short = QLocale.FormatType.ShortFormat
    time = QLocale().toString(made.time(), short)
    days = made.daysTo(QDateTime.currentDateTime())
    if days == 0:
        return _tr("Today, {time}").format(time=time)
    if days == 1:
        return _tr("Yesterday, {time}").format(time=time)
    return f"{QLocale().toString(made.date(), short)}, {time}"


def work_words(work: BackupWork | None) -> str:
    """Say what is being done."""
    if work is None:
        return ""
    return {
        BackupWork.BACK_UP: _tr("Making a copy…"),
        BackupWork.RESTORE: _tr("Going back to the copy…"),
        BackupWork.RECOVER: _tr("Saving what can be read…"),
        BackupWork.CHECK: _tr("Reading everything…"),
    }[work]


def checked_words(end: bool | ChatsError) -> str:
    """Say what a check found."""
    if isinstance(end, ChatsError):
        return error_text(end)
    return _tr("All is well.") if end else _tr("There is a fault. See above what can be done.")


def backed_up_words(end: Backup | ChatsError) -> str:
    """Say whether a copy was made."""
    return error_text(end) if isinstance(end, ChatsError) else _tr("A copy was made.")


def restored_words(copy: Backup, end: ChatsError | None) -> str:
    """Say whether a copy took the place of the chats."""
    if end:
        return error_text(end)
    return _tr("Your chats are as they were: {when}.").format(when=moment_words(copy))


def recovered_words(end: Recovered | ChatsError) -> str:
    """Say what could be saved, and where the rest is."""
    if isinstance(end, ChatsError):
        return error_text(end)
    saved = counted(
        end.chats,
        "{messages} in 1 chat were saved.",
        "{messages} in {count} chats were saved.",
        messages=counted(end.messages, "1 message", "{count} messages"),
    )
    kept = _tr("The damaged file is kept as {name}.").format(name=end.damaged.name)
    return f"{saved} {kept}"
