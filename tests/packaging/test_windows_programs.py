"""The launcher, the signatures and the choices of the installer for Windows, in Wine."""

import pathlib
import shutil
import subprocess

import pytest

from release import pe
from release.icons import write_ico
from release.windows_installer import build
from release.windows_launcher import build_launcher
from tests.helpers.wine import need, until
from tests.packaging.windows_kit import Pc, file_names, pc, setup_file, wine

__all__ = ["pc", "setup_file", "wine"]
pytestmark = pytest.mark.timeout(300)

ENVIRONMENT = "HKCU\\Environment"


def test_the_launcher_stands_for_the_console_program(pc: Pc):
    pc.install()
    launcher = pc.usual / "bin" / "cierzo.exe"
    said = pc.wine.run(launcher, "ask", "two  words", "", "日本 🚀", "--stay", stdin="anything")
    program = f"{pc.entry()['InstallLocation']}\\cierzo-console.exe"
    assert said.stdout == f'"{program}" ask "two  words" "" "日本 🚀" --stay\n'
    assert pc.wine.run(launcher, "--exit", "42").returncode == 42
    (pc.usual / "cierzo-console.exe").unlink()
    orphan = pc.wine.run(launcher, "--version")
    assert orphan.returncode == 3
    assert orphan.stderr == "error: cierzo-console.exe cannot be started. Install Cierzo again."


def test_who_ends_the_launcher_ends_the_program(pc: Pc):
    pc.install()
    program = pc.wine.start(pc.usual / "bin" / "cierzo.exe", "--stay")
    assert program.stdout
    program.stdout.readline()
    assert pc.wine.run("taskkill", "/f", "/im", "cierzo.exe").returncode == 0
    # Ends when nobody holds its output any more, though its input goes on.
    assert program.stdout.read() == ""
    program.communicate()
    assert pc.install() == (0, "")


