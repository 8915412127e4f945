"""Archive and packages that were built: the same again, and what they do where there is no room."""

import contextlib
import hashlib
import pathlib
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from release import appdir, appimage, archive, linux_packages
from release.project import version
from tests.packaging.system_tool import tool_for_artefacts

pytestmark = pytest.mark.timeout(1800)

MOST_BYTES = 100_000_000


@contextlib.contextmanager
def small_disk(folder: pathlib.Path, size: str, *, read_only: bool = False) -> Iterator[None]:
    folder.mkdir()
    mode = "ro" if read_only else "rw"
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},{mode}", "tmpfs", str(folder)]
    subprocess.run(command, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def the_archive(artefacts: pathlib.Path) -> pathlib.Path:
    (path,) = artefacts.glob(f"Cierzo-{version()}-linux-*.tar.zst")
    return path


@pytest.fixture(scope="module")
def program(artefacts, tmp_path_factory) -> pathlib.Path:
    """Unpacked in a place that is hard to spell."""
    folder = tmp_path_factory.mktemp("a 風 🌬")
    tool_for_artefacts("zstd", "zstd")
    packed = the_archive(artefacts)
    subprocess.run(["tar", "--zstd", "-xf", packed, "-C", folder], check=True)
    return folder / packed.name.removesuffix(".tar.zst")


def install(program: pathlib.Path, home: pathlib.Path) -> subprocess.CompletedProcess[str]:
    environment = {"HOME": str(home), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    command = ["sh", str(program / "install.sh")]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_nothing_is_larger_than_promised(artefacts):
    paths = [*artefacts.glob("*.deb"), *artefacts.glob("*.rpm"), *artefacts.glob("*.tar.zst")]
    assert len(paths) == 5
    assert {
        path.name: path.stat().st_size for path in paths if path.stat().st_size > MOST_BYTES
    } == {}


def test_building_again_gives_the_same_bytes(artefacts, tmp_path):
    shutil.copytree(artefacts / "bundle", tmp_path / "bundle", symlinks=True)
    made = [
        *linux_packages.build(tmp_path),
        *linux_packages.build_starter(tmp_path),
        *archive.build(tmp_path),
    ]
    differing = [path.name for path in made if digest(path) != digest(artefacts / path.name)]
    assert differing == []


def digest(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def test_the_archive_runs_where_it_was_unpacked_and_from_the_menu(program, tmp_path):
    result = install(program, tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    command = tmp_path / ".local" / "bin" / "cierzo"
    said = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == f"cierzo {version()}"


def test_no_room_and_no_leave_to_write_are_each_one_sentence(program, tmp_path):
    for size, read_only, words in (
        ("16k", False, "There is no free space for {place}. Nothing was added."),
        ("1m", True, "{place} may not be written to. Nothing was added."),
    ):
        home = tmp_path / size
        with small_disk(home, size, read_only=read_only):
            result = install(program, home)
            assert result.returncode == 3
            assert result.stderr == f"error: {words.format(place=home / '.local/share')}\n"
            assert not [path for path in home.rglob("*") if path.is_file()]


def test_an_archive_unpacked_without_room_says_so_when_it_is_installed(artefacts, tmp_path):
    disk = tmp_path / "disk"
    with small_disk(disk, "40m"):
        command = ["tar", "--zstd", "-xf", the_archive(artefacts), "-C", disk]
        unpacking = subprocess.run(command, capture_output=True, check=False)
        assert unpacking.returncode != 0
        (folder,) = disk.iterdir()
        result = install(folder, tmp_path / "home")
    assert (result.returncode, result.stderr.count("\n")) == (3, 1)
    assert result.stderr.startswith("error: This folder is not whole.")


def test_the_folder_of_an_appimage_runs_and_packs_the_same(artefacts, tmp_path):
    start = artefacts / "appdir" / "Cierzo.AppDir" / "AppRun"
    said = subprocess.run([start, "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == f"cierzo {version()}"
    tool_for_artefacts("mksquashfs", "squashfs-tools")
    shutil.copytree(artefacts / "bundle", tmp_path / "bundle", symlinks=True)
    (folder,) = appdir.build(tmp_path)
    images = [tmp_path / "first.squashfs", tmp_path / "second.squashfs"]
    appimage.write_squashfs(artefacts / "appdir" / "Cierzo.AppDir", images[0])
    appimage.write_squashfs(folder, images[1])
    assert digest(images[0]) == digest(images[1])
