"""How this copy of the program came to the PC: it decides what an update can be."""

from enum import Enum

import msgspec

from app.domain.package_data import package_file


class Kind(Enum):
    """What installed it."""

    CHECKOUT = "checkout"
    DEB = "deb"
    RPM = "rpm"
    ARCHIVE = "archive"
    APPIMAGE = "appimage"
    WINDOWS = "windows"
    MACOS = "macos"


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """Written into a bundle as ``distribution.json`` when it is packaged.

    Attributes:
        update_url: Of the signed manifest; empty where nobody publishes updates of this build.
        update_key: The Ed25519 key that it is checked with, 32 bytes as base64.
        commit: Of the source that it was built from; empty where that is not known.
        source_offer_url: Where the source of what is under the LGPL lies.
    """

    kind: Kind = Kind.CHECKOUT
    commit: str = ""
    homepage: str = ""
    source_offer_url: str = ""
    update_url: str = ""
    update_key: str = ""


def read_distribution() -> Distribution:
    """Read what the bundle says of itself; a checkout and a wheel say nothing."""
    try:
        content = package_file("distribution.json").read_bytes()
    except FileNotFoundError:
        return Distribution()
    return msgspec.json.decode(content, type=Distribution)
