"""The archive: packed the same every time, and its scripts, which add it to a person's menu."""

import pathlib
import shutil
import subprocess
import tarfile

import pytest
import zstandard

from release import archive
from release.project import source_date_epoch, version
from tests.packaging.stub_bundle import make_stub_bundle
from tests.packaging.system_tool import tool

# What shells, desktop entries and awk each read in a way of their own.
ODD_PLACE = 'a "b" $c `d` \\e %f & 風 🌬'


@pytest.fixture(scope="module")
def packed(tmp_path_factory) -> pathlib.Path:
    dist = tmp_path_factory.mktemp("dist")
    make_stub_bundle(dist)
    (path,) = archive.build(dist)
    return path


@pytest.fixture
def program(packed, tmp_path) -> pathlib.Path:
    """Where a person unpacked it."""
    return unpack(packed, tmp_path / ODD_PLACE)


def unpack(packed: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    with (
        packed.open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file) as stream,
        tarfile.open(fileobj=stream, mode="r|") as tar,
    ):
        tar.extractall(folder, filter="data")
    return folder / packed.name.removesuffix(".tar.zst")


def run(script: pathlib.Path, home: pathlib.Path) -> subprocess.CompletedProcess[str]:
    environment = {"HOME": str(home), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    command = ["/bin/sh", script]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def files_below(folder: pathlib.Path) -> set[str]:
    paths = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    # What the desktop's tools make of the others.
    return {path for path in paths if "/mime/" not in path or "/packages/" in path} - {
        ".local/share/applications/mimeinfo.cache"
    }


def test_it_is_packed_the_same_whoever_does_it(packed, tmp_path, monkeypatch):
    shutil.copytree(packed.parent / "bundle", tmp_path / "bundle", symlinks=True)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    (again,) = archive.build(tmp_path)
    assert again.read_bytes() == packed.read_bytes()


def test_members_have_no_owner_and_one_time(packed):
    with (
        packed.open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file) as stream,
        tarfile.open(fileobj=stream, mode="r|") as tar,
    ):
        members = list(tar)
    assert members[0].name == f"Cierzo-{version()}-linux-x86_64"
    assert [pathlib.PurePath(member.name).name for member in members[1:4]] == [
        "contents.sha256",
        "install.sh",
        "uninstall.sh",
    ]
    assert {(m.uid, m.gid, m.uname, m.mtime) for m in members} == {
        (0, 0, "root", source_date_epoch())
    }
    assert not [member.name for member in members if member.name.startswith(("/", "../"))]


def test_installing_adds_menu_entry_icon_file_type_and_command(program, tmp_path):
    home = tmp_path / "person"
    result = run(program / "install.sh", home)
    assert (result.returncode, result.stderr) == (0, "")
    added = files_below(home)
    assert {
        ".local/bin/cierzo",
        ".local/share/applications/cierzo.desktop",
        ".local/share/icons/hicolor/48x48/apps/cierzo.png",
        ".local/share/icons/hicolor/scalable/apps/cierzo.svg",
        ".local/share/mime/packages/cierzo.xml",
    } <= added
    said = subprocess.run(
        [home / ".local/bin/cierzo", "x"], capture_output=True, text=True, check=True
    )
    assert said.stdout == "stub x\n"
    assert (home / ".local" / "bin" / "cierzo").resolve() == program / "cierzo"


def test_the_menu_entry_is_right_for_a_place_with_an_odd_name(program, tmp_path):
    home = tmp_path / "person"
    run(program / "install.sh", home)
    entry = home / ".local" / "share" / "applications" / "cierzo.desktop"
    validate = tool("desktop-file-validate", "desktop-file-utils")
    assert (
        subprocess.run([validate, entry], capture_output=True, text=True, check=True).stdout == ""
    )
    lines = entry.read_text(encoding="utf-8").splitlines()
    commands = [line.removeprefix("Exec=") for line in lines if line.startswith("Exec=")]
    assert commands[0].endswith(" %f")
    assert [words(command)[0] for command in commands] == [str(program / "cierzo")] * 2


def words(command: str) -> list[str]:
    """Take a command of a desktop entry apart, as its specification says: string, then quotes."""
    command = command.replace("\\\\", "\\")
    found, at = [""], 0
    quoted = False
    while at < len(command):
        sign = command[at]
        if sign == '"':
            quoted = not quoted
        elif sign == "\\" and quoted:
            at += 1
            found[-1] += command[at]
        elif sign == " " and not quoted:
            found.append("")
        else:
            found[-1] += sign
        at += 1
    return [word.replace("%%", "%") for word in found]


def test_uninstalling_takes_away_what_was_added_and_keeps_models_and_chats(program, tmp_path):
    home = tmp_path / "person"
    model = home / ".local" / "share" / "Cierzo" / "models" / "m.gguf"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"GGUF")
    run(program / "install.sh", home)
    result = run(program / "uninstall.sh", home)
    assert (result.returncode, result.stderr) == (0, "")
    assert f"models and chats stay in {home}/.local/share/Cierzo" in result.stdout
    assert files_below(home) == {".local/share/Cierzo/models/m.gguf"}


def test_installing_again_from_a_newer_folder_changes_the_menu(program, packed, tmp_path):
    home = tmp_path / "person"
    run(program / "install.sh", home)
    newer = unpack(packed, tmp_path / "newer")
    run(newer / "install.sh", home)
    assert (home / ".local" / "bin" / "cierzo").resolve() == newer / "cierzo"
    assert str(newer) in (home / ".local/share/applications/cierzo.desktop").read_text()
    # The older folder's script leaves the newer one's command alone.
    run(program / "uninstall.sh", home)
    assert (home / ".local" / "bin" / "cierzo").exists()


def test_a_command_of_somebody_else_stays(program, tmp_path):
    theirs = tmp_path / "person" / ".local" / "bin" / "cierzo"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")
    assert run(program / "install.sh", tmp_path / "person").returncode == 0
    run(program / "uninstall.sh", tmp_path / "person")
    assert theirs.read_text() == "theirs"


@pytest.mark.parametrize("damage", ["cut", "missing"])
def test_a_folder_that_is_not_whole_is_not_installed(program, tmp_path, damage):
    """As where the archive was unpacked without enough room."""
    path = program / "_internal" / "llama" / "core" / "libggml-base.so.0"
    path.write_bytes(path.read_bytes()[:100]) if damage == "cut" else path.unlink()
    result = run(program / "install.sh", tmp_path / "person")
    assert result.returncode == 3
    assert result.stderr.startswith("error: This folder is not whole.")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "person").exists()


def test_a_place_that_is_no_folder_gives_one_sentence(program, tmp_path):
    home = tmp_path / "person"
    home.mkdir()
    (home / ".local").write_text("a file")
    result = run(program / "install.sh", home)
    assert result.returncode == 3
    assert result.stderr == (
        f"error: {home}/.local/share could not be written (Not a directory). Nothing was added.\n"
    )
