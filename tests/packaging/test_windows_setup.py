"""The installer for Windows, in Wine, with programs that only say who they are."""

import pathlib
import subprocess

import pytest

from release.project import version
from release.windows_installer import APP_USER_MODEL_ID, STARTER
from tests.helpers.wine import set_version, windows_path
from tests.packaging.windows_kit import PROGRAMS, Pc, file_names, pc, setup_file, wine

__all__ = ["pc", "setup_file", "wine"]
pytestmark = pytest.mark.timeout(300)

CLASSES = "HKCU\\Software\\Classes"


@pytest.fixture
def small_disk(tmp_path):
    """A drive of 64 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_silent_installation_is_what_windows_shows(pc: Pc):
    pc.wine.run("reg", "add", f"{CLASSES}\\.gguf", "/d", "Another.Program", "/f")
    assert pc.install() == (0, "")
    assert PROGRAMS | {"uninstall.exe", "_internal/distribution.json"} < file_names(pc.usual)
    assert {path.name for path in pc.usual.iterdir()} == {
        *("Cierzo.exe", "cierzo-console.exe", "bin", "_internal", "uninstall.exe")
    }
    place = f"C:\\users\\{pc.wine.home.name}\\AppData\\Local\\Programs\\Cierzo"
    entry = pc.entry()
    assert int(entry.pop("EstimatedSize").removeprefix("dword:"), 16) > 50
    assert entry == {
        "DisplayIcon": f"{place}\\Cierzo.exe,0",
        "DisplayName": "Cierzo",
        "DisplayVersion": version(),
        "InstallLocation": place,
        "NoModify": "dword:00000001",
        "NoRepair": "dword:00000001",
        "Publisher": "The Cierzo developers",
        "QuietUninstallString": f'"{place}\\uninstall.exe" /S',
        "UninstallString": f'"{place}\\uninstall.exe"',
    }
    menu = pc.wine.home / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs"
    assert f"{place}\\Cierzo.exe".encode() in (menu / "Cierzo.lnk").read_bytes()
    assert not list((pc.wine.home / "Desktop").glob("*.lnk"))

    kind = pc.wine.registry(f"{CLASSES}\\Cierzo.gguf")
    assert kind["shell\\open\\command"] == {"@": f'"{place}\\Cierzo.exe" "%1"'}
    assert kind["Application"]["AppUserModelID"] == APP_USER_MODEL_ID
    files = pc.wine.registry(f"{CLASSES}\\.gguf")
    assert "Cierzo.gguf" in files["OpenWithProgids"]
    assert files[""] == {"@": "Another.Program"}

    pc.uninstall()
    assert pc.wine.registry(f"{CLASSES}\\.gguf")[""] == {"@": "Another.Program"}
    assert pc.wine.registry(f"{CLASSES}\\Cierzo.gguf") == {}
    assert not (menu / "Cierzo.lnk").exists()
    assert not pc.usual.exists()
    pc.wine.run("reg", "delete", f"{CLASSES}\\.gguf", "/f")


def test_models_and_chats_stay_and_it_says_where(pc: Pc):
    kept = pc.keep_chats()
    pc.install()
    place = pc.entry()["InstallLocation"]
    # In its own folder, so that it can still speak to who started it.
    said = pc.wine.run(f"{place}\\uninstall.exe", "/S", f"_?={place}").stderr
    assert said.startswith("Cierzo was removed.")
    assert f"C:\\users\\{pc.wine.home.name}\\AppData\\Local\\Cierzo" in said
    assert {name: (pc.data / name).read_text() for name in file_names(pc.data)} == kept
    assert pc.entry() == {}


def test_an_upgrade_leaves_nothing_of_the_old_version_but_its_starter(pc: Pc):
    pc.install()
    stale = pc.usual / "_internal" / "PySide6" / "old.dll"
    stale.parent.mkdir()
    stale.write_text("of another version")
    starter = pc.usual / "_internal" / "starter" / STARTER
    starter.parent.mkdir()
    starter.write_text("GGUF")
    assert pc.install() == (0, "")
    assert not stale.exists()
    assert starter.read_text() == "GGUF"
    assert {path.name for path in pc.usual.iterdir()} == {
        *("Cierzo.exe", "cierzo-console.exe", "bin", "_internal", "uninstall.exe")
    }


def test_nothing_is_changed_while_it_runs(pc: Pc):
    pc.install()
    mark = pc.usual / "_internal" / "mark"
    mark.write_text("of the version that runs")
    running = pc.wine.start(pc.usual / "Cierzo.exe", "--stay")
    assert running.stdout
    running.stdout.readline()
    exit_code, said = pc.install()
    assert (exit_code, said[:18]) == (3, "Cierzo is running.")
    uninstaller = pc.wine.run(
        pc.usual / "uninstall.exe", "/S", f"_?={pc.entry()['InstallLocation']}"
    )
    assert (uninstaller.returncode, uninstaller.stderr[:18]) == (3, "Cierzo is running.")
    assert mark.exists()
    assert running.poll() is None, "a chat was ended"
    running.communicate("")
    assert pc.install() == (0, "")
    assert not mark.exists()


def test_an_update_waits_for_the_program_that_started_it(pc: Pc):
    pc.install()
    running = pc.wine.start(pc.usual / "Cierzo.exe", "--stay")
    assert running.stdout
    running.stdout.readline()
    update = pc.wine.start(pc.setup, "/S")
    running.communicate("")
    assert (update.communicate()[1] or "").count("running") == 0
    assert update.returncode == 0


def test_other_things_in_its_folder_stay(pc: Pc, tmp_path):
    folder = tmp_path / "Programs of mine"
    others = {"notes.txt", "bin/other.exe", "models/a.gguf"}
    for name in others:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    assert pc.install(into=folder) == (0, "")
    assert pc.install(into=folder) == (0, "")
    assert others | PROGRAMS < file_names(folder)
    pc.uninstall(folder)
    assert file_names(folder) == others


def test_another_program_is_not_overwritten(pc: Pc, tmp_path):
    theirs = tmp_path / "_internal" / "python.dll"
    theirs.parent.mkdir()
    theirs.write_text("theirs")
    exit_code, said = pc.install(into=tmp_path)
    assert exit_code == 3
    assert "holds another program" in said
    assert file_names(tmp_path) == {"_internal/python.dll"}


@pytest.mark.parametrize("name", ["with  spaces & 'signs' $INSTDIR %TEMP%", "Über 模型 𠮷 🚀"])
def test_a_folder_may_have_any_name(pc: Pc, tmp_path, name):
    folder = tmp_path / name / "Cierzo"
    assert pc.install(into=folder) == (0, "")
    assert pc.entry()["InstallLocation"] == windows_path(folder)
    result = pc.wine.run(folder / "bin" / "cierzo.exe", "--version")
    assert (result.returncode, result.stdout) == (0, f"Cierzo {version()} (a stub for tests)\n")
    pc.uninstall(folder)
    assert not folder.exists()


def test_another_folder_takes_the_place_of_the_first(pc: Pc, tmp_path):
    pc.install()
    assert pc.install(into=tmp_path / "Cierzo") == (0, "")
    assert not pc.usual.exists()
    assert pc.entry()["InstallLocation"] == windows_path(tmp_path / "Cierzo")
    # Without a word about it, the next one goes where the last one went.
    assert pc.install() == (0, "")
    assert not pc.usual.exists()
    # By another name it is the same folder, not one to clean up.
    (tmp_path / "link").symlink_to(tmp_path)
    assert pc.install(into=tmp_path / "link" / "Cierzo") == (0, "")
    assert file_names(tmp_path / "Cierzo") > PROGRAMS
    pc.uninstall(tmp_path / "Cierzo")
    assert pc.entry() == {}


def test_a_read_only_folder_is_refused_before_anything_changes(pc: Pc):
    pc.install()
    before = file_names(pc.usual)
    exit_code, said = pc.install(into="Z:\\proc\\Cierzo")
    assert exit_code == 3
    assert said.startswith("The folder Z:\\proc\\Cierzo cannot be written to.")
    assert file_names(pc.usual) == before


def test_too_little_room_is_said_before_anything_changes(pc: Pc, small_disk: pathlib.Path):
    place = small_disk / "Cierzo"
    exit_code, said = pc.install(into=place)
    assert exit_code == 3
    assert said.startswith(f"There is not enough room for {windows_path(place)}: ")
    assert not place.exists()


def test_what_cannot_be_written_leaves_the_old_version(pc: Pc):
    pc.install()
    before = file_names(pc.usual)
    (pc.usual / "setup.new").touch()  # in the place of the folder that is unpacked to
    exit_code, said = pc.install()
    assert exit_code == 2
    assert said.startswith("The files of Cierzo could not be written.")
    assert file_names(pc.usual) == before | {"setup.new"}


def test_what_cannot_be_moved_leaves_the_old_version(pc: Pc):
    pc.install()
    held = pc.usual / "_internal"
    (held / "mark").touch()
    before = file_names(pc.usual)
    # Nobody can rename what is mounted, as nobody on Windows what is open.
    subprocess.run(["mount", "--bind", held, held], check=True)
    try:
        exit_code, said = pc.install()
    finally:
        subprocess.run(["umount", held], check=True)
    assert exit_code == 3
    assert said.startswith("Another program holds files of the older Cierzo")
    assert file_names(pc.usual) == before


def test_an_old_windows_is_refused(pc: Pc):
    set_version(pc.wine, "win7")
    try:
        exit_code, said = pc.install()
    finally:
        set_version(pc.wine, "win10")
    assert (exit_code, pc.usual.exists()) == (3, False)
    assert said == "Cierzo needs Windows 10, version 1809, or a newer Windows."


def test_the_starter_beside_the_setup_file_comes_along(pc: Pc, tmp_path):
    stick = Pc(pc.wine, tmp_path / "setup.exe")
    stick.setup.write_bytes(pc.setup.read_bytes())
    (tmp_path / STARTER).write_text("GGUF")
    assert stick.install() == (0, "")
    assert (pc.usual / "_internal" / "starter" / STARTER).read_text() == "GGUF"


LANGUAGES = {
    1033: "The folder",
    1031: "In den Ordner",
    1036: "Impossible d’écrire",
    1034: "No se puede",
    1040: "Non si può",
    1028: "無法寫入",
    2052: "The folder",
}


@pytest.mark.parametrize("number", LANGUAGES)
def test_it_speaks_six_languages(pc: Pc, number):
    exit_code, said = pc.install(f"/LANG={number}", into="Z:\\proc\\Cierzo")
    assert exit_code == 3
    assert said.startswith(LANGUAGES[number])
    assert "Z:\\proc\\Cierzo" in said
    assert "$" not in said
