"""Any GGUF repository that a person names: what it holds, and what of it suits this PC.

Lives on one thread, the owner's; headers are read and prices are made on others.
"""

import functools
import pathlib
import threading
from collections.abc import Callable
from typing import Protocol

import msgspec

from app.catalog.catalog import Catalog
from app.catalog.header_client import read_beginning, read_header
from app.domain.builds import Build
from app.domain.downloads.jobs import Job
from app.domain.errors import ModelError, ModelTruncated
from app.domain.placement.values import Machine, Wishes
from app.domain.repository_name import RepositoryName
from app.domain.tensors import Header
from app.downloads.protocol import Looked
from app.pipe.client import Post
from app.services.found_repository import FoundRepository, RepositoryContent, content_of
from app.services.library import Library
from app.services.offers import ModelOffer
from app.services.pricing import Pricing, sizes_of

# Of a model's file, for its header; the second where a vocabulary is very large.
_PEEKS_BYTES = (16 << 20, 64 << 20)

OnOffer = Callable[[ModelOffer | Exception], None]


class Downloads(Protocol):
    """What is asked of the downloads' service."""

    def look(
        self,
        repository: str,
        on_end: Callable[[Looked | Exception], None],
        revision: str = "main",
    ) -> None:
        """List a repository's files."""

    def peek(
        self,
        repository: str,
        commit: str,
        path: str,
        length_bytes: int,
        on_end: Callable[[pathlib.Path | Exception], None],
    ) -> None:
        """Fetch the first bytes of a file; who gets the path removes it."""


class Repositories:
    """Looks a repository up when a person asks for one.

    Attributes:
        found: What was looked up, by OWNER/NAME.
    """

    def __init__(
        self,
        downloads: Downloads,
        *,
        catalog: Callable[[], Catalog],
        library: Library,
        read_machine: Callable[[], Machine],
        wishes_of: Callable[[Build], Wishes],
        post: Post,
    ) -> None:
        """Wire it; nothing is asked before `look`.

        Args:
            downloads: Asks the Hub.
            catalog: Knows families of models, and files that should not be used.
            library: What is installed.
            read_machine: Measures this PC; may take seconds, is called on a thread of its own.
            wishes_of: What the person decided for a build; called there, too.
            post: Runs a function on the owner's thread.
        """
        self.found: dict[str, FoundRepository] = {}
        self._downloads = downloads
        self._catalog = catalog
        self._library = library
        self._read_machine = read_machine
        self._wishes_of = wishes_of
        self._post = post

    def look(
        self,
        name: RepositoryName,
        on_offer: OnOffer,
        *,
        needs_prices: Callable[[FoundRepository], bool] = lambda found: True,
    ) -> None:
        """Ask the Hub what a repository holds.

        Args:
            name: Which one.
            on_offer: Called once with the error that ended it; or with the sizes as soon as they
                are known, and again when it is known how the builds fit, or that nobody can tell.
            needs_prices: Whether that is worth asking for, now that the sizes are known.
        """

        def listed(end: Looked | Exception) -> None:
            content = end if isinstance(end, Exception) else content_of(name, end, self._catalog())
            if isinstance(content, Exception):
                on_offer(content)
                return
            sizes = content.offered(sizes_of(content.model, self._library), is_priced=False)
            self._keep(sizes, on_offer)
            if needs_prices(sizes):
                self._read_header(content, on_offer)

        self._downloads.look(name.repository, listed, name.revision)

    def job(self, repository: str, build_id: str) -> Job:
        """What downloads a build of a repository that was looked up."""
        return self.found[repository].job(self._build(repository, build_id))

    def _build(self, repository: str, build_id: str) -> Build:
        return next(b for b in self.found[repository].builds if b.id == build_id)

    def _keep(self, found: FoundRepository, on_offer: OnOffer) -> None:
        self.found[found.name.repository] = found
        on_offer(found.offer)

    def _read_header(self, content: RepositoryContent, on_offer: OnOffer) -> None:
        """Of an installed build, else of the beginning of a published one."""
        paths = [path for b in content.model.builds if (path := self._library.path_of(b))]
        if paths:
            self._in_background(lambda: self._price(content, _first_header(paths), on_offer))
        else:
            self._peek(content, on_offer, _PEEKS_BYTES)

    def _peek(
        self, content: RepositoryContent, on_offer: OnOffer, lengths_bytes: tuple[int, ...]
    ) -> None:
        build = content.smallest
        file = build.files[0]
        whole_bytes = file.bytes or 0
        length_bytes = min(lengths_bytes[0], whole_bytes)

        def peeked(end: pathlib.Path | Exception) -> None:
            self._in_background(lambda: look_into(end))

        def look_into(end: pathlib.Path | Exception) -> None:
            header = None
            try:
                if isinstance(end, pathlib.Path):
                    header = read_beginning(end, whole_bytes=whole_bytes)
            except ModelTruncated:
                if lengths_bytes[1:] and length_bytes < whole_bytes:
                    self._post(lambda: self._peek(content, on_offer, lengths_bytes[1:]))
                    return
            except ModelError:
                pass  # what is wrong with it is said when it is opened
            finally:
                if isinstance(end, pathlib.Path):
                    end.unlink(missing_ok=True)
            # Without a header the sizes are all that can be said.
            self._price(content, header, on_offer)

        self._downloads.peek(build.repository, build.commit, file.path, length_bytes, peeked)

    def _price(self, content: RepositoryContent, header: Header | None, on_offer: OnOffer) -> None:
        """Runs on a thread of its own."""
        if header:
            content = content.with_header(header, self._catalog())
        pricing = Pricing(
            [content.model], self._library, self._read_machine(), wishes_of=self._wishes_of
        )
        # It is not the catalogue that this one would be the best of.
        offer = msgspec.structs.replace(pricing.offers[0], is_best=False)
        found = content.offered(offer, is_priced=True)
        self._post(lambda: self._keep(found, on_offer))

    def _in_background(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a defect belongs on the owner's thread
                self._post(functools.partial(_raise, error))

        threading.Thread(target=run, name="repositories", daemon=True).start()


def _first_header(paths: list[pathlib.Path]) -> Header | None:
    """Of the first file that can be read."""
    for path in paths:
        try:
            return read_header(path)
        except ModelError:
            continue
    return None


def _raise(defect: Exception) -> None:
    raise defect
