"""A mirror that somebody else wrote: olah in front of the hub, and olah with no network."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import msgspec

from app.domain.downloads.jobs import Job
from app.domain.downloads.network import Network
from tests.helpers.download_faults.desk import PATH, REPOSITORY, Desk, Row, Unavailable
from tests.helpers.hub import sha256_of
from tests.helpers.hub.content import Content, pieces_of, size_of

_PACKAGE = "olah==0.5.4"
_HOST = "127.0.0.1"
_STARTED = "Uvicorn running"
# The first time it is downloaded.
_START_S = 300
_OFFLINE = """
[basic]
host = "{host}"
port = {port}
repos-path = "{folder}/repos"
mirrors-path = ["{folder}/mirrors"]

[accessibility]
offline = true
"""
_AUTHOR = ("-c", "user.name=test", "-c", "user.email=test@example.invalid")


@contextlib.contextmanager
def _olah(folder: pathlib.Path, *arguments: str) -> Iterator[None]:
    """The mirror as a process, until the block ends."""
    uvx = shutil.which("uvx")
    if uvx is None or sys.platform == "win32":
        raise Unavailable("uvx is not installed, or this is Windows")
    command = [uvx, "--no-config", "--from", _PACKAGE, "olah-cli", *arguments]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    said = _Said(process)
    try:
        if not said.has_started():
            raise Unavailable(f"olah does not start: {said.last}")
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # uvx has a child
        process.wait(10)
        said.close()


class _Said:
    """Reads what the process says, so that it never waits for a reader."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.last = "it said nothing"
        self._process = process
        self._is_decided = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def has_started(self) -> bool:
        """Wait until it listens; False if it ends or takes too long."""
        return self._is_decided.wait(_START_S) and _STARTED in self.last

    def close(self) -> None:
        """The process is gone."""
        self._thread.join()
        assert self._process.stdout
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if not self._is_decided.is_set():
                self.last = line.strip()
            if _STARTED in line:
                self._is_decided.set()
        self._is_decided.set()


def _in_front(desk: Desk) -> None:
    """Cold, then warm: the second time it has everything in its own cache."""
    port, folder = _free_port(), desk.folder
    hub, cdn = (url.removeprefix("http://") for url in (desk.hub.url, desk.hub.cdn_url))
    here = f"{_HOST}:{port}"
    arguments = (
        *("--host", _HOST, "--port", str(port), "--repos-path", str(folder / "repos")),
        *("--hf-scheme", "http", "--hf-netloc", hub, "--hf-lfs-netloc", cdn),
        *("--mirror-scheme", "http", "--mirror-netloc", here, "--mirror-lfs-netloc", here),
    )
    with _olah(folder, *arguments):
        desk.go_through(Network(endpoint=f"http://{here}"))
        desk.download()
        desk.installed_path.unlink()
        desk.download()


def _offline(desk: Desk) -> None:
    """No upstream: it sends files whole, in chunks and without their length."""
    port = _free_port()
    desk.job = _publish(desk, desk.folder / "mirrors" / "models")
    config = desk.folder / "olah.toml"
    config.write_text(_OFFLINE.format(host=_HOST, port=port, folder=desk.folder))
    with _olah(desk.folder, "--config", str(config)):
        desk.go_through(Network(endpoint=f"http://{_HOST}:{port}"))
        desk.download()


def _publish(desk: Desk, models: pathlib.Path) -> Job:
    """A git repository with a pointer, and the file in its store for large ones."""
    folder = models.joinpath(*REPOSITORY.split("/"))
    folder.mkdir(parents=True)
    content = desk.content
    sha256 = sha256_of(content)
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\n"
    (folder / PATH).write_text(f"{pointer}size {size_of(content)}\n")
    (folder / ".gitattributes").write_text("*.gguf filter=lfs diff=lfs merge=lfs -text\n")
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "one")):
        _git(folder, *arguments)
    store = folder / ".git" / "lfs" / "objects" / sha256[:2] / sha256[2:4]
    store.mkdir(parents=True)
    _write(store / sha256, content)
    return msgspec.structs.replace(desk.job, commit=_git(folder, "rev-parse", "HEAD"))


def _git(folder: pathlib.Path, *arguments: str) -> str:
    # No filter: what is added are the pointers themselves.
    filters = ("-c", "filter.lfs.clean=cat", "-c", "filter.lfs.required=false")
    command = ["git", *_AUTHOR, *filters, *arguments]
    result = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return result.stdout.strip()


def _write(path: pathlib.Path, content: Content) -> None:
    with path.open("wb") as file:
        for piece in pieces_of(content):
            file.write(piece)


def _free_port() -> int:
    with socket.create_server((_HOST, 0)) as server:
        return int(server.getsockname()[1])


ROWS = (
    Row(
        name="olah in front of the hub, cold and warm",
        act=_in_front,
        expected="installed, installed",
        is_slow=True,
        most_served=2.04,
    ),
    Row(name="olah without a network: no ranges", act=_offline, is_slow=True),
)
