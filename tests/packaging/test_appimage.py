"""The folder of an AppImage, and what is made of it with a stand-in for the part that mounts it."""

import hashlib
import os
import pathlib
import subprocess
from dataclasses import replace

import pytest

from release import appdir, appimage
from release.distribution import read_distribution
from release.project import source_date_epoch, target, version
from tests.packaging.stub_bundle import make_stub_bundle
from tests.packaging.system_tool import tool

RUNTIME = """
__attribute__((section(".upd_info"), used)) char update_information[1024];
int main(void) { return 0; }
"""


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> pathlib.Path:
    dist = tmp_path_factory.mktemp("dist")
    make_stub_bundle(dist)
    appdir.build(dist)
    return dist


@pytest.fixture(scope="module")
def runtime(tmp_path_factory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("runtime") / "runtime"
    command = [tool("cc", "gcc"), "-x", "c", "-", "-o", path]
    subprocess.run(command, input=RUNTIME, text=True, check=True)
    return path


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_folder_has_what_tools_look_for_and_runs(dist, tmp_path):
    (folder,) = (dist / "appdir").iterdir()
    assert (folder / "cierzo.desktop").is_file()
    assert (folder / ".DirIcon").resolve().name == "cierzo.png"
    # By a link and from elsewhere, as a person may start it.
    link = tmp_path / "a link"
    link.symlink_to(folder / "AppRun")
    result = subprocess.run(
        [link, "a b", "c"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert result.stdout == "stub a b c\n"


def test_the_appimage_is_the_runtime_and_the_folder(dist, runtime, monkeypatch):
    tool("mksquashfs", "squashfs-tools")
    # As everywhere in a build; mksquashfs takes it as an order.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    (path,) = appimage.build(dist, runtime, sha256(runtime))
    assert path.name == f"Cierzo-{version()}-{target()}.AppImage"
    assert os.access(path, os.X_OK)
    content = path.read_bytes()
    assert content.startswith(runtime.read_bytes())
    command = [tool("unsquashfs", "squashfs-tools"), "-o", str(runtime.stat().st_size)]
    listed = subprocess.run([*command, "-lls", path], capture_output=True, text=True, check=True)
    assert "squashfs-root/usr/lib/cierzo/cierzo" in listed.stdout
    owners = {line.split()[1] for line in listed.stdout.splitlines() if "squashfs-root" in line}
    assert owners == {"root/root"}
    stat = subprocess.run([*command, "-fstime", path], capture_output=True, text=True, check=True)
    assert stat.stdout.strip() == str(source_date_epoch())
    appimage.build(dist, runtime, sha256(runtime))
    assert path.read_bytes() == content


def test_another_runtime_than_the_pinned_one_is_refused(dist, runtime):
    with pytest.raises(appimage.WrongRuntimeError, match="another one was asked for"):
        appimage.build(dist, runtime, "0" * 64)


def test_the_place_of_updates_is_written_into_the_runtime(runtime):
    words = "zsync|https://updates.example/Cierzo-linux-x86_64.AppImage.zsync"
    program = runtime.read_bytes()
    filled = appimage.with_update_information(program, words)
    assert len(filled) == len(program)
    assert filled.count(words.encode() + b"\0") == 1
    differing = [at for at in range(len(program)) if program[at] != filled[at]]
    assert differing[-1] - differing[0] < len(words)


def test_a_runtime_without_room_for_it_is_refused(runtime):
    with pytest.raises(ValueError, match="no room"):
        appimage.with_update_information(runtime.read_bytes(), "x" * 1025)


def test_zsync_finds_the_newest_where_updates_are_published(dist, runtime, monkeypatch):
    tool("mksquashfs", "squashfs-tools")
    monkeypatch.setenv("PATH", f"{runtime.parent}:{os.environ['PATH']}")
    (runtime.parent / "zsyncmake").write_text('#!/bin/sh\necho "$1 $2" > "$4"\n')
    (runtime.parent / "zsyncmake").chmod(0o755)
    published = replace(read_distribution(), update_url="https://updates.example/linux/update.json")
    monkeypatch.setattr(appimage, "read_distribution", lambda: published)
    path, index = appimage.build(dist, runtime, sha256(runtime))
    assert index.read_text() == f"-u {path.name}\n"
    assert f"zsync|https://updates.example/linux/{index.name}".encode() in path.read_bytes()
