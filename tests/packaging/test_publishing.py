"""The steps of a release around the building of it."""

import hashlib
import json
import pathlib
import platform
import subprocess
import sys
import tarfile

import pytest

from release import build_tools, publishing
from release.distribution import Distribution
from release.nvidia import gather
from release.packs import KINDS, make_pack
from release.project import COMMAND, target
from release.self_test import SelfTestError, program, self_test

CHANGELOG = "# Changelog\n\n## Unreleased\n\n## 1.2.0\n- New.\n"
COMPLETE = Distribution(
    publisher="Somebody",
    homepage="https://a.example/",
    source_offer_url="https://a.example/source",
    update_url="https://a.example/update.json",
    update_key="key",
)


@pytest.fixture
def changelog(tmp_path) -> pathlib.Path:
    path = tmp_path / "CHANGELOG.md"
    path.write_text(CHANGELOG)
    return path


def test_a_release_has_its_tag_its_changes_and_its_owner(changelog):
    check = {"version": "1.2.0", "path": changelog, "distribution": COMPLETE}
    assert publishing.check_tag("v1.2.0", **check) == []


@pytest.mark.parametrize(("tag", "version"), [("v1.2.1", "1.2.0"), ("1.2.0", "1.2.0")])
def test_a_tag_of_another_version_is_refused(changelog, tag, version):
    with pytest.raises(publishing.NotReadyError, match="tag"):
        publishing.check_tag(tag, version=version, path=changelog)


def test_a_release_that_nobody_wrote_about_is_refused(changelog):
    with pytest.raises(publishing.NotReadyError, match=r"CHANGELOG\.md"):
        publishing.check_tag("v1.3.0", version="1.3.0", path=changelog)


def test_what_the_owner_left_empty_is_said(changelog):
    nobody = Distribution(
        publisher="", homepage="", source_offer_url="", update_url="", update_key=""
    )
    warnings = publishing.check_tag("v1.2.0", version="1.2.0", path=changelog, distribution=nobody)
    assert len(warnings) == 4
    assert any("LGPL" in warning for warning in warnings)


@pytest.fixture
def package(tmp_path):
    """A package that depends on what it is told to."""

    def make(depends: str) -> pathlib.Path:
        control = tmp_path / "tree" / "DEBIAN" / "control"
        control.parent.mkdir(parents=True)
        lines = ("Package: cierzo", "Version: 1", "Architecture: amd64", "Maintainer: a <a@b.c>")
        lines += ("Description: a", f"Depends: {depends}", "")
        control.write_text("\n".join(lines))
        command = ["dpkg-deb", "--build", tmp_path / "tree", tmp_path / "cierzo_1_amd64.deb"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return tmp_path

    return make


@pytest.mark.parametrize("depends", ["libegl1, libc6 (>= 2.34)", "libc6 (>= 2.9)", "libegl1"])
def test_what_runs_on_the_promised_systems_is_let_through(package, depends):
    publishing.check_glibc(package(depends))


def test_what_was_built_on_too_new_a_system_is_no_release(package):
    with pytest.raises(publishing.NotReadyError, match=r"2\.36"):
        publishing.check_glibc(package("libegl1, libc6 (>= 2.36)"))


def test_people_get_what_is_for_them(tmp_path):
    dist = tmp_path / "dist"
    (dist / "bundle").mkdir(parents=True)
    for name in (
        "Cierzo-1.2.0-linux-x86_64.tar.zst",
        "Cierzo-1.2.0-windows-x86_64-stub-for-tests-setup.exe",
        "sbom.cdx.json",
        "update.json",
        "update.json.sig",
        "SHA256SUMS",
    ):
        (dist / name).write_text(name)
    copied = publishing.collect(dist, tmp_path / "upload")
    assert [path.name for path in copied] == [
        "Cierzo-1.2.0-linux-x86_64.tar.zst",
        f"sbom-{target()}.cdx.json",
    ]


def test_a_draft_is_no_release_yet(tmp_path):
    (tmp_path / "bundle").mkdir()
    (tmp_path / "Cierzo-1.2.0.dmg").touch()
    command = publishing.draft_command("v1.2.0", tmp_path)
    assert "--draft" in command
    assert "--verify-tag" in command
    assert command[-1] == str(tmp_path / "Cierzo-1.2.0.dmg")


# --- asking a bundle ---


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("linux", "bundle/Cierzo/cierzo"),
        ("win32", "bundle/Cierzo/cierzo-console.exe"),
        ("darwin", "bundle/Cierzo.app/Contents/MacOS/cierzo"),
    ],
)
def test_the_program_that_answers_is_known(tmp_path, platform, place):
    assert program(tmp_path, platform) == tmp_path / place


@pytest.fixture
def bundle(tmp_path):
    """A program that says what it is told to, if it is asked rightly."""

    def make(report: object, code: int = 0) -> pathlib.Path:
        path = tmp_path / COMMAND
        lines = (
            f"#!{sys.executable}",
            "import sys",
            "assert '--self-test' in sys.argv and '家' in sys.argv[-1]",
            f"print({json.dumps(report)!r})",
            f"sys.exit({code})",
        )
        path.write_text("\n".join(lines))
        path.chmod(0o755)
        return path

    return make


def test_a_good_bundle_says_what_it_found(bundle):
    report = {"ok": True, "checks": {"window": {"ok": True, "detail": "opened"}}}
    assert self_test(bundle(report)) == {"window": "opened"}


def test_a_fault_is_told_by_name(bundle):
    checks = {"window": {"ok": True, "detail": "opened"}, "engine": {"ok": False, "detail": "no"}}
    with pytest.raises(SelfTestError, match=r"^engine: no$"):
        self_test(bundle({"ok": False, "checks": checks}, 3))


