"""The list of everything that went over the network: which host, what for, how much."""

import logging
import os
import pathlib
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from app.domain.atomic_file import write_atomically
from app.domain.downloads.network import Connection
from app.domain.undecodable import UNDECODABLE

log = logging.getLogger(__name__)

_NAME = "connections.jsonl"
_MOST_BYTES = 1 << 20
# How long a connection may go on before what it brought so far is written down.
_LINE_S = 60.0


class NetworkLog:
    """A private file of one line per connection, the oldest half of which goes when it is full.

    Args:
        folder: Made when there is something to write.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._path = folder / _NAME

    def add(self, connection: Connection) -> None:
        """Write it down; a disk that refuses is logged and nothing more."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "ab") as file:
                # One write: lines of two processes do not mix.
                file.write(msgspec.json.encode(connection) + b"\n")
                size_bytes = file.tell()
            if size_bytes > _MOST_BYTES:
                content = self._path.read_bytes()[-_MOST_BYTES // 2 :]
                write_atomically(self._path, content[content.index(b"\n") + 1 :])
        except OSError as error:
            log.warning("the list of connections could not be written: %s", error.strerror)

    def read(self, limit: int = 1000) -> list[Connection]:
        """The newest ones, the newest last; what cannot be read is left out."""
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            return []
        connections = []
        for line in lines[-limit:]:
            try:
                connections.append(msgspec.json.decode(line, type=Connection))
            except UNDECODABLE:
                continue
        return connections

    def clear(self) -> None:
        """Forget all of them.

        Raises:
            OSError: The file cannot be removed.
        """
        self._path.unlink(missing_ok=True)


class _Sum(msgspec.Struct):
    at: str
    since_s: float
    bytes: int


class TrafficTally:
    """Adds traffic up, so that a download of hours is some lines and not a million.

    Args:
        add: Gets a line for each request, host and reason: when the request ends, and every
            minute until then.
        clock: Seconds of a clock that never jumps.
    """

    def __init__(
        self, add: Callable[[Connection], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._add = add
        self._clock = clock
        self._sums: dict[tuple[int, str, str], _Sum] = {}

    def count(self, request: int, *, host: str, why: str, more_bytes: int) -> None:
        """Bytes came; 0 where a host was asked and said nothing."""
        key, now_s = (request, host, why), self._clock()
        if key not in self._sums:
            at = datetime.now(UTC).isoformat(timespec="seconds")
            self._sums[key] = _Sum(at=at, since_s=now_s, bytes=0)
        self._sums[key].bytes += more_bytes
        if now_s - self._sums[key].since_s >= _LINE_S:
            self._write(key)

    def end(self, request: int) -> None:
        """No more will come of that request."""
        for key in [key for key in self._sums if key[0] == request]:
            self._write(key)

    def close(self) -> None:
        """No more will come at all."""
        for key in list(self._sums):
            self._write(key)

    def _write(self, key: tuple[int, str, str]) -> None:
        total, (_, host, why) = self._sums.pop(key), key
        self._add(Connection(at=total.at, host=host, why=why, bytes=total.bytes))
