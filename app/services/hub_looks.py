"""Looks at repositories that a person asked for, before anything is downloaded."""

import itertools
import pathlib
import shutil
import tempfile
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from app.domain.downloads.network import Network
from app.domain.errors import FolderUnwritable, OfflineSwitchedOn
from app.downloads.client import DownloadClient
from app.downloads.protocol import Looked, Peeked
from app.pipe.client import Post
from app.services.hub_access import HubAccess
from app.services.network_log import TrafficTally

_End = TypeVar("_End")


class _Look(msgspec.Struct, eq=False):
    """One that is under way; it has no handle while the key store is asked."""

    on_end: Callable[[Any], None]
    handle: int | None = None


class HubLooks:
    """Asks through the download worker; lives on the owner's thread."""

    def __init__(
        self, worker: DownloadClient, access: HubAccess, tally: TrafficTally, *, post: Post
    ) -> None:
        self._worker = worker
        self._access = access
        self._tally = tally
        self._post = post
        self._folder: pathlib.Path | None = None
        self._numbers = itertools.count()
        self._open: list[_Look] = []

    def look(
        self, repository: str, on_end: Callable[[Looked | Exception], None], revision: str
    ) -> None:
        """List a repository's files."""

        def begin(network: Network, end: Callable[[Looked | Exception], None]) -> int:
            return self._worker.look(network, repository, revision, on_end=end)

        self._begin(begin, on_end)

    def peek(
        self,
        repository: str,
        commit: str,
        path: str,
        length_bytes: int,
        on_end: Callable[[pathlib.Path | Exception], None],
    ) -> None:
        """Fetch the first bytes of a file; who gets the path removes it."""

        def begin(network: Network, end: Callable[[Peeked | Exception], None]) -> int:
            return self._worker.peek(
                network,
                repository,
                commit,
                path,
                length_bytes=length_bytes,
                target=target,
                on_end=end,
            )

        try:
            target = self._private_folder() / str(next(self._numbers))
        except OSError as error:
            folder, reason = tempfile.gettempdir(), error.strerror or "unknown"
            refusal = FolderUnwritable(folder=folder, reason=reason)
            self._post(lambda: on_end(refusal))
            return
        self._begin(
            begin,
            lambda end: on_end(end if isinstance(end, Exception) else pathlib.Path(end.path)),
        )

    def settings_changed(self) -> None:
        """Offline ends what is under way."""
        if self._access.is_offline:
            for look in list(self._open):
                if look.handle is not None:
                    self._worker.cancel(look.handle)
                self._end(look, OfflineSwitchedOn())

    def close(self) -> None:
        """Remove what nobody came for."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _begin(
        self,
        begin: Callable[[Network, Callable[[_End | Exception], None]], int],
        on_end: Callable[[_End | Exception], None],
    ) -> None:
        if self._access.is_offline:
            self._post(lambda: on_end(OfflineSwitchedOn()))
            return
        look = _Look(on_end)
        self._open.append(look)

        def ask(network: Network) -> None:
            if self._access.is_offline:
                self._end(look, OfflineSwitchedOn())
            elif look in self._open:
                look.handle = begin(network, lambda end: self._end(look, end))

        self._access.ask(ask)

    def _end(self, look: "_Look", end: object) -> None:
        """Say it once: a look that Offline ended still has its own end to come."""
        if look.handle is not None:
            self._tally.end(look.handle)
        if look in self._open:
            self._open.remove(look)
            look.on_end(end)

    def _private_folder(self) -> pathlib.Path:
        if self._folder is None:
            self._folder = pathlib.Path(tempfile.mkdtemp(prefix="cierzo-"))
        return self._folder
