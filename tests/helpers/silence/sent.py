"""What the download worker sends when a person asks for something: from real requests, now."""

import pathlib
import re
from collections.abc import Callable, Iterator

import msgspec

from app.domain.downloads.network import Network
from app.downloads.protocol import FetchUrl, Look, Peek, ReadUrl
from tests.helpers.download_kit import DownloadWorker, job_of
from tests.helpers.hub import Hub, Logged, Pattern, sha256_of

_REPOSITORY, _GATED = "acme/tiny-GGUF", "acme/gated-GGUF"
_PATH = "tiny-Q4_K_M.gguf"
# More than one segment: a file is fetched over several connections.
_SIZE_BYTES = 20_000_000
_PEEK_BYTES = 16 << 20
_PACE = 0.5
_LIST, _INSTALLER, _PACK = "/update.json", "/cierzo-setup", "/cuda.tar.xz"
_COMMIT = re.compile(r"\b[0-9a-f]{40}\b")
_SIGNED = re.compile(r"/blob/[0-9a-f]{64}\?\S+")

Ask = Callable[[DownloadWorker, Hub, pathlib.Path], None]


class Sent(msgspec.Struct, frozen=True, order=True):
    """A request, without what is not the same for everybody.

    Attributes:
        origin: Who was asked, among people.
        request: Method and path.
        headers: Lines, in the order in which they were sent.
    """

    origin: str
    request: str
    headers: tuple[str, ...]


def look(worker: DownloadWorker, hub: Hub, folder: pathlib.Path) -> None:
    worker.end_of(
        worker.ask(lambda i: Look(request_id=i, network=worker.network, repository=_REPOSITORY))
    )


def peek(worker: DownloadWorker, hub: Hub, folder: pathlib.Path) -> None:
    commit = hub.state.repositories[_REPOSITORY].resolve("main")
    assert commit
    worker.end_of(
        worker.ask(
            lambda i: Peek(
                request_id=i,
                network=worker.network,
                repository=_REPOSITORY,
                commit=commit,
                path=_PATH,
                length_bytes=_PEEK_BYTES,
                target=str(folder / "header"),
            )
        )
    )


def _download(
    worker: DownloadWorker, hub: Hub, folder: pathlib.Path, repository: str, token: str
) -> None:
    commit = hub.state.repositories[repository].resolve("main")
    assert commit
    job = job_of(repository, commit, {_PATH: Pattern(_SIZE_BYTES)}, job_id=token or "open")
    network, worker.network = worker.network, Network(endpoint=hub.url, token=token)
    worker.end_of(worker.fetch(job, folder / "models"))
    worker.network = network


def download(worker: DownloadWorker, hub: Hub, folder: pathlib.Path) -> None:
    _download(worker, hub, folder, _REPOSITORY, "")


def download_gated(worker: DownloadWorker, hub: Hub, folder: pathlib.Path) -> None:
    _download(worker, hub, folder, _GATED, hub.token)


def look_for_updates(worker: DownloadWorker, hub: Hub, folder: pathlib.Path) -> None:
    for path in (_LIST, f"{_LIST}.sig"):
        url = hub.publish(path, b"{}")
        worker.end_of(
            worker.ask(
                lambda i, url=url: ReadUrl(
                    request_id=i, network=Network(), url=url, most_bytes=1 << 19, why="updates"
                )
            )
        )


def _fetch(worker: DownloadWorker, hub: Hub, folder: pathlib.Path, path: str) -> None:
    content = path.encode() * 1000
    url = hub.publish(path, content)
    worker.end_of(
        worker.ask(
            lambda i: FetchUrl(
                request_id=i,
                network=Network(),
                url=url,
                bytes=len(content),
                sha256=sha256_of(content),
                target=str(folder / path.strip("/")),
                why="update",
            )
        )
    )


def fetch_update(worker: DownloadWorker, hub: Hub, folder: pathlib.Path) -> None:
    _fetch(worker, hub, folder, _INSTALLER)


def fetch_pack(worker: DownloadWorker, hub: Hub, folder: pathlib.Path) -> None:
    _fetch(worker, hub, folder, _PACK)


# What a person does, in their words -> how it is asked of the worker.
OCCASIONS: dict[str, Ask] = {
    "You look a repository up": look,
    "…and Cierzo reads the beginning of a model's file, to say whether it fits your PC": peek,
    "You download a model": download,
    "You download a model that asks for an account, with the token you gave": download_gated,
    "You look for updates, or let Cierzo look once a day": look_for_updates,
    "You download an update": fetch_update,
    "You download the runtime for your NVIDIA card": fetch_pack,
}


def sent_requests(folder: pathlib.Path) -> dict[str, tuple[Sent, ...]]:
    """Do each of these with the real worker and a hub on loopback; every request, alike ones once.

    Raises:
        AppError: One of them failed.
    """
    found: dict[str, tuple[Sent, ...]] = {}
    with Hub() as hub:
        for name in (_REPOSITORY, _GATED):
            hub.add(name, {_PATH: Pattern(_SIZE_BYTES)}, gated=name == _GATED)
        network = Network(endpoint=hub.url)
        with DownloadWorker(network, log=folder / "worker.log", pace=_PACE) as worker:
            for occasion, ask in OCCASIONS.items():
                hub.clear_log()
                ask(worker, hub, folder)
                found[occasion] = tuple(dict.fromkeys(_alike(hub, entry) for entry in hub.log))
    return found


def _alike(hub: Hub, entry: Logged) -> Sent:
    path = _SIGNED.sub("/SIGNED-LINK", entry.path)
    path = (
        _COMMIT.sub("COMMIT", path).replace(_REPOSITORY, "OWNER/NAME").replace(_GATED, "OWNER/NAME")
    )
    path = path.replace(_PATH, "FILE.gguf")
    is_hub = entry.origin == "hub"
    is_published = any(path.startswith(known) for known in (_LIST, _INSTALLER, _PACK))
    origin = "the Hub" if is_hub else "the publisher" if is_published else "the Hub's file server"
    return Sent(origin, f"{entry.method} {path}", tuple(_headers(hub, entry)))


def _headers(hub: Hub, entry: Logged) -> Iterator[str]:
    for name, value in entry.headers:
        shown = value.replace(hub.token, "YOUR-TOKEN")
        match name.lower():
            case "host":
                shown = "ITS-NAME"
            case "range":
                shown = "bytes=FROM-TO"
        yield f"{name}: {shown}"
