"""Opens a list of updates only where the publisher signed exactly these bytes."""

import base64
import binascii

import msgspec

from app.domain.errors import UpdatesUnreadable, UpdatesUntrusted
from app.domain.undecodable import UNDECODABLE
from app.domain.updates import FORMAT, Manifest

_MOST_SIGNATURE_CHARS = 200


def open_manifest(content: bytes, signature: bytes, *, key: str, host: str) -> Manifest:
    """Check the signature, and only then look at what was signed.

    Args:
        content: As it came.
        signature: Of Ed25519, as base64.
        key: The publisher's, as base64.
        host: Where they came from, for the sentence.

    Raises:
        UpdatesUntrusted: Not signed with this key.
        UpdatesUnreadable: Signed, and of another format.
    """
    if not _is_signed(content, signature, key):
        raise UpdatesUntrusted(host=host)
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except UNDECODABLE:
        raise UpdatesUnreadable(host=host) from None
    if manifest.format != FORMAT:
        raise UpdatesUnreadable(host=host)
    return manifest


def _is_signed(content: bytes, signature: bytes, key: str) -> bool:
    # Not at the top: few runs of Cierzo look for updates, and it takes a tenth of a second.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        signed = base64.b64decode(signature.strip()[:_MOST_SIGNATURE_CHARS], validate=True)
        public.verify(signed, content)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
