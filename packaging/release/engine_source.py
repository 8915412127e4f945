"""The engine's source: the archive that requirements.lock names, fetched once, checked always."""

import hashlib
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile

from release.project import ROOT

_PACKAGE = "llama-cpp-python"
# Below it lies llama.cpp itself, with a build of its own that can be told what to build.
_LLAMA_CPP = "vendor/llama.cpp"
_HASH_DIGITS = 12


def cache_folder() -> pathlib.Path:
    """Where everything lies that takes long to fetch or to compile."""
    return pathlib.Path.home() / ".cache" / "cierzo-packaging"


def locked() -> tuple[str, str]:
    """Version and sha256 of the source archive, as requirements.lock has them."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = re.search(rf"^{_PACKAGE}==(\S+) \\\n +--hash=sha256:(\w{{64}})$", text, re.MULTILINE)
    if not found:
        raise ValueError(f"requirements.lock has not exactly one hash for {_PACKAGE}")
    return found[1], found[2]


def abi() -> str:
    """What libraries must have in common to work together: the source that they are built from."""
    version, sha256 = locked()
    return f"{_PACKAGE}-{version}-{sha256[:_HASH_DIGITS]}"


def source() -> pathlib.Path:
    """The folder with llama.cpp's source, unpacked."""
    folder = cache_folder() / "source" / abi()
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
            unpack(_archive(), pathlib.Path(aside))
            next(pathlib.Path(aside).glob(f"*/{_LLAMA_CPP}")).rename(folder)
    return folder


def unpack(archive: pathlib.Path, folder: pathlib.Path) -> None:
    """Unpack llama.cpp without what git left in it: a build must not ask which commit it is."""
    with tarfile.open(archive) as tar:
        for member in tar:
            path = pathlib.PurePosixPath(member.name)
            if path.is_relative_to(f"{path.parts[0]}/{_LLAMA_CPP}") and ".git" not in path.parts:
                tar.extract(member, folder, filter="data")


def _archive() -> pathlib.Path:
    """The archive itself.

    Raises:
        ValueError: What was fetched is another one.
    """
    version, sha256 = locked()
    path = cache_folder() / "sdist" / f"llama_cpp_python-{version}.tar.gz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as aside:
            _fetch(version, sha256, pathlib.Path(aside))
            shutil.move(pathlib.Path(aside) / path.name, path)
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise ValueError(f"{path} is not the archive of requirements.lock; delete it and try again")
    return path


def _fetch(version: str, sha256: str, folder: pathlib.Path) -> None:
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{_PACKAGE}=={version} --hash=sha256:{sha256}\n", encoding="utf-8")
    options = ["--no-deps", "--no-binary", _PACKAGE, "--require-hashes", "--no-cache-dir"]
    command = ["uv", "tool", "run", "pip", "download", *options, "--requirement", str(wanted)]
    subprocess.run([*command, "--dest", str(folder)], check=True)
