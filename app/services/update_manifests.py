"""The newest signed list of updates: fetched when somebody asks, kept for the next start.

Lives on the owner's thread; checking and the disk are waited for on another.
"""

import logging
import pathlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from app.domain.atomic_file import write_atomically
from app.domain.distribution import Distribution
from app.domain.errors import AppError, Cancelled, OfflineSwitchedOn, UpdatesReplayed
from app.domain.undecodable import UNDECODABLE
from app.domain.updates import Manifest, is_older
from app.pipe.client import Post
from app.services.serial_work import SerialWork
from app.services.signed_manifest import open_manifest
from app.services.url_fetches import UrlFetch

log = logging.getLogger(__name__)

_NAME = "updates.json"
_SIGNATURE_SUFFIX = ".sig"
_MOST_BYTES = 512 << 10
_MOST_SIGNATURE_BYTES = 1 << 10
_CLOSE_S = 2.0

OnLooked = Callable[[AppError | None], None]


class Urls(Protocol):
    """Reads what is at an address."""

    def read(
        self, url: str, *, most_bytes: int, why: str, on_end: Callable[[bytes | Exception], None]
    ) -> UrlFetch:
        """Read a small file."""


class _Kept(msgspec.Struct, kw_only=True):
    """The file.

    Attributes:
        looked_at: ISO moment of the last look, whatever came of it.
        newest_version: That was ever seen, with its day; older lists are refused.
        content: Of that list, with its signature: both are checked again.
    """

    looked_at: str = ""
    newest_version: str = ""
    newest_released: str = ""
    content: bytes = b""
    signature: bytes = b""


class UpdateManifests:
    """Fetches, checks and keeps it.

    Attributes:
        manifest: The newest that was ever seen; None without one.
        is_looking: It is being fetched.
        watchers: Called when the manifest may be another one.
    """

    def __init__(
        self, distribution: Distribution, folder: pathlib.Path, urls: Urls, *, post: Post
    ) -> None:
        """Wire it; nothing is read before `start` and nothing fetched before `look`.

        Args:
            distribution: Says where the list is and which key it is signed with.
            folder: Where it is kept.
            urls: Fetches it.
            post: Runs a function on the owner's thread.
        """
        self.watchers: list[Callable[[], None]] = []
        self.manifest: Manifest | None = None
        self.is_looking = False
        self._url = distribution.update_url
        self._key = distribution.update_key
        self._host = urlsplit(self._url).netloc
        self._path = folder / _NAME
        self._urls = urls
        self._work: SerialWork[AppError] = SerialWork("update-list", AppError, post=post)
        self._kept = _Kept()
        self._waiting: list[OnLooked] = []

    @property
    def is_published(self) -> bool:
        """Whether anybody publishes updates of this copy."""
        return bool(self._url and self._key)

    @property
    def looked_at(self) -> datetime | None:
        """When it was last looked for; None if never."""
        try:
            moment = datetime.fromisoformat(self._kept.looked_at)
        except ValueError:
            return None
        return moment if moment.tzinfo else None

    def start(self, then: Callable[[], None]) -> None:
        """Read what was kept, and call `then`."""

        def work() -> tuple[_Kept, Manifest | None]:
            kept = _read(self._path)
            if not kept.content:
                return kept, None
            try:
                return kept, self._open(kept.content, kept.signature)
            except AppError:  # the key is another one since
                return kept, None

        def took(result: tuple[_Kept, Manifest | None] | AppError) -> None:
            assert not isinstance(result, AppError)
            self._kept, self.manifest = result
            self._tell()
            then()

        self._work.do(work, took)

    def look(self, on_end: OnLooked) -> None:
        """Fetch the list; `on_end` gets what went wrong."""
        self._waiting.append(on_end)
        if self.is_looking:
            return
        self.is_looking = True
        self._urls.read(
            self._url, most_bytes=_MOST_BYTES, why="list of updates", on_end=self._took_content
        )

    def close(self) -> None:
        """Hand nothing over any more."""
        self._work.close(patience_s=_CLOSE_S)

    def _took_content(self, content: bytes | Exception) -> None:
        if isinstance(content, Exception):
            self._looked(content)
            return
        self._urls.read(
            self._url + _SIGNATURE_SUFFIX,
            most_bytes=_MOST_SIGNATURE_BYTES,
            why="signature of the list of updates",
            on_end=lambda signature: self._took_signature(content, signature),
        )

    def _took_signature(self, content: bytes, signature: bytes | Exception) -> None:
        if isinstance(signature, Exception):
            self._looked(signature)
            return
        kept = self._kept

        def work() -> Manifest:
            manifest = self._open(content, signature)
            newest = (kept.newest_version, kept.newest_released)
            if is_older(manifest, version=newest[0], released=newest[1]):
                raise UpdatesReplayed(host=self._host)
            return manifest

        def checked(manifest: Manifest | AppError) -> None:
            if isinstance(manifest, Manifest):
                self.manifest = manifest
                self._kept = msgspec.structs.replace(
                    kept,
                    newest_version=manifest.version,
                    newest_released=manifest.released,
                    content=content,
                    signature=signature,
                )
            self._looked(manifest if isinstance(manifest, AppError) else None)

        self._work.do(work, checked)

    def _looked(self, error: Exception | None) -> None:
        if not isinstance(error, OfflineSwitchedOn):  # nobody was asked
            self._kept.looked_at = datetime.now(UTC).isoformat(timespec="seconds")
        kept, path = msgspec.structs.replace(self._kept), self._path
        self._work.do(lambda: _write(path, kept), lambda result: None)
        self.is_looking = False
        waiting, self._waiting = self._waiting, []
        if error is None:
            self._tell()
        for on_end in waiting:
            on_end(error if isinstance(error, AppError) else None)
        if error and not isinstance(error, AppError | Cancelled):
            raise error

    def _tell(self) -> None:
        for watcher in self.watchers:
            watcher()

    def _open(self, content: bytes, signature: bytes) -> Manifest:
        return open_manifest(content, signature, key=self._key, host=self._host)


def _read(path: pathlib.Path) -> _Kept:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kept)
    except (OSError, *UNDECODABLE):
        return _Kept()


def _write(path: pathlib.Path, kept: _Kept) -> None:
    try:
        write_atomically(path, msgspec.json.encode(kept))
    except OSError as error:
        log.warning("what was seen of updates could not be kept: %s", error.strerror)
