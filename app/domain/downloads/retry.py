"""What to do when a server refuses or a connection breaks, and how long to wait before."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from app.domain.errors import (
    AppError,
    HubBusy,
    HubTrouble,
    HubUnreachable,
    LoginPage,
    NetworkDown,
    ProxyFailed,
    SecureConnectionFailed,
)

FLOOR_BYTES_PER_S = 2048
# A server that says more is asked again after that all the same.
LONGEST_SERVER_WAIT_S = 600

# What ends by itself, or as soon as the person has done something about it.
PASSING: tuple[type[AppError], ...] = (
    HubBusy,
    HubTrouble,
    HubUnreachable,
    LoginPage,
    NetworkDown,
    ProxyFailed,
    SecureConnectionFailed,
)


class Move(StrEnum):
    """What to do when a request brought nothing."""

    AGAIN = "again"  # the same request, later
    SLOW_DOWN = "slow down"  # the same, with fewer connections
    ALONE = "alone"  # the same, with no other connection beside it
    LOCATE = "locate"  # the link expired, or the file is elsewhere: ask the Hub where


def move_for(status: int) -> Move:
    """Tell what a status other than 200 and 206 asks for."""
    if status in (429, 503):
        return Move.SLOW_DOWN
    if status in (408, 425) or status >= 500:
        return Move.AGAIN
    return Move.LOCATE


def server_wait_s(retry_after: str, date: str, now: datetime | None = None) -> float | None:
    """Read how long a server asks to wait.

    Args:
        retry_after: The header: seconds or a date; "" where there is none.
        date: The header of that name: the server's clock, so that ours may be wrong.
        now: Ours, where the server did not say.

    Returns:
        Seconds from now, between 0 and ten minutes; None where nothing readable was said.
    """
    if retry_after.isdecimal() and retry_after.isascii():
        wait_s = float(retry_after[:9])
    else:
        until = _moment(retry_after)
        since = _moment(date) or now or datetime.now(UTC)
        if until is None:
            return None
        wait_s = (until - since).total_seconds()
    return min(max(wait_s, 0.0), float(LONGEST_SERVER_WAIT_S))


class Backoff:
    """The waits between attempts that brought nothing: longer and longer, never the same twice."""

    def __init__(self, first_s: float, most_s: float, random: Callable[[], float]) -> None:
        """Begin with the first.

        Args:
            first_s: About as long is the first wait.
            most_s: No wait is longer.
            random: Between 0 and 1.
        """
        self._first_s = first_s
        self._most_s = most_s
        self._random = random
        self.failures = 0

    def failed(self) -> float:
        """Count an attempt that brought nothing; the seconds to wait before the next."""
        whole_s = min(self._first_s * 2.0 ** min(self.failures, 30), self._most_s)
        self.failures += 1
        return whole_s * (0.5 + 0.5 * self._random())

    def reset(self) -> None:
        """Bytes came."""
        self.failures = 0


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
