"""Windows' programs on Linux: a Wine prefix and a screen of the test's own."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator

import pytest

_PACKAGES = {"wine": "wine wine64", "Xvfb": "xvfb", "xdotool": "xdotool", "makensis": "nsis"}
_PATIENCE_S = 180.0
_TURN_S = 0.1


def need(*programs: str) -> None:
    """Fail with the name of the Debian package where one is missing."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.fail(f"{program} is missing; install {_PACKAGES.get(program, program)}")


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until it holds."""
    end = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain: {what}"
        threading.Event().wait(_TURN_S)


class Wine:
    """One prefix: a PC with Windows 10."""

    def __init__(self, prefix: pathlib.Path, display: str) -> None:
        self.prefix = prefix
        self.environment = {
            **os.environ,
            "DISPLAY": display,
            "WINEPREFIX": str(prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            # No Mono, no Gecko, and no entries in this PC's own menu.
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
            "HOME": str(prefix.parent),
            "LC_ALL": "C.UTF-8",
        }

    def start(self, program: object, *arguments: str) -> "subprocess.Popen[str]":
        """Start a program with pipes for all it says."""
        return subprocess.Popen(
            ["wine", str(program), *arguments],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(
        self, program: object, *arguments: str, stdin: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end."""
        process = self.start(program, *arguments)
        out, err = process.communicate(stdin, timeout=_PATIENCE_S)
        # Wine's own launcher on Debian complains of programs for 32 bits on the same stream.
        lines = [line for line in err.splitlines() if not _is_wines_own(line)]
        return subprocess.CompletedProcess(
            process.args, process.returncode, out.replace("\r\n", "\n"), "\n".join(lines)
        )

    @property
    def home(self) -> pathlib.Path:
        """The person's folder."""
        (folder,) = (path for path in self._users() if path.name != "Public")
        return folder

    def _users(self) -> Iterator[pathlib.Path]:
        return (self.prefix / "drive_c" / "users").iterdir()

    @property
    def local(self) -> pathlib.Path:
        """%LOCALAPPDATA%."""
        return self.home / "AppData" / "Local"

    def registry(self, key: str) -> dict[str, dict[str, str]]:
        """What is below a key: names and values by the rest of the key; empty where it is not.

        Values are as `reg export` writes them, but texts: those are plain.
        """
        path = self.prefix / "export.reg"
        path.unlink(missing_ok=True)
        self.run("reg", "export", key, windows_path(path), "/y")
        if not path.exists():
            return {}
        found: dict[str, dict[str, str]] = {}
        values: dict[str, str] = {}
        for line in path.read_text(encoding="utf-16").splitlines():
            if line.startswith("["):
                values = found.setdefault(line.strip("[]").split("\\", key.count("\\") + 1)[-1], {})
                if line.count("\\") <= key.count("\\"):
                    found[""] = values
            elif "=" in line:
                name, value = line.split("=", 1)
                values[_text(name)] = _text(value)
        return found


def _is_wines_own(line: str) -> bool:
    return line.startswith(
        ("it looks like wine32", "multiarch needs", "execute ", "apt-get", "wine: ")
    )


def _text(words: str) -> str:
    if not words.startswith('"'):
        return words
    return words[1:-1].replace('\\"', '"').replace("\\\\", "\\")


def windows_path(path: pathlib.Path) -> str:
    """Name a file of this PC as programs in Wine do."""
    return "Z:" + str(path).replace("/", "\\")


@contextlib.contextmanager
def windows() -> Iterator[Wine]:
    """Make a prefix; all of it ends with the block."""
    need("wine", "Xvfb")
    with contextlib.ExitStack() as stack:
        # Hundreds of megabytes: not where pytest keeps the folders of three runs.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="wine-"))
        wine = Wine(pathlib.Path(folder) / "prefix", stack.enter_context(_screen()))
        stack.callback(_end, wine)
        create = ["wine", "wineboot", "-i"]
        subprocess.run(create, env=wine.environment, check=True, capture_output=True)
        set_version(wine, "win10")
        yield wine


def _end(wine: Wine) -> None:
    """End what runs in it, and take away what Wine keeps elsewhere: the folder of its socket."""
    for command in ("-k", "-w"):
        subprocess.run(["wineserver", command], env=wine.environment, check=False)
    name = wine.prefix / "wineserver"
    if name.is_file() and name.read_text().startswith("wine-"):
        shutil.rmtree(pathlib.Path("/tmp", name.read_text().strip()), ignore_errors=True)


def set_version(wine: Wine, name: str) -> None:
    """Have it be another Windows, e.g. ``win7``."""
    assert wine.run("winecfg", "-v", name).returncode == 0


@contextlib.contextmanager
def _screen() -> Iterator[str]:
    reading, writing = os.pipe()
    command = ["Xvfb", "-screen", "0", "900x700x24", "-nolisten", "tcp", "-displayfd", str(writing)]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as number:
            yield f":{number.readline().strip()}"
    finally:
        server.terminate()
        server.wait()