@pytest.mark.parametrize(("report", "code"), [("Segmentation fault", 0), ({"ok": True}, 0)])
def test_a_bundle_that_says_something_else_is_at_fault(bundle, report, code):
    with pytest.raises(SelfTestError, match="ended with"):
        self_test(bundle(report, code))


def test_a_bundle_that_dies_after_a_good_report_is_at_fault(bundle):
    with pytest.raises(SelfTestError, match="ended with 7"):
        self_test(bundle({"ok": True, "checks": {}}, 7))


# --- what is fetched ---


@pytest.fixture
def pinned(tmp_path, monkeypatch):
    """Serve a file where curl finds it, without a network."""
    content = b"a tool"
    source = tmp_path / "source" / "tool"
    source.parent.mkdir()
    source.write_bytes(content)
    monkeypatch.setattr(build_tools, "CACHE", tmp_path / "cache")
    calls = []

    def curl(command, **_):
        assert command[0] == "curl"
        assert command[command.index("--proto") + 1] == "=https"
        calls.append(command[-1])
        pathlib.Path(command[command.index("--output") + 1]).write_bytes(source.read_bytes())

    monkeypatch.setattr(build_tools.subprocess, "run", curl)
    pin = ("https://a.example/1.0/tool", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(build_tools, "pinned", lambda *_: pin)
    return source, calls


def test_a_pinned_file_is_fetched_once(pinned):
    source, calls = pinned
    assert build_tools.fetch("tool", "here").read_bytes() == source.read_bytes()
    build_tools.fetch("tool", "here")
    assert len(calls) == 1


def test_another_file_is_refused_and_not_kept(pinned):
    source, calls = pinned
    source.write_bytes(b"another tool")
    for _ in range(2):
        with pytest.raises(build_tools.WrongFileError):
            build_tools.fetch("tool", "here")
    assert len(calls) == 2
    assert not list(build_tools.CACHE.rglob("tool"))


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("vulkan-sdk", "linux-x86_64"),
        ("vulkan-sdk", "windows-x86_64"),
        ("appimage-runtime", "linux-x86_64"),
        ("appimage-runtime", "linux-aarch64"),
    ],
)
def test_every_pin_is_whole(name, target):
    url, digest = build_tools.pinned(name, target)
    assert url.startswith("https://")
    assert len(bytes.fromhex(digest)) == 32


def test_packages_are_named_with_what_they_are_for(tmp_path):
    lines = build_tools.APT_PACKAGES.read_text(encoding="utf-8").splitlines()
    assert all(line.partition("# ")[2] for line in lines)
    assert "git" in build_tools.packages()


def test_steps_hear_of_variables_only_on_a_runner(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GITHUB_ENV", str(tmp_path / "env"))
    build_tools.export("VULKAN_SDK", "/sdk")
    assert (tmp_path / "env").read_text() == "VULKAN_SDK=/sdk\n"
    monkeypatch.delenv("GITHUB_ENV")
    build_tools.export("VULKAN_SDK", "/sdk")
    assert capsys.readouterr().out == "GITHUB_ENV: VULKAN_SDK=/sdk\n"


def test_the_vulkan_sdk_is_unpacked_once_and_found_by_cmake(tmp_path, monkeypatch):
    tools = tmp_path / "1.4.357.0" / platform.machine() / "bin"
    tools.mkdir(parents=True)
    (tools / "glslc").write_text("compiler")
    archive = tmp_path / "cache" / "sdk.tar.xz"
    archive.parent.mkdir()
    with tarfile.open(archive, "w:xz") as tar:
        tar.add(tmp_path / "1.4.357.0", "1.4.357.0")
    monkeypatch.setattr(build_tools, "fetch", lambda *_: archive)
    for name in ("GITHUB_ENV", "GITHUB_PATH"):
        monkeypatch.setenv(name, str(tmp_path / name))
    build_tools.unpack_vulkan_sdk()
    build_tools.unpack_vulkan_sdk()
    name, _, place = (tmp_path / "GITHUB_ENV").read_text().splitlines()[0].partition("=")
    assert name == "VULKAN_SDK"
    assert (pathlib.Path(place) / "bin" / "glslc").read_text() == "compiler"
    assert (tmp_path / "GITHUB_PATH").read_text().splitlines()[1] == f"{place}/bin"


def test_a_pack_is_put_together_of_our_library_and_nvidias(tmp_path):
    backend, wheels = tmp_path / "cuda13", tmp_path / "wheels"
    files = {
        backend / "libggml-cuda.so": "ours",
        wheels / "nvidia/cu13/lib/libcudart.so.13": "theirs",
        wheels / "nvidia/cu13/lib/libcublas.so.13": "theirs",
        wheels / "nvidia/cu13/lib/libcublasLt.so.13": "theirs",
        wheels / "nvidia/cu13/lib/libnvblas.so.13": "not needed",
        wheels / "nvidia/cu13/lib/libcudart_static.a": "not needed",
        wheels / "nvidia_cublas-13.dist-info/licenses/License.txt": "licence",
        wheels / "nvidia_cuda_runtime-13.dist-info/licenses/License.txt": "licence",
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    gather(backend, wheels, tmp_path / "pack")
    archive = make_pack(
        tmp_path / "pack", tmp_path, name="cuda13", abi="abi", target="linux-x86_64"
    )
    with tarfile.open(archive) as tar:
        names = tar.getnames()
        licence = tar.extractfile("LICENSE-NVIDIA.txt").read()
    assert names[:2] == ["pack.json", "LICENSE-NVIDIA.txt"]
    assert len(names) == len(KINDS["cuda13"].needs) + 1
    assert licence == b"licence"
