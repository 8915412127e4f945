"""What a row of the list of chats can be, and what it is called."""

from collections.abc import Hashable

import msgspec
from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

from app.domain.chat import Role
from app.domain.kept_chat import Hit
from app.domain.search_words import SearchWords
from app.services.chats import Chat
from app.ui.chat.chat_sections import Period, Section
from app.ui.plain_text import one_line
from app.ui.quantities import counted, format_count, listed, month_words


class Heading(msgspec.Struct, frozen=True):
    """Stands above chats; a folder's is folded by the person.

    Attributes:
        key: Tells rows apart, here and in the others.
    """

    key: Section
    chats: int
    is_folded: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether the person made it."""
        return self.key.period is Period.FOLDER


class ChatEntry(msgspec.Struct, frozen=True):
    """A chat; `words` are what was searched for."""

    key: int
    chat: Chat
    section: Section | None = None
    words: SearchWords | None = None


class FoundHeading(msgspec.Struct, frozen=True):
    """Stands above what was found; `most` where there is more of it than is shown."""

    key: str
    most: int | None = None


class HitEntry(msgspec.Struct, frozen=True):
    """A message with what was searched for."""

    key: tuple[int, int]
    hit: Hit
    chat: Chat


class TrashEntry(msgspec.Struct, frozen=True):
    """The way to the trash."""

    chats: int
    key: str = "trash"


Entry = Heading | ChatEntry | FoundHeading | HitEntry | TrashEntry
Key = Hashable

TITLES = "titles"
MESSAGES = "messages"


def title_words(chat: Chat) -> str:
    """A chat's title on one line."""
    if chat.title:
        return one_line(chat.title)
    return _tr("Private chat") if chat.is_private else _tr("New chat")


def section_words(section: Section) -> str:
    """Name a heading."""
    if section.month:
        month = QLocale().standaloneMonthName(section.month.month, QLocale.FormatType.LongFormat)
        return month_words(month, str(section.month.year))
    return {
        Period.PINNED: _tr("Pinned"),
        Period.FOLDER: one_line(section.folder),
        Period.TODAY: _tr("Today"),
        Period.YESTERDAY: _tr("Yesterday"),
        Period.WEEK: _tr("Previous 7 days"),
        Period.DAYS_30: _tr("Previous 30 days"),
    }[section.period]


def found_words(heading: FoundHeading) -> str:
    """Name a heading above what was found."""
    if heading.key == TITLES:
        words = _tr("The newest {most} chats") if heading.most else _tr("Chats")
    else:
        words = _tr("The newest {most} messages") if heading.most else _tr("Messages")
    return words.format(most=heading.most)


def who_words(hit: Hit) -> str:
    """Name who wrote a message."""
    return _tr("You") if hit.role is Role.USER else _tr("Model")


def date_words(moment_ms: int) -> str:
    """The time of a moment today, the date of others; nothing where it is not known."""
    if not moment_ms:
        return ""
    moment = QDateTime.fromMSecsSinceEpoch(moment_ms)
    short = QLocale.FormatType.ShortFormat
    if moment.date() == QDate.currentDate():
        return QLocale().toString(moment.time(), short)
    return QLocale().toString(moment.date(), short)


def trash_words(chats: int) -> str:
    """Name the way to the trash."""
    return _tr("Trash ({count})").format(count=format_count(chats))


def shown_words(entry: Entry) -> str:
    """What a row says first."""
    match entry:
        case Heading():
            return section_words(entry.key)
        case FoundHeading():
            return found_words(entry)
        case TrashEntry():
            return trash_words(entry.chats)
        case ChatEntry() | HitEntry():
            return title_words(entry.chat)


def spoken_words(entry: Entry, *, is_working: bool) -> str:
    """All that a row says, for who does not see it."""
    match entry:
        case Heading() if entry.is_folder:
            state = _tr("folded") if entry.is_folded else _tr("unfolded")
            return counted(
                entry.chats,
                "Folder {name}, 1 chat, {state}",
                "Folder {name}, {count} chats, {state}",
                name=section_words(entry.key),
                state=state,
            )
        case ChatEntry():
            parts = [title_words(entry.chat)]
            parts += [_tr("private")] if entry.chat.is_private else []
            parts += [_tr("being answered")] if is_working else []
            parts += [_place_words(entry.section)] if entry.section else []
            return listed(parts)
        case HitEntry():
            date, excerpt = date_words(entry.hit.created_ms), one_line(entry.hit.excerpt)
            parts = [title_words(entry.chat), f"{who_words(entry.hit)}: {excerpt}", date]
            return listed(part for part in parts if part)
        case _:
            return shown_words(entry)


def _place_words(section: Section) -> str:
    if section.period is Period.FOLDER:
        return _tr("in the folder {name}").format(name=section_words(section))
    return section_words(section)


def _tr(text: str) -> str:
    return QCoreApplication.translate("chats", text)
