"""What macOS gets beside the program: its description, the order of signing, the disk image."""

import json
import pathlib
import plistlib
import subprocess

import pytest
from PySide6.QtGui import QImage

from app.domain.version import VERSION
from app.ui.languages import NAMES
from release import dmg, macos_keychain, macos_signing
from release.mach_o import BundleIncompleteError, is_mach_o, signing_order
from release.macos_info import info_plist
from release.macos_keychain import AD_HOC, signing_identity
from tests.packaging.fake_app import JAVA_CLASS, THIN, UNIVERSAL, make_app, write

QT = "Contents/Frameworks/PySide6/QtCore.framework/Versions/A"


@pytest.fixture
def app(tmp_path) -> pathlib.Path:
    return make_app(tmp_path)


def test_models_open_with_it_but_not_by_default():
    info = plistlib.loads(plistlib.dumps(info_plist()))
    (document,) = info["CFBundleDocumentTypes"]
    (declared,) = info["UTImportedTypeDeclarations"]
    assert document["LSHandlerRank"] == "Alternate"
    assert document["LSItemContentTypes"] == [declared["UTTypeIdentifier"]]
    assert declared["UTTypeTagSpecification"] == {"public.filename-extension": ["gguf"]}
    assert "UTExportedTypeDeclarations" not in info


def test_it_says_what_it_is():
    info = info_plist()
    assert info["CFBundleShortVersionString"] == info["CFBundleVersion"] == VERSION
    assert info["LSMinimumSystemVersion"] == "14.0"
    assert info["NSHighResolutionCapable"] is True
    assert info["LSBackgroundOnly"] is False
    assert len(info["CFBundleLocalizations"]) == len(NAMES)
    assert not [key for key in info if key.endswith("UsageDescription")]


def test_a_program_gets_two_rights_and_no_more():
    text = macos_signing.ENTITLEMENTS.read_text(encoding="utf-8")
    assert "<!--" not in text
    assert plistlib.loads(text.encode()) == {
        "com.apple.security.cs.allow-unsigned-executable-memory": True,
        "com.apple.security.cs.disable-executable-page-protection": True,
    }


def test_what_is_inside_is_signed_first(app):
    order = [str(path.relative_to(app)) for path in signing_order(app)]
    assert order == [
        QT,
        "Contents/Resources/llama/core/libllama.dylib",
        "Contents/Frameworks/lib-dynload/_ctypes.so",
        "Contents/Frameworks/libssl.3.dylib",
        ".",
    ]


def test_helpers_are_signed_before_the_library_beside_them_and_as_bundles(app):
    framework = app / QT
    write(framework / "Helpers" / "helper", THIN)
    write(framework / "Helpers" / "Tool.app" / "Contents" / "MacOS" / "Tool", THIN)
    tool = framework / "Helpers" / "Tool.app"
    write(tool / "Contents" / "Info.plist", plistlib.dumps({"CFBundleExecutable": "Tool"}))
    order = signing_order(app)
    assert order.index(tool) < order.index(framework)
    assert order.index(framework / "Helpers" / "helper") < order.index(framework)
    assert tool / "Contents" / "MacOS" / "Tool" not in order
    assert order[-1] == app


def test_a_framework_that_codesign_would_refuse_is_named(app):
    (app / QT / "Resources" / "Info.plist").unlink()
    with pytest.raises(BundleIncompleteError, match=r"QtCore\.framework"):
        signing_order(app)


@pytest.mark.parametrize(
    ("content", "is_code"),
    [(THIN, True), (UNIVERSAL, True), (JAVA_CLASS, False), (b"", False), (b"\x7fELF", False)],
)
def test_code_is_told_by_its_first_bytes(tmp_path, content, is_code):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert is_mach_o(path) is is_code


def test_without_a_certificate_it_still_starts(app):
    """A hardened program without a team could not load its own libraries."""
    command = macos_signing.codesign_command(app, AD_HOC, is_app=True)
    assert "--options" not in command
    assert "--timestamp" not in command
    assert "--entitlements" in command


def test_with_a_certificate_every_piece_is_hardened_and_dated(app):
    for path in signing_order(app):
        command = macos_signing.codesign_command(path, "ABC", is_app=path == app)
        assert command[:6] == ["codesign", "--force", "--sign", "ABC", "--options", "runtime"]
        assert "--timestamp" in command
        assert "--deep" not in command
        assert ("--entitlements" in command) is (path == app)


def test_nothing_is_asked_for_without_secrets(app, monkeypatch):
    for name in (macos_keychain.CERTIFICATE_VARIABLE, macos_signing.NOTARY_KEY_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: pytest.fail("a program was started"))
    with signing_identity() as identity:
        assert identity == AD_HOC
    assert not macos_signing.notarise(app)
    macos_signing.sign_image(app, AD_HOC)


def test_a_refusal_of_the_notary_is_told_in_its_own_words(tmp_path, monkeypatch):
    image = tmp_path / "Cierzo.dmg"
    image.write_bytes(b"image")
    for name in ("", "_ID"):
        monkeypatch.setenv(f"MACOS_NOTARY_KEY{name}", "secret")
    monkeypatch.setenv("MACOS_NOTARY_ISSUER", "issuer")
    asked = []

    def answer(command, **_):
        asked.append(command[1:3])
        text = {"submit": json.dumps({"id": "7", "status": "Invalid"}), "log": "not signed"}
        return subprocess.CompletedProcess(command, 0, stdout=text[command[2]])

    monkeypatch.setattr(subprocess, "run", answer)
    with pytest.raises(macos_signing.NotaryError, match="not signed"):
        macos_signing.notarise(image)
    assert asked == [["notarytool", "submit"], ["notarytool", "log"]]


def test_the_image_shows_where_to_drag_the_app(app, tmp_path):
    background = dmg.draw_background(tmp_path)
    settings = dmg.settings(app, background)
    assert settings["symlinks"] == {"Applications": "/Applications"}
    assert set(settings["icon_locations"]) == {"Cierzo.app", "Applications"}
    _, (width_px, height_px) = settings["window_rect"]
    for scale, name in ((1, "background.png"), (2, "background@2x.png")):
        image = QImage(str(tmp_path / name))
        assert (image.width(), image.height()) == (width_px * scale, height_px * scale)
        # The arrow lies between the two icons, at their height.
        y_px = settings["icon_locations"]["Cierzo.app"][1] * scale
        assert image.pixelColor(320 * scale, y_px) != image.pixelColor(20 * scale, y_px)


def test_a_disk_image_is_only_made_on_macos(tmp_path):
    assert dmg.build(tmp_path) == []
