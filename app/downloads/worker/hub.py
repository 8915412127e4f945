"""What the Hub says of repositories, through its own library; each question in a thread."""

import asyncio
import contextlib
import re
from collections.abc import Callable
from typing import TypeVar

from huggingface_hub import HfApi, get_hf_file_metadata, hf_hub_url
from huggingface_hub.hf_api import RepoFile

from app.domain.builds import BuildFile
from app.domain.downloads.network import Network
from app.domain.errors import LoginPage, RepositoryEmpty, TokenRefused, UnsafeFileName
from app.domain.version import VERSION
from app.downloads.worker.faults import Asked, NoHubError, TransportFailedError, fault_of
from app.downloads.worker.hub_client import (
    HubClient,
    Line,
    connect_library,
    host_of,
    line,
    origin_of,
)
from app.downloads.worker.timing import Timing
from app.downloads.worker.wanted import Location

Result = TypeVar("Result")
OnTraffic = Callable[[str, str, int], None]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_MAX_FILES = 100_000


class Hub:
    """The Hub, or a mirror of it, as one network reaches it; close it after use.

    Args:
        network: Endpoint, proxy and token.
        timing: Its waits.
        on_traffic: Called on the event loop for every answer: host, why, bytes.

    Raises:
        BadEndpoint: The endpoint is no address.
        ProxyFailed: The proxy's address is none.
        TokenRefused: The token cannot be one.
    """

    def __init__(self, network: Network, *, timing: Timing, on_traffic: OnTraffic) -> None:
        if not (network.token.isascii() and (network.token or "x").isprintable()):
            raise TokenRefused
        self._network = network
        self._api = HfApi(
            endpoint=network.endpoint.rstrip("/") or None,
            token=network.token or False,
            library_name="cierzo",
            library_version=VERSION,
        )
        self._origin = origin_of(self._api.endpoint)
        self._on_traffic = on_traffic
        self._loop = asyncio.get_running_loop()
        self._client = HubClient(network, self._origin, timing)
        connect_library()

    def close(self) -> None:
        """Close its connections; a question that nobody waits for any more ends by itself."""
        self._client.close()

    @property
    def host(self) -> str:
        """Its name, with the port where that is not the usual one."""
        return host_of(self._origin)

    async def list_files(self, repository: str, revision: str) -> tuple[BuildFile, ...]:
        """List everything in a repository.

        Args:
            repository: OWNER/NAME.
            revision: A commit or a branch.

        Raises:
            AppError: See `faults`.
        """

        def ask() -> tuple[BuildFile, ...]:
            tree = self._api.list_repo_tree(repository, recursive=True, revision=revision)
            found = []
            for entry in tree:
                if isinstance(entry, RepoFile):
                    found.append(_file_of(entry))
                if len(found) > _MAX_FILES:
                    raise NoHubError
            return tuple(found)

        return await self._ask(ask, repository, revision, why="list of files")

    async def pin(self, repository: str, revision: str) -> tuple[str, tuple[BuildFile, ...]]:
        """Find the commit that a branch is at now, and list its files.

        Raises:
            RepositoryEmpty, UnsafeFileName: It has none, or none that can be asked about.
            AppError: See `faults`.
        """
        files = await self.list_files(repository, revision)
        if _COMMIT.fullmatch(revision):
            return revision, files
        # Only an answer about a file names the commit on mirrors too.
        commit, _ = await self._head(repository, revision, _plainest(repository, files))
        return commit, await self.list_files(repository, commit)

    async def locate(self, repository: str, commit: str, path: str) -> Location:
        """Ask where a file's bytes are, and what it is.

        Raises:
            AppError: See `faults`.
        """
        _, location = await self._head(repository, commit, path)
        return location

    async def _head(self, repository: str, revision: str, path: str) -> tuple[str, Location]:
        def ask() -> tuple[str, Location]:
            url = hf_hub_url(repository, path, revision=revision, endpoint=self._api.endpoint)
            found = get_hf_file_metadata(
                url,
                token=self._api.token,
                timeout=None,  # the client's own
                library_name=self._api.library_name,
                library_version=self._api.library_version,
                endpoint=self._api.endpoint,
            )
            if not found.commit_hash or not _COMMIT.fullmatch(found.commit_hash):
                raise NoHubError
            sha256 = found.etag or ""
            location = Location(
                url=found.location,
                headers=self._headers_for(found.location),
                bytes=found.size,
                sha256=sha256 if _SHA256.fullmatch(sha256) else "",
            )
            return found.commit_hash, location

        return await self._ask(ask, repository, path, why=f"where {path} is")

    def _headers_for(self, url: str) -> dict[str, str]:
        """The token goes to the Hub's own origin only, never to where the Hub sends us."""
        if not self._network.token or origin_of(url) != self._origin:
            return {}
        return {"Authorization": f"Bearer {self._network.token}"}

    async def _ask(self, ask: Callable[[], Result], repository: str, name: str, why: str) -> Result:
        """Run a question in a thread; when cancelled, the thread is left to its timeouts."""

        def on_bytes(host: str, count: int) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is over
                self._loop.call_soon_threadsafe(
                    self._on_traffic, host, f"{repository}: {why}", count
                )

        def work() -> Result:
            line.set(Line(client=self._client, on_bytes=on_bytes))
            try:
                return ask()
            except (TransportFailedError, NoHubError, OSError) as error:
                if known := fault_of(error, asked):
                    raise known from None
                raise
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                # An answer of another shape than the Hub's breaks its library anywhere.
                raise fault_of(error, asked) or LoginPage(host=self.host) from None

        asked = Asked(network=self._network, host=self.host, repository=repository, name=name)
        return await asyncio.to_thread(work)


def _plainest(repository: str, files: tuple[BuildFile, ...]) -> str:
    """Choose a file to ask about: a model if there is one, and no name that an address changes."""
    models = [file.path for file in files if file.path.lower().endswith(".gguf")]
    paths = [path for path in (*models, *(file.path for file in files)) if ".." not in path]
    if not files:
        raise RepositoryEmpty(repository=repository)
    if not paths:
        raise UnsafeFileName(name=files[0].path)
    return paths[0]


def _file_of(entry: RepoFile) -> BuildFile:
    if entry.lfs:
        return BuildFile(path=entry.path, bytes=entry.lfs.size, sha256=entry.lfs.sha256)
    return BuildFile(path=entry.path, bytes=entry.size)
