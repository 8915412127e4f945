"""What the publisher says of the newest release, and what of it concerns this copy on this PC.

Written by `packaging/release/manifest.py` and signed; nothing here is parsed before that was
checked (`app.services.signed_manifest`).
"""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from app.domain.device import Nvidia

FORMAT = 1
_SHA256 = msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")
_VERSION = msgspec.Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9}){0,3}\Z")
_DAY = msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8}Z)?\Z")
# They become names of folders.
_FOLDER_NAME = msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_FILE_BYTES = msgspec.Meta(gt=0, le=1 << 36)


class PublishedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A published file: where it is, and what it must be."""

    url: str
    bytes: Annotated[int, _FILE_BYTES]
    sha256: Annotated[str, _SHA256]


class Artefact(PublishedFile, frozen=True, kw_only=True):
    """The program for one kind of system, as it is installed there.

    Attributes:
        kind: A value of `app.domain.distribution.Kind`, or one of a later version.
        target: As "linux-x86_64".
    """

    kind: str
    target: str


class Pack(PublishedFile, frozen=True, kw_only=True):
    """A backend for graphics cards that is fetched apart, with all that it needs.

    Attributes:
        name: Of its folder, as "cuda13".
        abi: Of the engine that it belongs to.
        minimum_driver: As "580" or "580.65".
        compute_capabilities: Of the cards that it was compiled for, as "8.9".
        licence: The text that has to be accepted first.
    """

    name: Annotated[str, _FOLDER_NAME]
    abi: Annotated[str, _FOLDER_NAME]
    target: str
    unpacked_bytes: Annotated[int, _FILE_BYTES]
    minimum_driver: Annotated[str, _VERSION]
    compute_capabilities: tuple[Annotated[str, _VERSION], ...]
    licence: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The newest release.

    Attributes:
        released: ISO day or moment.
        minimum_system: Least version of "windows", "macos", "glibc".
        notes: What is new, for people.
    """

    format: int
    version: Annotated[str, _VERSION]
    released: Annotated[str, _DAY]
    minimum_system: dict[str, Annotated[str, _VERSION]] = {}
    notes: str = ""
    artefacts: tuple[Artefact, ...] = ()
    packs: tuple[Pack, ...] = ()


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A newer version for this copy."""

    version: str
    released: str
    notes: str
    artefact: Artefact


class System(msgspec.Struct, frozen=True, kw_only=True):
    """This copy and what it runs on.

    Attributes:
        target: As "linux-x86_64".
        floor: What its least version is called in a list: "windows", "macos" or "glibc".
        version: Of that, as "10.0.19045"; "" where it is not known.
    """

    target: str
    floor: str = ""
    version: str = ""


def version_key(version: str) -> tuple[int, ...]:
    """Make versions comparable: 1.10 is above 1.9, and 1.0 is 1."""
    numbers = [int(part) for part in version.split(".") if part.isdecimal()]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def newer_release(manifest: Manifest, *, version: str, kind: str, system: System) -> Release | None:
    """Find what could take this copy's place: newer, of its kind, and for this system.

    Args:
        manifest: Of the newest release.
        version: Ours.
        kind: How ours was installed.
        system: What it runs on.
    """
    if version_key(manifest.version) <= version_key(version):
        return None
    least = manifest.minimum_system.get(system.floor, "0")
    if system.version and version_key(system.version) < version_key(least):
        return None
    for artefact in manifest.artefacts:
        if (artefact.kind, artefact.target) == (kind, system.target):
            return Release(
                version=manifest.version,
                released=manifest.released,
                notes=manifest.notes,
                artefact=artefact,
            )
    return None


def is_older(manifest: Manifest, *, version: str, released: str) -> bool:
    """Whether something newer was published before, so that this one was kept and sent again."""
    return (
        version_key(manifest.version) < version_key(version or "0") or manifest.released < released
    )


def pack_for(
    manifest: Manifest, *, abi: str, target: str, cards: Iterable[Nvidia]
) -> tuple[Pack, Nvidia] | None:
    """Find a pack for this engine, and the card that it is for; None where no card has its use."""
    cards = tuple(cards)
    for pack in manifest.packs:
        if (pack.abi, pack.target) == (abi, target):
            for card in cards:
                if suits(pack, card):
                    return pack, card
    return None


def suits(pack: Pack, card: Nvidia) -> bool:
    """Whether driver and card can run it."""
    return has_driver(pack, card) and _computes(pack, card)


def has_driver(pack: Pack, card: Nvidia) -> bool:
    """Whether the driver is new enough."""
    return version_key(card.driver) >= version_key(pack.minimum_driver)


def driver_in_the_way(
    manifest: Manifest, *, abi: str, target: str, cards: Iterable[Nvidia]
) -> tuple[Pack, Nvidia] | None:
    """Find a pack that a card could run with a newer driver."""
    cards = tuple(cards)
    for pack in manifest.packs:
        if (pack.abi, pack.target) == (abi, target):
            for card in cards:
                if _computes(pack, card) and not has_driver(pack, card):
                    return pack, card
    return None


def _computes(pack: Pack, card: Nvidia) -> bool:
    """Code for 8.6 runs on 8.9, and neither on 8.0 nor on 9.0."""
    major, minor = _capability(card.compute_capability)
    return any(
        (known_major, known_minor) <= (major, minor) and known_major == major
        for known_major, known_minor in map(_capability, pack.compute_capabilities)
    )


def _capability(text: str) -> tuple[int, int]:
    major, minor, *_ = *version_key(text), 0, 0
    return major, minor
