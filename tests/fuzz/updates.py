"""What a publisher sends: a signed list and packs. Somebody else may sit at their keyboard."""

import base64
import pathlib
import tempfile
import threading

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.domain.device import Nvidia
from app.domain.errors import AppError, UpdatesUnreadable
from app.domain.units import format_bytes
from app.domain.updates import (
    System,
    driver_in_the_way,
    is_older,
    newer_release,
    pack_for,
)
from app.services.pack_unpacking import unpack
from app.services.signed_manifest import open_manifest
from tests.fuzz.target import Target
from tests.helpers.publisher import ABI, LISTED_PACK, TARGET

_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
_PUBLIC = base64.b64encode(_KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
_CARDS = [
    Nvidia(driver=driver, compute_capability=capability, pci_id="0", other_bytes=0)
    for driver, capability in (("580.65.06", "8.9"), ("", ""), ("x.²", "9"))
]


def _manifest(data: bytes) -> None:
    signature = base64.b64encode(_KEY.sign(data))
    try:
        manifest = open_manifest(data, signature, key=_PUBLIC, host="h")
    except UpdatesUnreadable:
        return
    assert is_older(manifest, version="0", released="") in (True, False)
    for kind in ("windows", "deb"):
        system = System(target=TARGET, floor="windows", version="10.0")
        release = newer_release(manifest, version="0.1", kind=kind, system=system)
        assert release is None or release.artefact.kind == kind
    for abi in (ABI, *(pack.abi for pack in manifest.packs[:2])):
        for target in (TARGET, *(pack.target for pack in manifest.packs[:2])):
            for find in (pack_for, driver_in_the_way):
                found = find(manifest, abi=abi, target=target, cards=_CARDS)
                assert found is None or format_bytes(found[0].bytes)


def _archive(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        archive, target = folder / "pack.tar", folder / "runtimes" / "cuda13"
        archive.write_bytes(data)
        try:
            unpack(
                archive, target, LISTED_PACK, stop=threading.Event(), on_progress=lambda count: None
            )
        except AppError as error:
            assert str(error).endswith(".")  # noqa: PT017
            assert not target.exists()
        outside = [p for p in folder.rglob("*") if p.is_file() and not p.is_relative_to(target)]
        assert outside == [archive]
        assert not any(path.is_symlink() for path in folder.rglob("*"))


TARGETS = (
    Target(
        name="manifest",
        promise="a signed list is understood or refused in a sentence",
        fuzz_one=_manifest,
        words=(
            *(
                b'{"format":1,"version":"1.2.0","released":"2026-12-01"',
                b"}",
                b"]",
                b",",
                b"[" * 3000,
            ),
            *(b'"packs":[{"name":"cuda13","abi":"', ABI.encode(), b'"target":"' + TARGET.encode()),
            *(b'"compute_capabilities":["8.6.1"]', b'"minimum_driver":"', b'"minimum_system":{"'),
            *(b'"bytes":1,"url":"u","sha256":"' + b"a" * 64 + b'"', b"1" * 400, b"999999999.0"),
        ),
    ),
    Target(
        name="archive",
        promise="an archive becomes a whole pack in its folder, or nothing",
        fuzz_one=_archive,
        words=(
            *(
                b"ustar\x0000",
                b"ustar  \0",
                b"../x",
                b"/x",
                b"\0" * 100,
                b"0000644\0",
                b"00000000000\0",
            ),
            *(b"\xfd7zXZ\0", b"\x1f\x8b\x08", b"1", b"2", b"5", b"L", b"K", b"x", b"g", b"S"),
            *(b"30 path=../../x\n", b"99999999999999999999 size=9\n", b"28 GNU.sparse.map=0,1\n"),
            *(b"77777777777\0", b"\x80\0\0\0\0\0\0\0\xff\xff\xff\xff", b"pack.json", b"-1 "),
        ),
        examples=60,
    ),
)
