"""Looks at repositories that a person asked for, before anything is downloaded."""

import itertools
import pathlib
import shutil
import tempfile
from collections.abc import Callable

from app.domain.downloads.network import Network
from app.domain.errors import FolderUnwritable, OfflineSwitchedOn
from app.downloads.client import DownloadClient
from app.downloads.protocol import Looked, Peeked
from app.pipe.client import Post
from app.services.hub_access import HubAccess
from app.services.network_log import TrafficTally


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

    def look(
        self, repository: str, on_end: Callable[[Looked | Exception], None], revision: str
    ) -> None:
        """List a repository's files."""

        def begin(network: Network) -> None:
            def end(looked: Looked | Exception) -> None:
                self._tally.end(handle)
                on_end(looked)

            handle = self._worker.look(network, repository, revision, on_end=end)

        self._unless_offline(begin, on_end)

    def peek(
        self,
        repository: str,
        commit: str,
        path: str,
        length_bytes: int,
        on_end: Callable[[pathlib.Path | Exception], None],
    ) -> None:
        """Fetch the first bytes of a file; who gets the path removes it."""

        def begin(network: Network) -> None:
            def end(peeked: Peeked | Exception) -> None:
                self._tally.end(handle)
                on_end(peeked if isinstance(peeked, Exception) else pathlib.Path(peeked.path))

            handle = self._worker.peek(
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
        self._unless_offline(begin, on_end)

    def close(self) -> None:
        """Remove what nobody came for."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _unless_offline(
        self, begin: Callable[[Network], None], on_end: Callable[[Exception], None]
    ) -> None:
        if self._access.is_offline:
            self._post(lambda: on_end(OfflineSwitchedOn()))
        else:
            self._access.ask(begin)

    def _private_folder(self) -> pathlib.Path:
        if self._folder is None:
            self._folder = pathlib.Path(tempfile.mkdtemp(prefix="cierzo-"))
        return self._folder