def test_the_launcher_needs_no_library_and_is_the_same_each_time(artefacts, tmp_path):
    need("x86_64-w64-mingw32-gcc")
    write_ico(tmp_path / "cierzo.ico")
    programs = [tmp_path / name / "cierzo.exe" for name in ("one", "another place")]
    for program in programs:
        build_launcher(program, tmp_path / "cierzo.ico")
        assert [path.name for path in program.parent.iterdir()] == ["cierzo.exe"]
    first, second = (program.read_bytes() for program in programs)
    assert first == second
    assert pe.written_checksum(first) == pe.checksum(first)
    tables = subprocess.run(
        ["x86_64-w64-mingw32-objdump", "-p", programs[0]],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [line.split()[-1] for line in tables.splitlines() if "DLL Name" in line] == [
        "KERNEL32.dll"
    ]


def test_two_builds_are_the_same_and_name_no_folder(setup_file, tmp_path):
    (again,) = build(tmp_path / "again")
    assert again.name == setup_file.name
    assert "stub-for-tests" in again.name
    content = again.read_bytes()
    assert content == setup_file.read_bytes()
    assert pe.written_checksum(content) == pe.checksum(content)
    for words in (str(tmp_path), str(pathlib.Path.home())):
        assert words.encode() not in content
        assert words.encode("utf-16-le") not in content


def test_a_makensis_without_64_bits_makes_one_of_32(setup_file, tmp_path, monkeypatch):
    """NSIS' own releases, on the runner of the workflow."""
    ours, theirs = pathlib.Path("/usr/share/nsis"), tmp_path / "nsis"
    no_64_bits = shutil.ignore_patterns("*amd64*")
    shutil.copytree(ours, theirs, ignore=no_64_bits)
    monkeypatch.setenv("NSISDIR", str(theirs))
    (setup,) = build(tmp_path / "small")
    machines = {path: machine(path) for path in (setup, setup_file)}
    assert machines == {setup: 0x14C, setup_file: 0x8664}


def machine(program: pathlib.Path) -> int:
    """What processor it is for."""
    content = program.read_bytes()
    header = int.from_bytes(content[0x3C:0x40], "little")
    return int.from_bytes(content[header + 4 : header + 6], "little")


def test_the_path_gets_our_folder_and_loses_it_again(pc: Pc):
    mine = "C:\\mine;%USERPROFILE%\\tools"
    pc.wine.run("reg", "add", ENVIRONMENT, "/v", "Path", "/t", "REG_EXPAND_SZ", "/d", mine, "/f")

    def search_path() -> str:
        told = pc.wine.run("reg", "query", ENVIRONMENT, "/v", "Path").stdout
        assert "REG_EXPAND_SZ" in told
        return told.split("REG_EXPAND_SZ")[1].strip()

    assert pc.install("/PATH") == (0, "")
    ours = f"{pc.entry()['InstallLocation']}\\bin"
    assert search_path() == f"{mine};{ours}"
    pc.install()  # what was chosen once stays so
    assert search_path() == f"{mine};{ours}"
    pc.uninstall()
    assert search_path() == mine

    long = ";".join(["C:\\mine\\some-folder"] * 60)
    pc.wine.run("reg", "add", ENVIRONMENT, "/v", "Path", "/t", "REG_EXPAND_SZ", "/d", long, "/f")
    exit_code, said = pc.install("/PATH")
    assert exit_code == 0
    assert "too long" in said
    assert ours in said
    assert search_path() == long
    pc.wine.run("reg", "delete", ENVIRONMENT, "/v", "Path", "/f")


def test_models_and_chats_go_only_where_the_box_is_ticked(pc: Pc):
    need("xdotool")
    pc.install()
    pc.keep_chats()
    elsewhere = pc.wine.local / "models elsewhere"
    elsewhere.mkdir()
    (elsewhere / "b.gguf").touch()
    uninstaller = pc.wine.start(pc.usual / "uninstall.exe", "/LANG=1033")

    def press(*keys: str) -> None:
        subprocess.run(["xdotool", "key", *keys], env=pc.wine.environment, check=True)

    search = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "Cierzo"]
    windows = subprocess.run(
        search, env=pc.wine.environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    focus = ["xdotool", "windowfocus", "--sync", windows[-1]]
    subprocess.run(focus, env=pc.wine.environment, check=True)
    press("alt+r", "alt+u")

    def is_gone() -> bool:
        press("alt+y")  # whether that is meant
        return not pc.data.exists()

    until(is_gone, "the data to be removed")
    until(lambda: not pc.entry(), "the entry to go")
    press("Return")
    uninstaller.communicate()
    assert file_names(elsewhere) == {"b.gguf"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> dict[str, str]:
    need("openssl", "osslsigncode")
    folder = tmp_path_factory.mktemp("certificate")
    names = {"CIERZO_SIGN_CERTIFICATE": "c.pem", "CIERZO_SIGN_KEY": "k.pem"}
    paths = {name: str(folder / file) for name, file in names.items()}
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=Cierzo test", "-addext", "extendedKeyUsage=codeSigning"),
            *("-keyout", paths["CIERZO_SIGN_KEY"], "-out", paths["CIERZO_SIGN_CERTIFICATE"]),
        ],
        check=True,
        capture_output=True,
    )
    return paths


def test_all_that_is_ours_is_signed(pc: Pc, certificate, monkeypatch, tmp_path):
    for name, value in certificate.items():
        monkeypatch.setenv(name, value)
    (setup,) = build(tmp_path / "signed")
    assert Pc(pc.wine, setup).install() == (0, "")
    ours = ["Cierzo.exe", "cierzo-console.exe", "bin/cierzo.exe", "uninstall.exe"]
    for program in [setup, *(pc.usual / name for name in ours)]:
        verify = ["osslsigncode", "verify", "-CAfile", certificate["CIERZO_SIGN_CERTIFICATE"]]
        result = subprocess.run(
            [*verify, "-in", program], capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, f"{program.name}: {result.stdout}"
        assert "CN=Cierzo test" in result.stdout
    # One changed byte is noticed, so the check above can fail.
    changed = tmp_path / "changed.exe"
    content = bytearray(setup.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    assert subprocess.run([*verify, "-in", changed], capture_output=True, check=False).returncode
