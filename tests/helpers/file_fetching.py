"""Fetches one file from the test hub: the downloader's heart without the process around it."""

import asyncio
import contextlib
import pathlib
import time
from collections.abc import Callable

import msgspec

from app.domain.downloads.jobs import State
from app.domain.downloads.lanes import Lanes
from app.domain.downloads.network import Network
from app.downloads.worker.file_fetch import FileState, Location, WantedFile, fetch_file
from app.downloads.worker.limiter import Limiter
from app.downloads.worker.timing import Timing
from app.downloads.worker.web import Web
from tests.helpers.hub import Content, Hub, sha256_of
from tests.helpers.hub.content import size_of

# Nothing is stolen where nobody asks for it: what is on the way then counts twice.
FAST = msgspec.structs.replace(Timing().scaled(0.05), steal_s=60.0)
_REPOSITORY = "acme/tiny-GGUF"
_NAME = "tiny.gguf"


class FileFetching:
    """One file of a hub, and the part of it in a folder.

    Attributes:
        states: Everything that was reported.
        traffic: Host and bytes, as they were told.
        locations: How often the hub was asked where the file is.
        network: How it is reached.
        timing: All waits.
    """

    def __init__(self, hub: Hub, folder: pathlib.Path, content: Content) -> None:
        self.hub = hub
        self.commit = hub.add(_REPOSITORY, {_NAME: content})
        job_folder = folder / "models" / ".downloads" / "job"
        job_folder.mkdir(parents=True)
        self.wanted = WantedFile(
            name=_NAME,
            bytes=size_of(content),
            sha256=sha256_of(content),
            part=job_folder / "0.part",
            journal=job_folder / "0.json",
            is_gguf=True,
        )
        self.network = Network(endpoint=hub.url)
        self.timing = FAST
        self.states: list[FileState] = []
        self.traffic: list[tuple[str, int]] = []
        self.locations = 0
        self.limiter_bytes_per_s = 0
        self.on_state: Callable[[FileState], None] = lambda state: None
        self.before_locating: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """Of the file on the hub, which redirects to its CDN."""
        return f"{self.hub.url}/{_REPOSITORY}/resolve/{self.commit}/{_NAME}"

    @property
    def content(self) -> bytes:
        """Of the part."""
        return self.wanted.part.read_bytes()

    @property
    def problems(self) -> list[str]:
        """The codes of what it waited for, each once, in order."""
        return list(dict.fromkeys(s.problem.code for s in self.states if s.problem))

    def run(self) -> str:
        """Fetch; returns the sha256."""
        return asyncio.run(self.fetch())

    def run_until(self, condition: Callable[[FileState], bool]) -> float:
        """Fetch until a state, then cancel; returns how long the cancel took, in seconds."""

        async def run() -> float:
            is_time = asyncio.Event()
            self.on_state = lambda state: condition(state) and is_time.set()
            fetching = asyncio.create_task(self.fetch())
            waiting = asyncio.create_task(is_time.wait())
            await asyncio.wait({fetching, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            begun_s = time.monotonic()
            fetching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await fetching
                raise AssertionError("it ended before the condition was met")
            return time.monotonic() - begun_s

        return asyncio.run(run())

    async def fetch(self) -> str:
        """Fetch in a loop that runs."""
        async with Web(self.network, timing=self.timing) as web:
            return await fetch_file(
                self.wanted,
                locate=self._locate,
                web=web,
                lanes=Lanes(),
                limiter=Limiter(self.limiter_bytes_per_s),
                timing=self.timing,
                report=self._report,
                on_traffic=lambda host, count: self.traffic.append((host, count)),
            )

    async def _locate(self) -> Location:
        self.locations += 1
        self.before_locating()
        headers = {"Authorization": f"Bearer {self.hub.token}"}
        return Location(url=self.url, headers=headers, bytes=None, sha256="")

    def _report(self, state: FileState) -> None:
        self.states.append(state)
        self.on_state(state)


def is_downloading(state: FileState) -> bool:
    """Whether bytes arrived."""
    return state.state is State.DOWNLOADING
