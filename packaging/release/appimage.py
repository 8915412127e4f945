"""An AppImage: a small program, and behind it the AppDir as a squashfs that it mounts.

The release workflow fetches the program (AppImage's type 2 runtime), says its hash and runs:

    python -m release.appimage DIST RUNTIME SHA256
"""

import argparse
import hashlib
import io
import os
import pathlib
import shutil
import subprocess

from elftools.elf.elffile import ELFFile

from release.distribution import read_distribution
from release.project import NAME, source_date_epoch, target, version

_UPDATE_SECTION = ".upd_info"


class WrongRuntimeError(Exception):
    """The runtime is not the one that was pinned."""

    def __init__(self, path: pathlib.Path, digest: str) -> None:
        super().__init__(f"{path} has the SHA-256 {digest}; another one was asked for.")


def build(dist: pathlib.Path, runtime: pathlib.Path, sha256: str) -> list[pathlib.Path]:
    """Make the AppImage of the AppDir, and what zsync needs where the place of updates is known.

    Raises:
        WrongRuntimeError: `runtime` does not have that hash.
    """
    program = runtime.read_bytes()
    if (digest := hashlib.sha256(program).hexdigest()) != sha256.lower():
        raise WrongRuntimeError(runtime, digest)
    content = dist / "appdir" / "content.squashfs"
    write_squashfs(dist / "appdir" / f"{NAME}.AppDir", content)
    path = dist / f"{NAME}-{version()}-{target()}.AppImage"
    # Always the same name: an AppImage of any version finds the newest through it.
    index = dist / f"{NAME}-{target()}.AppImage.zsync"
    update_url = read_distribution().update_url
    if update_url:
        place = update_url.rpartition("/")[0]
        program = with_update_information(program, f"zsync|{place}/{index.name}")
    with path.open("wb") as file, content.open("rb") as squashfs:
        file.write(program)
        shutil.copyfileobj(squashfs, file)
    path.chmod(0o755)
    content.unlink()
    if not update_url:
        return [path]
    command = ["zsyncmake", "-u", path.name, "-o", str(index), str(path)]
    subprocess.run(command, check=True)
    return [path, index]


def write_squashfs(folder: pathlib.Path, path: pathlib.Path) -> None:
    """Pack the folder; the same bytes for the same content, whoever packs it and when."""
    time = str(source_date_epoch())
    options = ["-comp", "zstd", "-root-owned", "-noappend", "-no-xattrs", "-no-progress", "-quiet"]
    times = ["-all-time", time, "-mkfs-time", time]
    command = ["mksquashfs", str(folder), str(path), *options, *times]
    # It refuses to be told times twice.
    environment = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def with_update_information(runtime: bytes, words: str) -> bytes:
    """Return the runtime with its section for the place of updates filled.

    Raises:
        ValueError: It has no such section, or too small a one.
    """
    section = ELFFile(io.BytesIO(runtime)).get_section_by_name(_UPDATE_SECTION)
    content = words.encode()
    if section is None or section["sh_size"] < len(content):
        raise ValueError(f"The runtime has no room for {words}.")
    start = section["sh_offset"]
    filled = content.ljust(section["sh_size"], b"\0")
    return runtime[:start] + filled + runtime[start + len(filled) :]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="release.appimage")
    parser.add_argument("dist", type=pathlib.Path)
    parser.add_argument("runtime", type=pathlib.Path)
    parser.add_argument("sha256")
    options = parser.parse_args()
    build(options.dist.absolute(), options.runtime, options.sha256)


if __name__ == "__main__":
    main()
