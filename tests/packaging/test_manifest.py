"""What apps learn of a release, and the signature without which they do not believe it."""

import base64
import hashlib
import json
import os
import pathlib
import re
import stat
import subprocess
import sys

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from release import manifest, release_notes, signature, sums
from release.packs import make_pack
from release.project import PACKAGING, ROOT
from tests.packaging.test_packs import ABI, LINUX

VERSION = "1.4.2"
BASE_URL = "https://downloads.example/cierzo/1.4.2"
ARTEFACTS = {
    f"Cierzo-{VERSION}-windows-x86_64-setup.exe": ("windows", "windows-x86_64"),
    f"Cierzo-{VERSION}-macos-arm64.dmg": ("macos", "macos-arm64"),
    f"Cierzo-{VERSION}-linux-x86_64.AppImage": ("appimage", "linux-x86_64"),
    f"Cierzo-{VERSION}-linux-x86_64.tar.zst": ("archive", "linux-x86_64"),
    f"cierzo_{VERSION}_amd64.deb": ("deb", "linux-x86_64"),
    f"cierzo_{VERSION}-1_arm64.deb": ("deb", "linux-aarch64"),
    f"cierzo-{VERSION}-1.x86_64.rpm": ("rpm", "linux-x86_64"),
}
OTHERS = (
    "Cierzo-1.4.1-windows-x86_64-setup.exe",
    f"cierzo-starter_{VERSION}_all.deb",
    f"Cierzo-{VERSION}-linux-x86_64.AppImage.zsync",
    "sbom.cdx.json",
    "SHA256SUMS",
)


@pytest.fixture
def dist(tmp_path) -> pathlib.Path:
    folder = tmp_path / "dist"
    (folder / "bundle").mkdir(parents=True)
    for name in (*ARTEFACTS, *OTHERS):
        (folder / name).write_text(f"content of {name}")
    return folder


@pytest.fixture
def key(tmp_path):
    signature.new_key(tmp_path / "keys" / "update.key")
    return signature.read_key(tmp_path / "keys" / "update.key")


def written(dist: pathlib.Path) -> dict:
    return json.loads(manifest.write(dist, BASE_URL + "/", version=VERSION).read_text("utf-8"))


def test_every_artefact_is_in_it_and_nothing_else(dist):
    content = written(dist)
    found = {each["url"].rpartition("/")[2]: each for each in content["artefacts"]}
    assert {name: (each["kind"], each["target"]) for name, each in found.items()} == ARTEFACTS
    for name, each in found.items():
        assert each["url"] == f"{BASE_URL}/{name}"
        assert each["bytes"] == (dist / name).stat().st_size
        assert each["sha256"] == hashlib.sha256((dist / name).read_bytes()).hexdigest()


def test_it_says_when_and_what_it_asks_for(dist):
    content = written(dist)
    assert (content["format"], content["version"]) == (1, VERSION)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", content["released"])
    assert content["minimum_system"] == {
        "windows": "10.0.17763",
        "macos": "14.0",
        "glibc": "2.34",
    }


def test_packs_are_in_it_with_the_licence_that_is_to_be_accepted(dist, tmp_path):
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, content in LINUX.items():
        (folder / name).write_bytes(content)
    archive = make_pack(folder, dist, name="cuda13", abi=ABI, target="linux-x86_64")
    (pack,) = written(dist)["packs"]
    assert pack["url"] == f"{BASE_URL}/{archive.name}"
    assert pack["bytes"] == archive.stat().st_size
    assert (pack["name"], pack["abi"], pack["target"]) == ("cuda13", ABI, "linux-x86_64")
    assert pack["minimum_driver"] == "580"
    assert "8.9" in pack["compute_capabilities"]
    assert pack["licence"].startswith("May be passed on")


def test_the_same_release_makes_the_same_manifest(dist):
    first = manifest.write(dist, BASE_URL, version=VERSION).read_bytes()
    assert manifest.write(dist, BASE_URL, version=VERSION).read_bytes() == first


@pytest.mark.parametrize("url", ["http://a.example/b", "ftp://a", "https://", "a/b", "https://a?b"])
def test_releases_lie_at_secure_addresses(dist, url):
    with pytest.raises(manifest.ManifestError):
        manifest.write(dist, url, version=VERSION)


def test_no_manifest_is_longer_than_apps_read(dist, monkeypatch):
    monkeypatch.setattr(release_notes, "notes", lambda version: "x" * (600 << 10))
    with pytest.raises(manifest.ManifestError, match="longer"):
        manifest.write(dist, BASE_URL, version=VERSION)


