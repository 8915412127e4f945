"""The certificate for macOS, in a keychain that lives as long as a build."""

import base64
import contextlib
import os
import pathlib
import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterator

# A Developer ID certificate with its key: PKCS#12 as base64, and the password of that file.
CERTIFICATE_VARIABLE = "MACOS_CERTIFICATE"
PASSWORD_VARIABLE = "MACOS_CERTIFICATE_PASSWORD"
# What codesign calls no identity at all: it runs where it was built, and is trusted nowhere.
AD_HOC = "-"
_SECURITY = "/usr/bin/security"


class KeychainError(Exception):
    """The certificate cannot be used; never says what its password is."""


@contextlib.contextmanager
def signing_identity() -> Iterator[str]:
    """Give codesign's name for our certificate; `AD_HOC` where there is none.

    Raises:
        KeychainError: The certificate or its password is wrong.
    """
    certificate = os.environ.get(CERTIFICATE_VARIABLE, "")
    if not certificate:
        yield AD_HOC
        return
    with tempfile.TemporaryDirectory() as folder:
        archive = pathlib.Path(folder, "certificate.p12")
        archive.touch(mode=0o600)
        archive.write_bytes(base64.b64decode(certificate))
        keychain = pathlib.Path(folder, "cierzo.keychain-db")
        known = _searched()
        try:
            yield _fill(keychain, archive, known)
        finally:
            _security("list-keychains", "-d", "user", "-s", *known)
            if keychain.exists():
                _security("delete-keychain", keychain)


def _fill(keychain: pathlib.Path, archive: pathlib.Path, known: list[str]) -> str:
    password = secrets.token_urlsafe()
    _security("create-keychain", "-p", password, keychain)
    _security("set-keychain-settings", "-t", "21600", keychain)
    _security("unlock-keychain", "-p", password, keychain)
    archive_password = os.environ.get(PASSWORD_VARIABLE, "")
    allowed = ("-T", "/usr/bin/codesign")
    _security("import", archive, "-k", keychain, "-P", archive_password, *allowed)
    # Without it a dialog asks whether codesign may use the key.
    partitions = ("-S", "apple-tool:,apple:", "-s", "-k", password)
    _security("set-key-partition-list", *partitions, keychain)
    _security("list-keychains", "-d", "user", "-s", keychain, *known)
    return _identity(_security("find-identity", "-v", "-p", "codesigning", keychain))


def _identity(listing: str) -> str:
    found = re.search(r"^\s*1\) ([0-9A-F]{40}) ", listing, re.MULTILINE)
    if not found:
        reason = f"{CERTIFICATE_VARIABLE} holds no valid certificate for signing programs."
        raise KeychainError(reason)
    return found[1]


def _searched() -> list[str]:
    return re.findall(r'"([^"]+)"', _security("list-keychains", "-d", "user"))


def _security(verb: str, *arguments: object) -> str:
    command = [_SECURITY, verb, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise KeychainError(f"security {verb}: {result.stderr.strip()}")
    return result.stdout
