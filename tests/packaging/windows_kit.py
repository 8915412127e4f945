"""A PC with Windows for the tests of the installer, and the installer itself."""

import os
import pathlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import filelock
import pytest

from release.windows_installer import build
from tests.helpers.wine import Wine, need, until, windows, windows_path

UNINSTALL_KEY = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Cierzo"
PROGRAMS = {"Cierzo.exe", "cierzo-console.exe", "bin/cierzo.exe"}


def file_names(folder: pathlib.Path) -> set[str]:
    """All files below, by their names from there."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in found}


@dataclass
class Pc:
    """A PC and the setup file on it."""

    wine: Wine
    setup: pathlib.Path

    @property
    def usual(self) -> pathlib.Path:
        """Where Cierzo is installed unless somebody says another folder."""
        return self.wine.local / "Programs" / "Cierzo"

    @property
    def data(self) -> pathlib.Path:
        """Models, chats and settings."""
        return self.wine.local / "Cierzo"

    def install(self, *arguments: str, into: pathlib.Path | str | None = None) -> tuple[int, str]:
        """Install silently; the exit code and the sentence on stderr."""
        if into is not None:
            place = into if isinstance(into, str) else windows_path(into)
            # Words that Wine puts into no quotes, as a person types them.
            arguments = (*arguments, *f"/D={place}".split(" "))
        result = self.wine.run(self.setup, "/S", *arguments)
        return result.returncode, result.stderr

    def uninstall(self, folder: pathlib.Path | None = None) -> None:
        """Uninstall silently; it works in a copy of itself, so its end is awaited."""
        program = (folder or self.usual) / "uninstall.exe"
        assert self.wine.run(program, "/S").returncode == 0
        until(lambda: not program.exists(), "the uninstaller")

    def entry(self) -> dict[str, str]:
        """What Windows knows of Cierzo, empty where it is not installed."""
        return self.wine.registry(UNINSTALL_KEY).get("", {})

    def keep_chats(self) -> dict[str, str]:
        """Have models and chats on it; names and contents."""
        files = {"chats.db": "chats", "models/OWNER/NAME/a.gguf": "GGUF", "settings.json": "{}"}
        for name, content in files.items():
            path = self.data / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return files


@pytest.fixture(scope="session")
def setup_file(artefacts: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """An installer with a stub; one for all test processes."""
    need("makensis", "x86_64-w64-mingw32-gcc")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "windows-setup"
    with filelock.FileLock(f"{folder}.lock"):
        made = [*folder.glob("*-setup.exe")] or build(folder)
    return made[0]


@pytest.fixture(scope="session")
def wine(artefacts: pathlib.Path) -> Iterator[Wine]:
    """One prefix per test process: it takes half a minute to make."""
    with windows() as made:
        yield made


@pytest.fixture
def pc(wine: Wine, setup_file: pathlib.Path) -> Iterator[Pc]:
    """A PC without Cierzo, and without it again afterwards."""
    made = Pc(wine, setup_file)
    yield made
    if place := made.entry().get("InstallLocation"):
        wine.run(f"{place}\\uninstall.exe", "/S", f"_?={place}")
    for folder in (made.usual, made.data):
        shutil.rmtree(folder, ignore_errors=True)
    assert made.entry() == {}
