"""A publisher of updates on loopback: a key of its own, signed lists, installers and packs."""

import base64
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.distribution import Distribution, Kind
from app.domain.updates import Pack
from tests.helpers.hub import Content, Hub, sha256_of
from tests.helpers.hub.content import size_of

LIST = "/releases/update.json"
TARGET = "linux-x86_64"
ABI = "llama-cpp-python-0.3.36-0123456789ab"
# What a list says of a pack whose archive is at hand.
LISTED_PACK = Pack(
    name="cuda13",
    abi=ABI,
    target=TARGET,
    url="u",
    bytes=1,
    sha256="a" * 64,
    unpacked_bytes=100_000,
    minimum_driver="580",
    compute_capabilities=("8.0",),
    licence="",
)
LICENCE = "NVIDIA Software License Agreement\n\nThis is the text."


class Publisher:
    """Publishes at a hub's CDN.

    Attributes:
        key: What lists are signed with.
    """

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.key = Ed25519PrivateKey.generate()

    def distribution(self, kind: Kind = Kind.WINDOWS, **facts: str) -> Distribution:
        """What a copy says of itself that this publisher packaged."""
        public = self.key.public_key().public_bytes_raw()
        values = {
            "update_url": f"{self.hub.cdn_url}{LIST}",
            "update_key": base64.b64encode(public).decode(),
            **facts,
        }
        return Distribution(kind=kind, **values)

    def publish(self, manifest: dict, *, key: Ed25519PrivateKey | None = None) -> bytes:
        """Sign a list and put it in the place of the one before; return its bytes."""
        content = json.dumps(manifest, indent=1).encode()
        self.put(content, (key or self.key).sign(content))
        return content

    def put(self, content: Content, signature: bytes) -> None:
        """Publish these, whatever they are."""
        self.hub.publish(LIST, content)
        self.hub.publish(f"{LIST}.sig", base64.b64encode(signature) + b"\n")

    def file(self, path: str, content: Content) -> dict:
        """Publish a file; what a list says of it."""
        url = self.hub.publish(path, content)
        return {"url": url, "bytes": size_of(content), "sha256": sha256_of(content)}

    def release(self, version: str, installer: Content = b"setup", **facts) -> dict:
        """A list with an installer for every kind; nothing is signed yet."""
        file = self.file(f"/releases/{version}/setup", installer)
        kinds = ("windows", "macos", "appimage", "deb", "rpm", "archive")
        return {
            "format": 1,
            "version": version,
            "released": "2026-12-01",
            "minimum_system": {"windows": "10.0.17763", "macos": "14.0"},
            "notes": "Faster answers.\nA calmer sidebar.",
            "artefacts": [{"kind": kind, "target": TARGET, **file} for kind in kinds],
            "packs": [],
            **facts,
        }

    def pack(self, archive: bytes, **facts) -> dict:
        """Publish a runtime pack; what a list says of it."""
        return {
            "name": "cuda13",
            "abi": ABI,
            "target": TARGET,
            "unpacked_bytes": 1 << 20,
            "minimum_driver": "580",
            "compute_capabilities": ["7.5", "8.0", "8.6"],
            "licence": LICENCE,
            **self.file("/packs/cuda13.tar.xz", archive),
            **facts,
        }


def contents_of(files: dict[str, bytes], **facts: str) -> bytes:
    """The pack.json of exactly these files."""
    listed = [
        {"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for path, data in files.items()
    ]
    said = {"format": 1, "name": "cuda13", "abi": ABI, "target": TARGET, **facts}
    return json.dumps({**said, "files": listed}).encode()


def archive_of(files: dict[str, bytes], *, mode: str = "w:xz") -> bytes:
    """A tar of these files."""
    return archive_with(
        ((_regular(path, len(data)), data) for path, data in files.items()), mode=mode
    )


def archive_with(members: Iterable[tuple[tarfile.TarInfo, bytes]], *, mode: str = "w:xz") -> bytes:
    """A tar of these members, whatever they are."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode=mode) as archive:
        for member, data in members:
            archive.addfile(member, io.BytesIO(data))
    return whole.getvalue()


def pack_of(files: dict[str, bytes], **facts: str) -> bytes:
    """A whole pack."""
    return archive_of({"pack.json": contents_of(files, **facts), **files})


def _regular(path: str, size_bytes: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    member.size = size_bytes
    return member
