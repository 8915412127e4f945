"""Which heading every chat of the list stands under. Knows no Qt."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

import msgspec

from app.services.chats import Chat

_DAY = dt.timedelta(days=1)
# The year 2000. A clock without a battery says 1970; no chat with a model is that old.
_EARLIEST_MS = 946_684_800_000


class Period(Enum):
    """What chats have in common that stand under one heading."""

    PINNED = "pinned"
    FOLDER = "folder"
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    DAYS_30 = "days_30"
    MONTH = "month"


class Section(msgspec.Struct, frozen=True):
    """A heading.

    Attributes:
        folder: Its name, where it is one.
        month: Its first day, where it is one.
    """

    period: Period
    folder: str = ""
    month: dt.date | None = None


def sections(
    chats: Iterable[Chat], folders: Sequence[str], now: dt.datetime
) -> list[tuple[Section, list[Chat]]]:
    """Put chats under headings: pinned ones, folders, then dates.

    Args:
        chats: In whatever order; that of `used_order` holds.
        folders: In the person's order; all of them are there, also empty ones.
        now: Aware.
    """
    pinned: list[Chat] = []
    filed: dict[str, list[Chat]] = {name: [] for name in folders}
    dated: list[Chat] = []
    for chat in sorted(chats, key=lambda chat: chat.info.used_order, reverse=True):
        info = chat.info
        (pinned if info.is_pinned else filed.get(info.folder, dated)).append(chat)
    found = [(Section(Period.PINNED), pinned)] if pinned else []
    found += [(Section(Period.FOLDER, name), inside) for name, inside in filed.items()]
    return found + _dated(dated, now)


def _dated(chats: list[Chat], now: dt.datetime) -> list[tuple[Section, list[Chat]]]:
    today = now.astimezone().date()
    days = _falling([chat.info.used_ms for chat in chats], _midnight_ms(today + _DAY))
    periods = _periods(today)
    found: list[tuple[Section, list[Chat]]] = []
    begin_ms: float = float("inf")
    for chat, used_ms in zip(chats, days, strict=True):
        if used_ms < begin_ms:
            section, begin_ms = next(
                (period for period in periods if used_ms >= period[1]), _month(used_ms)
            )
            found.append((section, []))
        found[-1][1].append(chat)
    return found


def _falling(stamps: list[int], end_ms: float) -> list[int]:
    """Dates from the newest chat to the oldest that never rise, whatever the clock did.

    A time that cannot be (before there were such chats, or after today) counts as that of the
    next older chat, and so does one that is earlier than that.
    """
    believed = (stamp for stamp in reversed(stamps) if _EARLIEST_MS <= stamp < end_ms)
    newest = next(believed, int(end_ms) - 1)
    falling = []
    for stamp in reversed(stamps):
        if newest < stamp < end_ms:
            newest = stamp
        falling.append(newest)
    return falling[::-1]


def _periods(today: dt.date) -> Iterator[tuple[Section, float]]:
    """With the moment when each began; the newest first."""
    for period, days in (
        (Period.TODAY, 0),
        (Period.YESTERDAY, 1),
        (Period.WEEK, 7),
        (Period.DAYS_30, 30),
    ):
        yield Section(period), _midnight_ms(today - days * _DAY)


def _month(used_ms: int) -> tuple[Section, float]:
    day = dt.datetime.fromtimestamp(used_ms / 1000, dt.UTC).astimezone().date()
    first = day.replace(day=1)
    return Section(Period.MONTH, month=first), _midnight_ms(first)


def _midnight_ms(day: dt.date) -> float:
    """When a day begins here, as Unix time in milliseconds."""
    return dt.datetime.combine(day, dt.time()).astimezone().timestamp() * 1000
