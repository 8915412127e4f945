"""Signing a bundle for macOS piece by piece, and having Apple's notary look at it.

Without the secrets the bundle gets a signature that names nobody, which arm64 asks for, and the
notary is left out.
"""

import json
import os
import pathlib
import subprocess
import tempfile

from release.mach_o import signing_order
from release.macos_keychain import AD_HOC
from release.project import PACKAGING

# ctypes calls the engine through libffi, whose closures are pages that are written and then run;
# without the second, importing ctypes hangs on macOS 26 from CPython 3.14 on. No comment stands in
# the file itself: the kernel's own reader of it trips over some.
ENTITLEMENTS = PACKAGING / "macos" / "entitlements.plist"
# Of a key for the App Store Connect API: the text of its .p8 file, its name, and whose it is.
NOTARY_KEY_VARIABLE = "MACOS_NOTARY_KEY"
NOTARY_KEY_ID_VARIABLE = "MACOS_NOTARY_KEY_ID"
NOTARY_ISSUER_VARIABLE = "MACOS_NOTARY_ISSUER"


class NotaryError(Exception):
    """Apple's notary refused it; its own words are in the message."""


def sign_app(app: pathlib.Path, identity: str) -> None:
    """Sign every piece of code in it, the app last, and check the result.

    Raises:
        subprocess.CalledProcessError: codesign refused; what it said is on stderr.
        BundleIncompleteError: A framework in it cannot be signed.
    """
    for path in signing_order(app):
        _run(codesign_command(path, identity, is_app=path == app))
    _run(["codesign", "--verify", "--deep", "--strict", "--verbose=2", str(app)])


def codesign_command(path: pathlib.Path, identity: str, *, is_app: bool) -> list[str]:
    """The command for one piece. Only a program has entitlements, its libraries run under them.

    A hardened program loads only libraries of its own team. Who has no identity has no team, so
    such a program would not even start.
    """
    command = ["codesign", "--force", "--sign", identity]
    if identity != AD_HOC:
        command += ["--options", "runtime", "--timestamp"]
    if is_app:
        command += ["--entitlements", str(ENTITLEMENTS)]
    return [*command, str(path)]


def sign_image(image: pathlib.Path, identity: str) -> None:
    """Sign a disk image; one that names nobody would say nothing."""
    if identity != AD_HOC:
        _run(["codesign", "--force", "--sign", identity, "--timestamp", str(image)])


def notarise(path: pathlib.Path) -> bool:
    """Have the notary look at an app or an image and attach its ticket, so that it works offline.

    Returns:
        Whether it did; it is left out where the secrets are missing.

    Raises:
        NotaryError: It was refused.
    """
    names = (NOTARY_KEY_VARIABLE, NOTARY_KEY_ID_VARIABLE, NOTARY_ISSUER_VARIABLE)
    key, key_id, issuer = (os.environ.get(name, "") for name in names)
    if not (key and key_id and issuer):
        return False
    with tempfile.TemporaryDirectory() as folder:
        key_file = pathlib.Path(folder, "key.p8")
        key_file.touch(mode=0o600)
        key_file.write_text(key, encoding="utf-8")
        who = ["--key", str(key_file), "--key-id", key_id, "--issuer", issuer]
        _submit(_packed(path, pathlib.Path(folder)), who)
    _run(["xcrun", "stapler", "staple", str(path)])
    return True


def _packed(path: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """What the notary takes: images as they are, folders as an archive."""
    if path.is_file():
        return path
    archive = folder / f"{path.name}.zip"
    _run(["ditto", "-c", "-k", "--keepParent", str(path), str(archive)])
    return archive


def _submit(path: pathlib.Path, who: list[str]) -> None:
    words = ["--wait", "--timeout", "60m", "--output-format", "json"]
    answer = json.loads(_said(["xcrun", "notarytool", "submit", str(path), *who, *words]))
    if answer.get("status") != "Accepted":
        log = _said(["xcrun", "notarytool", "log", answer["id"], *who])
        raise NotaryError(f"{path.name}: {answer.get('status')}\n{log}")


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True)


def _said(command: list[str]) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
