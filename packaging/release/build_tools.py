"""Making a machine ready to build a release: packages of its system, and a few pinned files.

Hosted runners are new every time. On a PC of one's own the commands of docs/release.md do the same.
"""

import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib

from release.project import PACKAGING, target
from release.sums import sha256

PINS = PACKAGING / "build-tools.toml"
APT_PACKAGES = PACKAGING / "linux" / "build-packages.txt"
CACHE = pathlib.Path.home() / ".cache" / "cierzo-packaging" / "downloads"


class WrongFileError(Exception):
    """What was fetched is not what was pinned."""


def pinned(name: str, for_target: str) -> tuple[str, str]:
    """Address and sha256 of a file in build-tools.toml."""
    with PINS.open("rb") as file:
        pin = tomllib.load(file)[name][for_target]
    return pin["url"], pin["sha256"]


def fetch(name: str, for_target: str) -> pathlib.Path:
    """The pinned file, fetched unless it is there.

    Raises:
        WrongFileError: It has another sha256 than it should.
    """
    url, digest = pinned(name, for_target)
    path = CACHE / digest / url.rpartition("/")[2]
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + ".part")
        words = ["--fail", "--location", "--silent", "--show-error", "--retry", "3"]
        safe = ["--proto", "=https", "--tlsv1.2"]
        subprocess.run(["curl", *words, *safe, "--output", str(unfinished), url], check=True)
        unfinished.replace(path)
    if (found := sha256(path)) != digest:
        path.unlink()
        raise WrongFileError(f"{url} has the sha256 {found}; {PINS.name} says {digest}.")
    return path


def prepare() -> None:
    """Install what building needs here; for machines that are thrown away afterwards."""
    {"linux": _prepare_linux, "win32": _prepare_windows, "darwin": _prepare_macos}[sys.platform]()


def packages(path: pathlib.Path = APT_PACKAGES) -> list[str]:
    """The names in a list of packages, without what they are for."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [name for line in lines if (name := re.sub(r"#.*", "", line).strip())]


def export(name: str, value: object) -> None:
    """Set a variable for the steps that follow on a hosted runner."""
    _append("GITHUB_ENV", f"{name}={value}")


def _prepare_linux() -> None:
    apt = ["apt-get"] if os.geteuid() == 0 else ["sudo", "apt-get"]
    subprocess.run([*apt, "update", "-q"], check=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*apt, "install", "-y", "-q", "--no-install-recommends", *packages()]
    subprocess.run(install, env=environment, check=True)
    if platform.freedesktop_os_release().get("ID") != "debian":
        unpack_vulkan_sdk()


def unpack_vulkan_sdk() -> None:
    """Put it where cmake finds it: Ubuntu's own is too old for llama.cpp."""
    archive = fetch("vulkan-sdk", target())
    folder = archive.parent / "unpacked"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=archive.parent) as aside, tarfile.open(archive) as tar:
            tar.extractall(pathlib.Path(aside, "sdk"), filter="tar")
            pathlib.Path(aside, "sdk").rename(folder)
    (sdk,) = folder.glob(f"*/{platform.machine()}")
    export("VULKAN_SDK", sdk)
    _append("GITHUB_PATH", str(sdk / "bin"))


def _prepare_windows() -> None:
    for program, package in (("ninja", "ninja"), ("makensis", "nsis")):
        if not shutil.which(program):
            subprocess.run(["choco", "install", package, "--yes", "--no-progress"], check=True)
    _append("GITHUB_PATH", r"C:\Program Files (x86)\NSIS")
    version = re.search(r"/([\d.]+)/windows/", pinned("vulkan-sdk", target())[0])
    assert version
    sdk = pathlib.Path("C:/VulkanSDK", version[1])
    if not sdk.is_dir():
        words = ["--accept-licenses", "--default-answer", "--confirm-command", "install"]
        subprocess.run([str(fetch("vulkan-sdk", target())), *words], check=True)
    export("VULKAN_SDK", sdk)
    _append("GITHUB_PATH", str(sdk / "Bin"))


def _prepare_macos() -> None:
    for program in ("cmake", "ninja"):
        if not shutil.which(program):
            subprocess.run(["brew", "install", program], check=True)


def _append(variable: str, line: str) -> None:
    """Add a line to a file that hosted runners read; elsewhere say what is to be set."""
    path = os.environ.get(variable)
    if path:
        with pathlib.Path(path).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    else:
        print(f"{variable}: {line}")
