"""Fetches what a signed list names, through the download worker; lives on the owner's thread."""

import pathlib
from collections.abc import Callable
from typing import Any

import msgspec

from app.domain.errors import OfflineSwitchedOn
from app.domain.updates import PublishedFile
from app.downloads.client import DownloadClient
from app.downloads.protocol import Hashed, UrlFetched, UrlRead, UrlState
from app.pipe.client import Post
from app.services.hub_access import HubAccess
from app.services.network_log import TrafficTally


class UrlFetch(msgspec.Struct, eq=False):
    """One that is under way; `handle` is None until the worker has it."""

    on_end: Callable[[Any], None]
    handle: int | None = None


class UrlFetches:
    """Asks without a token, never while Offline is on, and writes down what went over the network.

    Each fetch ends in one call of its `on_end`; where it was cancelled with `Cancelled`.
    """

    def __init__(
        self, worker: DownloadClient, access: HubAccess, tally: TrafficTally, *, post: Post
    ) -> None:
        self._worker = worker
        self._access = access
        self._tally = tally
        self._post = post
        self._open: list[UrlFetch] = []

    def read(
        self,
        url: str,
        *,
        most_bytes: int,
        why: str,
        on_end: Callable[[bytes | Exception], None],
    ) -> UrlFetch:
        """Read a small file."""

        def took(end: UrlRead | Exception) -> None:
            self._end(fetch, end if isinstance(end, Exception) else end.content)

        fetch = self._begin(on_end)
        if fetch in self._open:
            fetch.handle = self._worker.read_url(
                self._access.anonymous, url, most_bytes=most_bytes, why=why, on_end=took
            )
        return fetch

    def fetch(
        self,
        file: PublishedFile,
        target: pathlib.Path,
        *,
        why: str,
        on_state: Callable[[UrlState], None],
        on_end: Callable[[UrlFetched | Exception], None],
    ) -> UrlFetch:
        """Have a file at its place."""
        fetch = self._begin(on_end)
        if fetch in self._open:
            fetch.handle = self._worker.fetch_url(
                self._access.anonymous,
                file,
                target=target,
                why=why,
                on_state=on_state,
                on_end=lambda end: self._end(fetch, end),
            )
        return fetch

    def hash(self, path: pathlib.Path, on_end: Callable[[Hashed | Exception], None]) -> None:
        """Read a file of this PC; needs no network."""
        self._worker.hash(path, is_urgent=True, on_progress=lambda progress: None, on_end=on_end)

    def cancel(self, fetch: UrlFetch) -> None:
        """End it soon; what came of it stays for the next time."""
        if fetch in self._open and fetch.handle is not None:
            self._worker.cancel(fetch.handle)

    def settings_changed(self) -> None:
        """Offline ends what is under way."""
        if self._access.is_offline:
            for fetch in list(self._open):
                self.cancel(fetch)
                self._end(fetch, OfflineSwitchedOn())

    def _begin(self, on_end: Callable[[Any], None]) -> UrlFetch:
        fetch = UrlFetch(on_end)
        if self._access.is_offline:
            self._post(lambda: on_end(OfflineSwitchedOn()))
        else:
            self._open.append(fetch)
        return fetch

    def _end(self, fetch: UrlFetch, end: object) -> None:
        """Say it once: what Offline ended still has its own end to come."""
        if fetch.handle is not None:
            self._tally.end(fetch.handle)
        if fetch in self._open:
            self._open.remove(fetch)
            fetch.on_end(end)
