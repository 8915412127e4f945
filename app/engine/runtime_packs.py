"""Backends that were fetched apart and lie with the person's data, by the engine they belong to.

    RUNTIMES/ABI/cuda13/    the libraries, the licence, and pack.json, which says what must be there

What it says was checked byte by byte when the pack was installed; sizes are checked at every start.
"""

import pathlib
from typing import Annotated

import msgspec

from app.domain.undecodable import UNDECODABLE

CONTENTS = "pack.json"
RUNTIMES_FOLDER = "runtimes"
_MOST_CONTENTS_BYTES = 1 << 20


class PackFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a pack.

    Attributes:
        path: Below the pack's folder, with slashes.
    """

    path: str
    bytes: Annotated[int, msgspec.Meta(ge=0)]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class PackContents(msgspec.Struct, frozen=True, kw_only=True):
    """What `pack.json` says.

    Attributes:
        files: All but itself.
    """

    name: str
    abi: str
    target: str
    files: tuple[PackFile, ...]

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files)


class BrokenPackError(Exception):
    """It cannot be used.

    Attributes:
        reason: The end of “it is not used because it …”.
    """

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_contents(pack: pathlib.Path) -> PackContents:
    """Read what a pack should hold.

    Raises:
        BrokenPackError: It does not say.
    """
    path = pack / CONTENTS
    try:
        if path.stat().st_size > _MOST_CONTENTS_BYTES:
            raise BrokenPackError(reason="does not say what belongs to it")
        return msgspec.json.decode(path.read_bytes(), type=PackContents)
    except (OSError, *UNDECODABLE):
        raise BrokenPackError(reason="does not say what belongs to it") from None


def check_pack(pack: pathlib.Path) -> PackContents:
    """Look whether everything is still there; cheap enough for every start.

    Raises:
        BrokenPackError: Something is missing or has another size.
    """
    contents = read_contents(pack)
    for file in contents.files:
        try:
            size_bytes = (pack / file.path).lstat().st_size
        except (OSError, ValueError):
            raise BrokenPackError(reason="lacks a file") from None
        if size_bytes != file.bytes:
            raise BrokenPackError(reason="is damaged")
    return contents
