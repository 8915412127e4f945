"""Updates and runtime packs that are made up."""

from datetime import UTC, datetime

import msgspec

from app.domain.distribution import Kind
from app.domain.updates import Artefact, Pack, Release
from app.services.runtime_packs import InstalledPack, PackPhase, PackState
from app.services.updates import UpdatePhase, UpdateState

LOOKED_AT = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
NOTES = (
    "Answers begin a third sooner on PCs with little memory.\n"
    "Chats can be put into folders.\n"
    "A picture that could not be read is named."
)
RELEASE = Release(
    version="0.2.0",
    released="2026-11-28",
    notes=NOTES,
    artefact=Artefact(
        kind="windows", target="windows-x86_64", url="u", bytes=72 << 20, sha256="a" * 64
    ),
)
PACK = Pack(
    name="cuda13",
    abi="engine-1",
    target="windows-x86_64",
    url="u",
    bytes=570 << 20,
    sha256="b" * 64,
    unpacked_bytes=650 << 20,
    minimum_driver="580",
    compute_capabilities=("7.5", "8.6"),
    licence="NVIDIA Software License Agreement\n\n" + "You may use it. " * 400,
)
INSTALLED = InstalledPack(name="cuda13", bytes=650 << 20)


class FakeUpdates:
    """Does nothing but remember what was asked."""

    def __init__(self, *, kind: Kind = Kind.WINDOWS, homepage: str = "", **state: object) -> None:
        self.on_change = lambda: None
        self.on_found = lambda release: None
        self.kind = kind
        self.homepage = homepage
        self.state = UpdateState(**state)
        self.asked: list[str] = []

    @property
    def is_installable(self) -> bool:
        return self.kind in (Kind.WINDOWS, Kind.MACOS)

    def become(self, **changes: object) -> None:
        """Let something happen."""
        self.state = msgspec.structs.replace(self.state, **changes)
        self.on_change()

    def find(self, release: Release = RELEASE) -> None:
        """Let a look end well."""
        self.become(phase=UpdatePhase.RESTING, looked_at=LOOKED_AT, release=release)
        self.on_found(release)

    def look(self) -> None:
        self.asked.append("look")

    def download(self) -> None:
        self.asked.append("download")

    def cancel(self) -> None:
        self.asked.append("cancel")

    def install(self) -> None:
        self.asked.append("install")


class FakePacks:
    """The same for packs."""

    def __init__(self, **state: object) -> None:
        self.on_change = lambda: None
        self.state = PackState(**state)
        self.asked: list[str] = []

    def become(self, **changes: object) -> None:
        """Let something happen."""
        self.state = msgspec.structs.replace(self.state, **changes)
        self.on_change()

    def offer(self) -> None:
        """There is one for this PC."""
        self.become(
            phase=PackPhase.RESTING, has_card=True, offer=PACK, card="NVIDIA GeForce RTX 3060"
        )

    def read_pc(self) -> None:
        self.asked.append("read")

    def look(self) -> None:
        self.asked.append("look")

    def install(self) -> None:
        self.asked.append("install")

    def cancel(self) -> None:
        self.asked.append("cancel")

    def remove(self, name: str) -> None:
        self.asked.append(f"remove {name}")
