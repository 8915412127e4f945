"""A system of its own to install into: this one, with a layer above that takes all changes."""

import contextlib
import os
import pathlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

_SIZE = "4g"
_FROM_HERE = ("/proc", "/dev")


@dataclass(frozen=True)
class OwnRoot:
    """Where it is mounted; `artefacts` lie at `inside`."""

    path: pathlib.Path
    inside: pathlib.PurePosixPath

    def command(self, *words: object, **environment: str) -> list[str]:
        """What runs these words in there."""
        settings = {"HOME": "/root", "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
        pairs = [f"{key}={value}" for key, value in {**settings, **environment}.items()]
        path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
        return ["chroot", str(self.path), "env", "-i", path, *pairs, *map(str, words)]

    def run(self, *words: object, code: int = 0, **environment: str) -> str:
        """Run them, expecting that exit code; return what was said."""
        result = subprocess.run(
            self.command(*words, **environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
        assert result.returncode == code, result.stdout + result.stderr
        return result.stdout + result.stderr


@contextlib.contextmanager
def own_root(folder: pathlib.Path, artefacts: pathlib.Path) -> Iterator[OwnRoot]:
    """Mount one below the folder, for administrators only."""
    if os.geteuid():
        pytest.fail("Installing packages is tested by root only: run it in a container.")
    layer, root = folder / "layer", folder / "root"
    with contextlib.ExitStack() as mounts:

        def mount(*words: object, at: pathlib.Path) -> None:
            at.mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", *map(str, words), str(at)], check=True)
            mounts.callback(subprocess.run, ["umount", "--lazy", str(at)], check=True)

        mount("-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", at=layer)
        (layer / "changes").mkdir()
        (layer / "work").mkdir()
        options = f"lowerdir=/,upperdir={layer / 'changes'},workdir={layer / 'work'}"
        mount("-t", "overlay", "-o", options, "overlay", at=root)
        for place in _FROM_HERE:
            mount("--bind", place, at=root / place.lstrip("/"))
        inside = pathlib.PurePosixPath("/mnt/artefacts")
        mount("--bind", artefacts, at=root / inside.relative_to("/"))
        yield OwnRoot(root, inside)
