"""A bundle signed for real without a Mac: by rcodesign, with a certificate that is made here."""

import hashlib
import os
import pathlib
import plistlib
import pwd
import shutil
import stat
import subprocess
import sys

import apple_platform
import pytest

from release.mach_o import signing_order
from release.macos_signing import ENTITLEMENTS, sign_app
from tests.packaging.fake_app import make_app

pytestmark = pytest.mark.usefixtures("artefacts")

# The program that PyInstaller puts into every bundle, and a library of one of our dependencies.
WHEELS = ("pyinstaller==6.22.3", "msgspec==0.22.0")
CACHE = pathlib.Path("~/.cache/cierzo-packaging/macos-wheels")
PROGRAM = "PyInstaller/bootloader/Darwin-64bit/runw"
LIBRARY = "msgspec/_core.cpython-312-darwin.so"
TEAM = "CITEAM1234"

# Takes codesign's arguments; `shallow` is what codesign does without --deep.
CODESIGN = """#!{python}
import argparse, pathlib, sys
import apple_platform as ap

parser = argparse.ArgumentParser()
for word in ("--force", "--timestamp", "--verify", "--deep", "--strict"):
    parser.add_argument(word, action="store_true")
for word in ("--sign", "--options", "--entitlements", "--verbose"):
    parser.add_argument(word)
parser.add_argument("path", type=pathlib.Path)
options = parser.parse_args()
if options.sign:
    ap.sign(
        options.path,
        signer=ap.Signer(pem=ap.PemKey(files=[options.sign])),
        code_signature_flags=[options.options],
        entitlements_xml_file=options.entitlements,
        timestamp_url="none",
        shallow=True,
    )
"""


@pytest.fixture(scope="module")
def home() -> pathlib.Path:
    """The real one: another of this module's fixtures has its cache there."""
    return pathlib.Path(pwd.getpwuid(os.getuid()).pw_dir)


@pytest.fixture(scope="module")
def code(home) -> tuple[bytes, bytes]:
    """A real program and a real library for macOS, of wheels that are fetched once."""
    folder = home / CACHE.relative_to("~")
    if not (folder / LIBRARY).is_file():
        uv = os.environ.get("UV") or shutil.which("uv")
        options = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.12"]
        place = ["--target", str(folder), "--python-platform", "aarch64-apple-darwin"]
        subprocess.run([uv, "pip", "install", *place, *options, *WHEELS], check=True)
    return (folder / PROGRAM).read_bytes(), (folder / LIBRARY).read_bytes()


@pytest.fixture
def signed(code, tmp_path, monkeypatch) -> pathlib.Path:
    program, library = code
    app = make_app(tmp_path / "Ünterordner 測試", program=program, library=library)
    tool = tmp_path / "bin" / "codesign"
    tool.parent.mkdir()
    tool.write_text(CODESIGN.format(python=sys.executable))
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    certificate = apple_platform.certificates.generate_self_signed(
        "Cierzo's tests", team_id=TEAM, profile="developer-id-application"
    )
    sign_app(app, str(certificate.write_pem_bundle(tmp_path / "signer.pem")))
    return app


def read(path: pathlib.Path) -> list[dict]:
    """The signatures of a program or library, one for each processor that it is for."""
    entities = apple_platform.read_signature(path)
    return [entity["entity"]["mach_o"]["signature"] for entity in entities]


def code_of(path: pathlib.Path) -> pathlib.Path:
    """The file that carries the signature of a piece."""
    if path.is_file():
        return path
    if path.suffix == ".app":
        return path / "Contents" / "MacOS" / path.stem
    return path / path.parents[1].stem


def test_every_piece_is_hardened_and_of_one_team(signed):
    for path in signing_order(signed):
        for signature in read(code_of(path)):
            assert "RUNTIME" in signature["code_directory"]["flags"], path
            (certificate,) = signature["cms"]["certificates"]
            assert certificate["apple_team_id"] == TEAM
            assert all(signer["signature_verifies"] for signer in signature["cms"]["signers"])


def test_the_program_alone_has_the_rights_that_it_needs(signed):
    for path in signing_order(signed):
        for signature in read(code_of(path)):
            text = "\n".join(signature.get("entitlements_plist") or ())
            if path == signed:
                assert plistlib.loads(text.encode()) == plistlib.loads(ENTITLEMENTS.read_bytes())
            else:
                assert not text


def test_no_signature_was_broken_by_a_later_one(signed):
    """Digests of code against the code; of what the app seals, against the files."""
    for path in signing_order(signed):
        problems = apple_platform.verify_macho(code_of(path))
        assert not problems, path
    sealed = signed / "Contents" / "_CodeSignature" / "CodeResources"
    files = plistlib.loads(sealed.read_bytes())["files2"]
    assert "Resources/models.toml" in files
    for name, known in files.items():
        if isinstance(known, dict) and "hash2" in known:
            content = (signed / "Contents" / name).read_bytes()
            assert hashlib.sha256(content).digest() == known["hash2"], name
