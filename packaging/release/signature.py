"""Our own signatures of files: Ed25519 over the bytes, base64 in a file of its own beside it."""

import base64
import os
import pathlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from release.project import ROOT
from release.sums import SIGNATURE_SUFFIX

# The private key, for machines that have no place to keep a file: base64 of its 32 bytes.
KEY_VARIABLE = "CIERZO_UPDATE_KEY"
_KEY_BYTES = 32


class KeyRefusedError(Exception):
    """The key is not what it has to be."""


def new_key(path: pathlib.Path) -> str:
    """Write a new private key that only this user can read, and return the public one.

    Raises:
        KeyRefusedError: It would lie in the repository.
        FileExistsError: There is one already; whoever has it would be cut off.
    """
    path = path.expanduser().absolute()
    if path.resolve().is_relative_to(ROOT.resolve()):
        reason = f"{path} lies in the repository. Keep the private key outside of it."
        raise KeyRefusedError(reason)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123  only open takes a descriptor
        file.write(base64.b64encode(key.private_bytes_raw()).decode() + "\n")
    return public_text(key)


def read_key(path: pathlib.Path | None) -> Ed25519PrivateKey | None:
    """Read the private key from a file, else from the environment; None where neither is.

    Raises:
        KeyRefusedError: It is no key.
    """
    text = path.expanduser().read_text("ascii") if path else os.environ.get(KEY_VARIABLE, "")
    if not text.strip():
        return None
    return Ed25519PrivateKey.from_private_bytes(_decoded(text, "private"))


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half, as packaging/distribution.toml holds it."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def sign(path: pathlib.Path, key: Ed25519PrivateKey) -> pathlib.Path:
    """Sign the file; return the path of the signature."""
    signature = path.with_name(path.name + SIGNATURE_SUFFIX)
    signature.write_text(base64.b64encode(key.sign(path.read_bytes())).decode() + "\n", "ascii")
    return signature


def check(path: pathlib.Path, public_key: str) -> None:
    """Check the signature that lies beside the file.

    Raises:
        KeyRefusedError: The public key is none.
        cryptography.exceptions.InvalidSignature: The file is not what was signed with it.
        FileNotFoundError: It is not signed.
    """
    signature = base64.b64decode(path.with_name(path.name + SIGNATURE_SUFFIX).read_text("ascii"))
    key = Ed25519PublicKey.from_public_bytes(_decoded(public_key, "public"))
    key.verify(signature, path.read_bytes())


def _decoded(text: str, which: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != _KEY_BYTES:
        reason = f"The {which} key is not the base64 of {_KEY_BYTES} bytes."
        raise KeyRefusedError(reason)
    return raw