def test_notes_are_those_of_the_version(tmp_path):
    path = tmp_path / "CHANGELOG.md"
    path.write_text(
        "# Changelog\n\n## Unreleased\n- Not yet.\n\n## [1.4.2] - 2026-12-01\n\n### Added\n"
        "- A thing that is\n  so long.\n- Another.\n\n## 1.4.1\n- Old.\n"
    )
    assert release_notes.notes("1.4.2", path) == "- A thing that is so long.\n- Another."
    assert release_notes.notes("1.4", path) == "- Not yet."
    assert release_notes.section("1.4", path) is None


def test_long_notes_end_with_a_whole_line(tmp_path):
    path = tmp_path / "CHANGELOG.md"
    path.write_text("## 1.0\n" + "- A change that took a while to tell.\n" * 100)
    lines = release_notes.notes("1.0", path).splitlines()
    assert lines[-1] == "…"
    assert set(lines[:-1]) == {"- A change that took a while to tell."}
    assert 1900 < sum(len(line) + 1 for line in lines) <= 2002


def test_a_signature_is_what_the_app_expects(dist, key):
    """64 bytes of Ed25519 over the file's bytes, as base64."""
    path = manifest.write(dist, BASE_URL, version=VERSION)
    text = signature.sign(path, key).read_text("ascii")
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature.public_text(key)))
    public.verify(base64.b64decode(text.strip(), validate=True), path.read_bytes())
    signature.check(path, signature.public_text(key))


def test_a_changed_manifest_is_found_out(dist, key):
    path = manifest.write(dist, BASE_URL, version=VERSION)
    signature.sign(path, key)
    path.write_bytes(path.read_bytes().replace(b"1.4.2", b"1.4.3"))
    with pytest.raises(InvalidSignature):
        signature.check(path, signature.public_text(key))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_private_key_is_private_and_is_never_overwritten(tmp_path):
    path = tmp_path / "update.key"
    signature.new_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        signature.new_key(path)


def test_a_private_key_never_lies_in_the_repository():
    with pytest.raises(signature.KeyRefusedError, match="repository"):
        signature.new_key(ROOT / "packaging" / "update.key")
    assert not (ROOT / "packaging" / "update.key").exists()


@pytest.mark.parametrize("text", ["", "\n"])
def test_no_key_is_no_error(monkeypatch, text):
    monkeypatch.setenv(signature.KEY_VARIABLE, text)
    assert signature.read_key(None) is None


@pytest.mark.parametrize("text", ["secret", "c2hvcnQ="])
def test_half_a_key_is_one(monkeypatch, text):
    monkeypatch.setenv(signature.KEY_VARIABLE, text)
    with pytest.raises(signature.KeyRefusedError):
        signature.read_key(None)


def test_sums_are_what_the_system_checks(dist):
    (path,) = sums.build(dist)
    sums.build(dist)  # a second time, over the first
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", path.name],
        cwd=dist,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(checked.stdout.splitlines()) == len(ARTEFACTS) + len(OTHERS) - 1


def command(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    rest = {name: value for name, value in os.environ.items() if name != signature.KEY_VARIABLE}
    return subprocess.run(
        [sys.executable, PACKAGING / "sign-manifest", *map(str, words)],
        env={**rest, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_makes_a_key_writes_and_signs(dist, tmp_path):
    private = tmp_path / "update.key"
    made = command("new-key", private)
    assert re.fullmatch(r'update_key = "[\w+/]{43}="\n', made.stdout)
    assert command("write", "--dist", dist, "--base-url", BASE_URL).returncode == 0
    signed = command("sign", "--dist", dist, "--key", private)
    assert signed.returncode == 0, signed.stderr
    public = made.stdout.split('"')[1]
    for name in ("update.json", "SHA256SUMS"):
        signature.check(dist / name, public)


def test_the_command_leaves_everything_unsigned_without_a_key(dist):
    result = command("sign", "--dist", dist)
    assert result.returncode == 0
    assert "Nothing is signed" in result.stdout
    assert not list(dist.glob("*.sig"))


def test_the_command_says_what_is_wrong(dist, tmp_path):
    assert "https" in command("write", "--dist", dist, "--base-url", "http://a.example/").stderr
    assert "update_key" in command("check", "--dist", dist).stderr
    assert "error: " in command("sign", "--dist", dist, "--key", tmp_path / "missing").stderr
