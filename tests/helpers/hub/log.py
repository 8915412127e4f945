"""Every request that a hub was asked, and how much of its answer was sent."""

import threading
from collections.abc import Callable

import msgspec

from tests.helpers.hub.faults import Origin


class Logged(msgspec.Struct, kw_only=True):
    """A request.

    Attributes:
        path: With its query, so with the signature of a link.
        range: The header's value; "" where a whole file was asked for.
        status: 0 while there is no answer.
        bytes_sent: Of the body, as far as it was given to the system.
        had_auth: A token came along, in whatever way.
        headers: As they came: names and values.
        is_over: Nothing more is sent.
    """

    origin: Origin
    method: str
    path: str
    range: str = ""
    status: int = 0
    bytes_sent: int = 0
    had_auth: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    is_over: bool = False


class Log:
    """Requests in the order in which they came; any thread may write and read."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._entries: list[Logged] = []

    def begin(self, entry: Logged) -> None:
        """A request came in."""
        with self._changed:
            self._entries.append(entry)
            self._changed.notify_all()

    def change(
        self, entry: Logged, *, status: int = 0, sent: int = 0, is_over: bool = False
    ) -> None:
        """Its answer goes on."""
        with self._changed:
            entry.status = status or entry.status
            entry.bytes_sent += sent
            entry.is_over = entry.is_over or is_over
            self._changed.notify_all()

    def read(self) -> list[Logged]:
        """Copies of all of them."""
        with self._changed:
            return [msgspec.structs.replace(entry) for entry in self._entries]

    def clear(self) -> None:
        """Begin anew; what is still being answered is forgotten too."""
        with self._changed:
            self._entries.clear()

    def wait_for(self, condition: Callable[[list[Logged]], bool], limit_s: float) -> bool:
        """Wait until it holds; False if it did not in that time."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self._entries), limit_s)
