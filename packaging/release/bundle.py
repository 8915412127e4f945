"""The program with Python and all libraries in one folder, frozen by PyInstaller."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from release import icons
from release.debugging import drop_debugging
from release.distribution import stamp
from release.elf import elf_files
from release.licences import write_licences
from release.project import NAME, PACKAGING, ROOT, source_date_epoch, target
from release.pruning import forbidden_in
from release.search_paths import drop_foreign_search_paths

SELF_TEST_MODEL = "self-test.gguf"
_SPEC = PACKAGING / "cierzo.spec"
_KINDS = {"linux": "archive", "win32": "windows", "darwin": "macos"}


class ForbiddenFilesError(Exception):
    """A bundle holds what must not be in it."""


def build(dist: pathlib.Path) -> list[pathlib.Path]:
    """Make the bundle with the packaged engine."""
    from release.engine import built_engine

    into = dist / "bundle"
    return [make_bundle(built_engine(), into=into, kind=_KINDS[sys.platform])]


def make_bundle(
    engine: pathlib.Path | None, *, into: pathlib.Path, kind: str = "archive"
) -> pathlib.Path:
    """Freeze the program into a folder `Cierzo` of `into`, whose content it takes the place of.

    Args:
        engine: Folder with `core`, `cpu` and the packs of graphics cards; None takes the engine of
            this environment, which was compiled for this PC.
        into: Made if it is missing.
        kind: A value of `app.domain.distribution.Kind`.

    Raises:
        ForbiddenFilesError: Something slipped in.
        subprocess.CalledProcessError: PyInstaller failed, and said why.
    """
    bundle = into.absolute() / NAME
    with tempfile.TemporaryDirectory(prefix="cierzo-bundle-") as folder:
        work = pathlib.Path(folder)
        _gather(work / "contents", engine, kind)
        _freeze(work, bundle.parent)
    if faults := list(forbidden_in(internal(bundle))):
        lines = (f"{path}: {reason}" for path, reason in faults)
        raise ForbiddenFilesError("\n".join(lines))
    if sys.platform == "linux":
        drop_debugging(internal(bundle))
        for path in elf_files(bundle):
            drop_foreign_search_paths(path)
    _settle_times(bundle)
    return bundle


def internal(bundle: pathlib.Path) -> pathlib.Path:
    """The folder with all but the programs."""
    return bundle / "_internal"


def _gather(contents: pathlib.Path, engine: pathlib.Path | None, kind: str) -> None:
    """Put together what lies beside the code."""
    from tests.helpers.tiny_model import write_tiny_llama

    contents.mkdir()
    shutil.copytree(ROOT / "resources", contents / "resources")
    for name in ("models.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, contents)
    if engine:
        shutil.copytree(engine, contents / "llama")
    write_licences(contents, target())
    stamp(contents, kind)
    write_tiny_llama(contents / SELF_TEST_MODEL, layers=1)
    icons.write_ico(contents.parent / "cierzo.ico")
    icons.write_icns(contents.parent / "cierzo.icns")


def _freeze(work: pathlib.Path, into: pathlib.Path) -> None:
    arguments = [
        "--noconfirm",
        "--log-level=WARN",
        f"--distpath={into}",
        f"--workpath={work}/build",
    ]
    subprocess.run(
        [sys.executable, "-P", "-m", "PyInstaller", *arguments, _SPEC],
        cwd=work,
        env={
            **os.environ,
            "CIERZO_CONTENTS": str(work / "contents"),
            "PYINSTALLER_CONFIG_DIR": str(work / "config"),
            # The same twice: of the same commit, byte for byte.
            "SOURCE_DATE_EPOCH": str(source_date_epoch()),
            "PYTHONHASHSEED": "1",
        },
        check=True,
    )


def _settle_times(bundle: pathlib.Path) -> None:
    """Date every file at its commit, for whatever packs them."""
    now = source_date_epoch()
    for path in (bundle, *bundle.rglob("*")):
        os.utime(path, (now, now), follow_symlinks=False)
