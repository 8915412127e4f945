"""Packages of a small bundle, read back by the systems' own tools."""

import json
import pathlib
import shutil
import subprocess
import tarfile

import pytest

from app.domain.distribution import Kind
from release import linux_packages
from release.project import source_date_epoch, version
from tests.packaging.stub_bundle import PROGRAM, make_stub_bundle
from tests.packaging.system_tool import tool


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> pathlib.Path:
    dist = tmp_path_factory.mktemp("dist")
    make_stub_bundle(dist)
    linux_packages.build(dist)
    return dist


@pytest.fixture(scope="module")
def deb(dist) -> pathlib.Path:
    (path,) = dist.glob("*.deb")
    return path


@pytest.fixture(scope="module")
def unpacked(deb, tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("deb")
    subprocess.run([tool("dpkg-deb", "dpkg"), "-R", deb, folder], check=True)
    return folder


def field(deb: pathlib.Path, name: str) -> str:
    command = [tool("dpkg-deb", "dpkg"), "--field", deb, name]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_deb_says_what_it_is_and_needs(deb):
    assert deb.name == f"cierzo_{version()}_amd64.deb"
    assert field(deb, "Package") == "cierzo"
    assert field(deb, "Version") == version()
    depends = field(deb, "Depends").split(", ")
    assert any(package.startswith("libc6 (>= 2.") for package in depends)
    assert any(package.startswith("libstdc++6 (>= ") for package in depends)
    assert int(field(deb, "Installed-Size")) > 500


def test_the_deb_has_the_bundle_and_what_desktops_read(unpacked):
    program = unpacked / "opt" / "cierzo" / "cierzo"
    assert program.read_text() == PROGRAM
    assert program.stat().st_mode & 0o777 == 0o755
    link = unpacked / "usr" / "bin" / "cierzo"
    assert str(link.readlink()) == "/opt/cierzo/cierzo"
    core = unpacked / "opt" / "cierzo" / "_internal" / "llama" / "core"
    assert str((core / "libggml-base.so").readlink()) == "libggml-base.so.0"
    share = unpacked / "usr" / "share"
    for name in (
        "applications/cierzo.desktop",
        "mime/packages/cierzo.xml",
        "icons/hicolor/48x48/apps/cierzo.png",
        "icons/hicolor/scalable/apps/cierzo.svg",
        "man/man1/cierzo.1.gz",
        "doc/cierzo/changelog.gz",
        "doc/cierzo/copyright",
    ):
        assert (share / name).stat().st_mode & 0o777 == 0o644, name


def test_a_package_says_its_kind_and_the_bundle_stays_as_it_was(dist, unpacked):
    said = json.loads((unpacked / "opt/cierzo/_internal/distribution.json").read_text())
    assert Kind(said["kind"]) is Kind.DEB
    assert (dist / "bundle/Cierzo/_internal/distribution.json").read_text() == "{}\n"
    assert not (dist / "stage").exists()


def test_everything_is_roots_and_of_one_time(deb):
    listed = subprocess.run(
        [tool("dpkg-deb", "dpkg"), "--fsys-tarfile", deb], capture_output=True, check=True
    )
    tar_path = deb.with_name("data.tar")
    tar_path.write_bytes(listed.stdout)
    with tarfile.open(tar_path) as tar:
        members = tar.getmembers()
    tar_path.unlink()
    assert {(member.uname, member.gname) for member in members} == {("root", "root")}
    assert {int(member.mtime) for member in members} == {source_date_epoch()}
    assert not [member.name for member in members if member.mode & 0o022 and not member.issym()]


def test_two_builds_are_the_same(dist, tmp_path):
    shutil.copytree(dist / "bundle", tmp_path / "bundle", symlinks=True)
    for path in linux_packages.build(tmp_path):
        assert path.read_bytes() == (dist / path.name).read_bytes()


def test_the_rpm_needs_libraries_by_their_names(dist):
    rpm = shutil.which("rpm") or pytest.skip("rpm is missing: it is in the package rpm")
    (path,) = dist.glob("*.rpm")
    assert path.name == f"cierzo-{version()}-1.x86_64.rpm"

    def query(*options: str) -> list[str]:
        command = [rpm, "-qp", *options, path]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(
            "\n"
        )

    assert "libc.so.6()(64bit)" in query("--requires")
    assert any(line.startswith("libstdc++.so.6(GLIBCXX_") for line in query("--requires"))
    files = query("--list")
    assert "/opt/cierzo/cierzo" in files
    assert not [name for name in files if "lintian" in name]
    assert query("--queryformat", "%{BUILDTIME}") == [str(source_date_epoch())]


def test_the_starter_model_lies_where_the_program_looks(tmp_path, monkeypatch):
    model = tmp_path / "SmolLM2.gguf"
    model.write_bytes(b"GGUF" + bytes(1000))
    monkeypatch.setattr(linux_packages, "_starter_model", lambda: model)
    deb, rpm = linux_packages.build_starter(tmp_path)
    assert rpm.name == f"cierzo-starter-{version()}-1.noarch.rpm"
    assert field(deb, "Depends") == "cierzo"
    subprocess.run([tool("dpkg-deb", "dpkg"), "-R", deb, tmp_path / "deb"], check=True)
    (path,) = (tmp_path / "deb").rglob("*.gguf")
    inside = path.relative_to(tmp_path / "deb").as_posix()
    assert inside == "opt/cierzo/_internal/starter/SmolLM2-135M-Instruct.Q4_1.gguf"
    assert path.read_bytes() == model.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["remove"], True), (["0"], True), (["upgrade", "0.2"], False), (["1"], False)],
)
def test_removing_says_where_models_and_chats_are_upgrading_does_not(arguments, says, tmp_path):
    script = linux_packages._LINUX / "postremove.sh"
    # Without the programs that would refresh this PC's databases.
    environment = {"PATH": str(tmp_path)}
    command = ["/bin/sh", script, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert ("~/.local/share/Cierzo" in result.stdout) == says
    assert result.stderr == ""
