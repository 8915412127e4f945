"""What became of chats, in plain words."""

from PySide6.QtCore import QCoreApplication

from app.domain.errors import Cancelled
from app.domain.units import format_count
from app.exchange.reader_protocol import Why
from app.exchange.writer_client import WrittenFiles
from app.services.chat_import import Imported


def _tr(text: str) -> str:
    return QCoreApplication.translate("exchange", text)


def _counted(count: int, one: str, many: str) -> str:
    return (one if count == 1 else many).format(count=format_count(count))


def chats_words(count: int) -> str:
    """Say how many chats."""
    return _counted(count, _tr("1 chat"), _tr("{count} chats"))


def written_words(written: WrittenFiles, *, is_each: bool) -> str:
    """Say what was saved, and where."""
    if not is_each:
        return _tr("Saved as “{name}”.").format(name=written.target.name)
    files = _counted(written.files, _tr("1 file"), _tr("{count} files"))
    return _tr("Saved {files} in “{name}”.").format(files=files, name=written.target.name)


def imported_words(imported: Imported) -> str:
    """Say what came, and what did not and why."""
    sentences = [_came_words(imported)]
    if count := imported.already_here:
        sentences.append(
            _counted(count, _tr("1 was here already."), _tr("{count} were here already."))
        )
    reasons = {
        Why.BROKEN: (_tr("1 cannot be read."), _tr("{count} cannot be read.")),
        Why.EMPTY: (_tr("1 has no message."), _tr("{count} have no message.")),
        Why.TOO_LARGE: (_tr("1 is too large."), _tr("{count} are too large.")),
        Why.REPEATED: (_tr("1 is in it twice."), _tr("{count} are in it twice.")),
    }
    for why, (one, many) in reasons.items():
        if count := imported.skipped.get(why, 0):
            sentences.append(_counted(count, one, many))
    if count := imported.missing_attachments:
        sentences.append(
            _counted(
                count, _tr("1 attachment is missing."), _tr("{count} attachments are missing.")
            )
        )
    return " ".join(sentences)


def removed_words(count: int) -> str:
    """Say that what came is gone."""
    return _counted(
        count, _tr("1 chat was removed again."), _tr("{count} chats were removed again.")
    )


def _came_words(imported: Imported) -> str:
    count = len(imported.chats)
    if isinstance(imported.problem, Cancelled):
        return _counted(count, _tr("Stopped after 1 chat."), _tr("Stopped after {count} chats."))
    if not count:
        return _tr("No new chat was found.")
    if imported.program:
        words = _counted(
            count, _tr("1 chat came from {{program}}."), _tr("{count} chats came from {{program}}.")
        )
        return words.format(program=imported.program)
    return _counted(count, _tr("1 chat came."), _tr("{count} chats came."))
