"""What a list of updates means for a copy and for the cards of its PC."""

import msgspec
import pytest

from app.domain.device import Nvidia
from app.domain.updates import (
    Artefact,
    Manifest,
    Pack,
    System,
    driver_in_the_way,
    newer_release,
    pack_for,
    version_key,
)
from app.hardware.system import this_system
from release.project import target

HASH = "a" * 64
SETUP = Artefact(kind="windows", target="windows-x86_64", url="u", bytes=1, sha256=HASH)
PACK = Pack(
    name="cuda13",
    abi="engine-1",
    target="linux-x86_64",
    url="u",
    bytes=1,
    sha256=HASH,
    unpacked_bytes=1,
    minimum_driver="580",
    compute_capabilities=("7.5", "8.0", "12.0"),
    licence="text",
)


def manifest(**facts) -> Manifest:
    values = {"format": 1, "version": "1.2.0", "released": "2026-12-01", "artefacts": (SETUP,)}
    return Manifest(**{**values, **facts})


def card(driver: str = "580.65.06", capability: str = "8.9") -> Nvidia:
    return Nvidia(
        driver=driver, compute_capability=capability, pci_id="0000:01:00.0", other_bytes=0
    )


def found(system: str, **facts) -> bool:
    windows = System(target="windows-x86_64", floor="windows", version=system)
    return (
        newer_release(manifest(**facts), version="1.1", kind="windows", system=windows) is not None
    )


@pytest.mark.parametrize(
    ("less", "more"), [("1.9", "1.10"), ("0.9.9", "1"), ("1.0.0", "1.0.1"), ("", "0.1")]
)
def test_versions_are_compared_by_their_numbers(less, more):
    assert version_key(less) < version_key(more)


def test_zeros_at_the_end_make_no_other_version():
    assert version_key("1.0.0") == version_key("1") == (1,)


@pytest.mark.parametrize(
    ("system", "is_found"), [("10.0.17763", True), ("10.0.22631", True), ("10.0.17134", False)]
)
def test_a_version_for_newer_systems_is_not_offered_to_older_ones(system, is_found):
    assert found(system, minimum_system={"windows": "10.0.17763", "macos": "14.0"}) is is_found


def test_this_pc_is_named_as_a_list_names_it():
    system = this_system()
    assert system.target == target()
    assert system.floor == "glibc"
    assert version_key(system.version) >= (2, 28)


def test_other_systems_have_other_floors():
    assert found("10.0.17134", minimum_system={"macos": "99"})


@pytest.mark.parametrize("other", [{"kind": "msi"}, {"target": "windows-arm64"}])
def test_other_kinds_are_not_offered(other):
    assert not found("10.0.22631", artefacts=(msgspec.structs.replace(SETUP, **other),))


def offered(*cards: Nvidia, **facts) -> bool:
    pack = msgspec.structs.replace(PACK, **facts)
    listed = manifest(packs=(pack,))
    return pack_for(listed, abi="engine-1", target="linux-x86_64", cards=cards) is not None


@pytest.mark.parametrize(
    ("capability", "suits"),
    [
        ("7.5", True),
        ("7.0", False),  # older than anything in the pack
        ("8.0", True),
        ("8.9", True),  # runs code for 8.0
        ("9.0", False),  # another generation than any in the pack
        ("12.1", True),
        ("6.1", False),
    ],
)
def test_a_pack_suits_cards_that_it_was_compiled_for(capability, suits):
    assert offered(card(capability=capability)) is suits


@pytest.mark.parametrize(
    ("driver", "suits"), [("580.65.06", True), ("580", True), ("1000.1", True), ("575.64", False)]
)
def test_a_pack_needs_a_driver(driver, suits):
    assert offered(card(driver=driver)) is suits


@pytest.mark.parametrize("other", [{"abi": "engine-2"}, {"target": "windows-x86_64"}])
def test_a_pack_of_another_engine_or_system_is_not_offered(other):
    assert not offered(card(), **other)


def test_one_card_of_several_is_enough():
    assert offered(card(capability="6.1"), card())
    assert not offered()


def test_a_driver_that_is_too_old_is_named_and_a_card_that_is_too_old_is_not():
    listed = manifest(packs=(PACK,))
    old_driver, old_card = card(driver="535.1"), card(driver="535.1", capability="6.1")
    facts = {"abi": "engine-1", "target": "linux-x86_64"}
    assert driver_in_the_way(listed, **facts, cards=[old_driver]) == (PACK, old_driver)
    assert driver_in_the_way(listed, **facts, cards=[old_card]) is None
    assert driver_in_the_way(listed, **facts, cards=[card()]) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "../cuda"},
        {"name": ".cuda"},
        {"abi": "a/b"},
        {"sha256": "A" * 64},
        {"bytes": 0},
        {"unpacked_bytes": 1 << 50},
        {"minimum_driver": "new"},
    ],
)
def test_a_pack_that_could_do_harm_makes_no_list(wrong):
    pack = msgspec.to_builtins(PACK) | wrong
    listed = msgspec.to_builtins(manifest()) | {"packs": [pack]}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(listed, Manifest)
    msgspec.convert(listed | {"packs": [msgspec.to_builtins(PACK)]}, Manifest)
