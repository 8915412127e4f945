"""Signing for Windows; without a certificate in the environment nothing is signed.

One of the two, each by variables of the environment:

    CIERZO_SIGN_CERTIFICATE, CIERZO_SIGN_KEY   PEM files, for osslsigncode: tests, or an own key
    CIERZO_SIGN_DLIB, CIERZO_SIGN_METADATA     Azure Artifact Signing's library and its account,
                                               for signtool on Windows

and CIERZO_SIGN_TIMESTAMP, the address of an RFC 3161 time server: without it signatures end with
the certificate, which for Azure's is after three days, so there it must not be missing.

`python -m release.authenticode FILE…` signs or at least writes the checksum: NSIS calls it for the
uninstaller.
"""

import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Mapping

from release.pe import write_checksum
from release.project import NAME

_CERTIFICATE, _KEY = "CIERZO_SIGN_CERTIFICATE", "CIERZO_SIGN_KEY"
_DLIB, _METADATA = "CIERZO_SIGN_DLIB", "CIERZO_SIGN_METADATA"
_TIMESTAMP = "CIERZO_SIGN_TIMESTAMP"


def sign(path: pathlib.Path, environment: Mapping[str, str] = os.environ) -> bool:
    """Sign one file in place; False where there is nothing to sign with, then it has a checksum.

    Raises:
        ValueError: The environment says half of what is needed.
        CalledProcessError: The tool failed; its words are on stderr.
    """
    write_checksum(path)
    if environment.get(_DLIB):
        subprocess.run(_signtool_command(path, environment), check=True)
        return True
    if environment.get(_CERTIFICATE):
        signed = path.with_name(f"{path.name}.signed")
        subprocess.run(_osslsigncode_command(path, signed, environment), check=True)
        shutil.copymode(path, signed)
        signed.replace(path)
        return True
    return False


def sign_bundle(folder: pathlib.Path) -> list[pathlib.Path]:
    """Sign what is ours in a bundle: the programs and the engine; return what was signed.

    What others compiled keeps the signature it came with, or none.
    """
    ours = [
        *folder.glob("*.exe"),
        *folder.glob("bin/*.exe"),
        *folder.glob("_internal/llama/**/*.dll"),
    ]
    return [path for path in sorted(ours) if sign(path)]


def _signtool_command(path: pathlib.Path, environment: Mapping[str, str]) -> list[str]:
    metadata, timestamp = _needed(environment, _METADATA, _TIMESTAMP)
    command = ["signtool", "sign", "/fd", "SHA256", "/tr", timestamp, "/td", "SHA256", "/d", NAME]
    return [*command, "/dlib", environment[_DLIB], "/dmdf", metadata, str(path)]


def _osslsigncode_command(
    path: pathlib.Path, signed: pathlib.Path, environment: Mapping[str, str]
) -> list[str]:
    certificate, key = _needed(environment, _CERTIFICATE, _KEY)
    command = ["osslsigncode", "sign", "-h", "sha256", "-n", NAME]
    command += ["-certs", certificate, "-key", key]
    if timestamp := environment.get(_TIMESTAMP):
        command += ["-ts", timestamp]
    return [*command, "-in", str(path), "-out", str(signed)]


def _needed(environment: Mapping[str, str], *names: str) -> list[str]:
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise ValueError(f"signing needs {' and '.join(missing)} in the environment")
    return [environment[name] for name in names]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        sign(pathlib.Path(name))
