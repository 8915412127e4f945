"""The packages that were built: installed, run, upgraded and removed, in a system of its own."""

import json
import pathlib
import re
import signal
import subprocess
import threading
import time

import pytest

from release.project import version
from tests.packaging.own_root import OwnRoot, own_root
from tests.packaging.system_tool import tool_for_artefacts

pytestmark = pytest.mark.timeout(1200)

NEWER = "999.0"
APT = ("apt-get", "-y", "-q", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0")
STAY = "models and chats stay in ~/.local/share/Cierzo"


@pytest.fixture
def root(artefacts, tmp_path):
    with own_root(tmp_path / "system", artefacts) as root:
        yield root


def artefact(folder: pathlib.Path, pattern: str) -> str:
    (path,) = folder.glob(pattern)
    return path.name


def wait_for(condition, limit_s: float = 60.0) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it took too long"
        threading.Event().wait(0.1)


def it_works(root: OwnRoot) -> None:
    assert root.run("cierzo", "--version").strip() == f"cierzo {version()}"
    said = json.loads(root.run("cierzo", "--self-test", "--json", "--home", "/srv/self-test"))
    assert said["ok"], said


def newer_deb(root: OwnRoot, name: str, program: bytes = b"") -> str:
    """The same content under a higher version, perhaps with another program."""
    root.run("dpkg-deb", "-R", root.inside / name, "/srv/newer")
    control = root.path / "srv" / "newer" / "DEBIAN" / "control"
    text = re.sub(r"(?m)^Version: .*$", f"Version: {NEWER}", control.read_text())
    control.write_text(text)
    if program:
        (root.path / "srv" / "newer" / "opt" / "cierzo" / "cierzo").write_bytes(program)
    root.run("dpkg-deb", "-Znone", "-b", "/srv/newer", "/srv/newer.deb")
    return "/srv/newer.deb"


def test_a_deb_is_installed_run_upgraded_and_removed(root, artefacts):
    name = artefact(artefacts, f"cierzo_{version()}_*.deb")
    root.run(*APT, "install", root.inside / name)
    it_works(root)
    model = root.path / "srv" / "model"
    model.write_bytes(b"GGUF\x03\0\0\0" + bytes(64))
    # As GNOME finds it out, from the file's content.
    found = root.run("xdg-mime", "query", "filetype", "/srv/model", XDG_CURRENT_DESKTOP="GNOME")
    assert found.strip() == "application/x-gguf"
    data = root.path / "root" / ".local" / "share" / "Cierzo" / "models" / "m.gguf"
    data.parent.mkdir(parents=True)
    data.write_bytes(b"GGUF")
    newer = newer_deb(root, name)
    said = root.run(*APT, "install", newer)
    assert STAY not in said
    assert root.run("dpkg-query", "-W", "-f", "${Version}", "cierzo") == NEWER
    it_works(root)
    assert STAY in root.run(*APT, "remove", "cierzo")
    assert data.read_bytes() == b"GGUF"
    assert not (root.path / "opt" / "cierzo").exists()
    assert not (root.path / "usr" / "bin" / "cierzo").is_symlink()
    assert not (root.path / "usr" / "share" / "applications" / "cierzo.desktop").exists()


def test_a_window_that_is_open_survives_an_upgrade(root, artefacts):
    name = artefact(artefacts, f"cierzo_{version()}_*.deb")
    root.run(*APT, "install", root.inside / name)
    # Modules are in the program itself and are read when they are first needed; a newer program has
    # them elsewhere. Here it has none, and the bundle that was built takes its place as a caller.
    newer = newer_deb(root, name, program=b"#!/bin/false\n")
    caller = root.inside / "bundle" / "Cierzo" / "cierzo"
    window = subprocess.Popen(root.command("cierzo", "--home", "/srv/h"), stdin=subprocess.DEVNULL)
    try:
        lock = root.path / "srv" / "h" / "data" / "window.lock"
        wait_for(lock.exists)
        # So early most of the program is not imported yet.
        window.send_signal(signal.SIGSTOP)
        said = root.run(*APT, "install", newer)
        assert "Cierzo is open in its earlier version: close it and open it again." in said
        window.send_signal(signal.SIGCONT)
        root.run(caller, "--quick", "--home", "/srv/h")
        root.run(caller, "chats", "list", "--home", "/srv/h")
        assert window.poll() is None
        log = (root.path / "srv" / "h" / "logs" / "cierzo.log").read_text(encoding="utf-8")
        assert " ERROR " not in log
    finally:
        window.terminate()
        window.wait(30)


def test_an_rpm_is_installed_run_and_removed(root, artefacts):
    """By RPM itself; what the libraries are called is looked up here, not in RPM's database."""
    tool_for_artefacts("rpm", "rpm")
    name = artefact(artefacts, f"cierzo-{version()}-*.rpm")
    root.run("rpm", "--initdb")
    root.run("rpm", "--install", "--nodeps", root.inside / name)
    it_works(root)
    wanted = root.run("rpm", "-q", "--requires", "cierzo")
    known = set(re.findall(r"^\s(\S+) \(", root.run("ldconfig", "-p"), re.MULTILINE))
    libraries = set(re.findall(r"^([^(\s]+\.so[^(\s]*)\(", wanted, re.MULTILINE))
    assert libraries
    assert libraries <= known
    data = root.path / "root" / ".local" / "share" / "Cierzo" / "chats.db"
    data.parent.mkdir(parents=True)
    data.write_bytes(b"chats")
    assert STAY in root.run("rpm", "--erase", "--nodeps", "cierzo")
    assert data.read_bytes() == b"chats"
    assert not (root.path / "opt" / "cierzo").exists()


def test_the_starter_packages_bring_the_model_beside_the_program(root, artefacts):
    deb = artefact(artefacts, f"cierzo_{version()}_*.deb")
    starter = artefact(artefacts, f"cierzo-starter_{version()}_all.deb")
    root.run(*APT, "install", root.inside / deb, root.inside / starter)
    (model,) = (root.path / "opt" / "cierzo" / "_internal" / "starter").iterdir()
    assert model.read_bytes()[:4] == b"GGUF"
    root.run(*APT, "remove", "cierzo-starter")
    assert not model.exists()
    assert (root.path / "opt" / "cierzo" / "cierzo").exists()


# Nobody has told the build where its publisher is reached.
WITHOUT_ADDRESS = {"bogus-mail-host-in-debian-changelog", "malformed-contact"}


@pytest.mark.parametrize("package", ["cierzo", "cierzo-starter"])
def test_lintian_finds_no_fault_that_is_not_explained(package, artefacts):
    (path,) = artefacts.glob(f"{package}_*.deb")
    command = [tool_for_artefacts("lintian", "lintian"), "--no-cfg", "--allow-root", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    faults = {line.split()[2] for line in said.splitlines() if line.startswith("E:")}
    assert faults <= WITHOUT_ADDRESS, said
