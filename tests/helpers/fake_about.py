"""What the About window shows, made up."""

import pathlib

import msgspec

from app.domain.distribution import Distribution, Kind
from app.domain.licences import Licence
from app.services.about import AboutFacts
from app.ui.about.source import AboutSource, Kept, Place

OFFER = "https://source.example/cierzo"
FACTS = AboutFacts(
    distribution=Distribution(kind=Kind.DEB, commit="0a1b2c3d4e5f60718293", source_offer_url=OFFER),
    changes="""\
## 0.1.0

### Added
- Installers for Windows, macOS and Linux; *About Cierzo* says what this copy is.
- A way to ask [somebody](https://example.org/ask).

### Fixed
- A long chat no longer jumps when its last picture comes.
""",
    details="""\
Cierzo 0.1.0 (deb, commit 0a1b2c3d4e5f)
Python 3.11.7, Linux-6.1.0-28-amd64-x86_64-with-glibc2.36
Engine llama-cpp-python-0.3.36-832db0699007, cpu, vulkan
Processor x86_64, 16 threads
Memory 31.2 GiB""",
)
LICENCES = (
    Licence(name="Cierzo", version="0.1.0", licence="Apache-2.0", file="cierzo.txt"),
    Licence(
        name="llama.cpp",
        version="0.5.0",
        licence="MIT",
        file="llama-cpp.txt",
        source="https://llama.example/source",
        note="Carries JSON for Modern C++, stb_image and miniaudio.",
    ),
    Licence(name="numpy", version="2.3.5", licence="BSD-3-Clause AND MIT AND Zlib", file="n.txt"),
    Licence(
        name="Qt",
        version="6.11.3",
        licence="LGPL-3.0-only",
        file="qt.txt",
        source="https://qt.example/source",
        note="Used under the LGPL 3, as libraries of their own that you may replace.",
    ),
    Licence(name="zlib", version="1.2.13", licence="Zlib", file="zlib.txt"),
)
SWAP = """\
# How to replace Qt

Cierzo uses Qt under the LGPL. So you may change it.

## Where it is
| system | folder |
|---|---|
| Linux | `/opt/cierzo/_internal/PySide6/Qt/lib` |
"""


class FakeLicences:
    """Has the interface of `app.services.licences.Licences`."""

    def __init__(self, entries: tuple[Licence, ...] = LICENCES, qt_swap: str = SWAP) -> None:
        self.entries = entries
        self.qt_swap = qt_swap

    def text_of(self, entry: Licence) -> str:
        """Made up, and long enough to scroll."""
        return f"The licence of {entry.name}.\n\n" + "Permission is hereby granted. " * 200


def about_source(
    folder: pathlib.Path, *, licences: FakeLicences | None = None, **changes: object
) -> AboutSource:
    """Of a copy with its files below that folder; `changes` are those of its distribution."""
    distribution = msgspec.structs.replace(FACTS.distribution, **changes)
    facts = msgspec.structs.replace(FACTS, distribution=distribution)
    return AboutSource(
        read=lambda: facts,
        read_licences=lambda: licences or FakeLicences(),
        places=(
            Place(Kept.CHATS, folder / "data"),
            Place(Kept.MODELS, folder / "data" / "models"),
            Place(Kept.MODELS, pathlib.Path("/media/usb/a drive with a long name/models")),
            Place(Kept.SETTINGS, folder / "config"),
            Place(Kept.LOGS, folder / "logs"),
            Place(Kept.CACHE, folder / "cache"),
        ),
    )
