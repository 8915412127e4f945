"""What became of chats, in plain words."""

from PySide6.QtCore import QCoreApplication

from app.domain.errors import Cancelled
from app.exchange.reader_protocol import Why
from app.exchange.writer_client import WrittenFiles
from app.services.chat_import import Imported
from app.ui.quantities import counted


def _tr(text: str) -> str:
    return QCoreApplication.translate("exchange", text)


def chats_words(count: int) -> str:
    """Say how many chats."""
    return counted(count, "1 chat", "{count} chats")


def written_words(written: WrittenFiles, *, is_each: bool) -> str:
    """Say what was saved, and where."""
    if not is_each:
        return _tr("Saved as “{name}”.").format(name=written.target.name)
    files = counted(written.files, "1 file", "{count} files")
    return _tr("Saved {files} in “{name}”.").format(files=files, name=written.target.name)


def imported_words(imported: Imported) -> str:
    """Say what came, and what did not and why."""
    sentences = [_came_words(imported)]
    if count := imported.already_here:
        sentences.append(counted(count, "1 was here already.", "{count} were here already."))
    skipped = imported.skipped
    if count := skipped.get(Why.BROKEN, 0):
        sentences.append(counted(count, "1 cannot be read.", "{count} cannot be read."))
    if count := skipped.get(Why.EMPTY, 0):
        sentences.append(counted(count, "1 has no message.", "{count} have no message."))
    if count := skipped.get(Why.TOO_LARGE, 0):
        sentences.append(counted(count, "1 is too large.", "{count} are too large."))
    if count := skipped.get(Why.REPEATED, 0):
        sentences.append(counted(count, "1 is in it twice.", "{count} are in it twice."))
    if count := imported.missing_attachments:
        sentences.append(
            counted(count, "1 attachment is missing.", "{count} attachments are missing.")
        )
    return " ".join(sentences)


def removed_words(count: int) -> str:
    """Say that what came is gone."""
    return counted(count, "1 chat was removed again.", "{count} chats were removed again.")


def _came_words(imported: Imported) -> str:
    count = len(imported.chats)
    if isinstance(imported.problem, Cancelled):
        return counted(count, "Stopped after 1 chat.", "Stopped after {count} chats.")
    if not count:
        return _tr("No new chat was found.")
    if imported.program:
        return counted(
            count,
            "1 chat came from {program}.",
            "{count} chats came from {program}.",
            program=imported.program,
        )
    return counted(count, "1 chat came.", "{count} chats came.")
