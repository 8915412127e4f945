"""The ZIP files with XML in them that office documents are.

They are read in memory and nothing is unpacked to a disk, so the names in them lead nowhere. XML
with a DOCTYPE is refused: no office program writes one, and with it go entities of every kind.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import NamedTuple
from xml.parsers import expat

from app.domain.errors import (
    AppError,
    DocumentBroken,
    DocumentEncrypted,
    DocumentTooLarge,
    NotADocument,
)
from app.domain.reports import frames_of

# Of all parts together; a real document of 64 MiB is mostly pictures, which do not get smaller.
MAX_UNPACKED_BYTES = 1 << 29
_CHUNK_BYTES = 65536
_IS_ENCRYPTED = 1  # in a ZIP entry's flags
# What Python's own readers raise on damaged files; an OSError is a codec that a file asks for and
# that can no more be loaded.
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, EOFError, OSError),
    *(LookupError, NotImplementedError, OverflowError, ValueError),
)


class Visitor:
    """Is told of what stands in a part, in order; each kind listens to what it needs.

    Tags come without their namespace; see `value_of` for the attributes.
    """

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """It ends."""

    def write(self, text: str) -> None:
        """Characters stand in it."""


class Relation(NamedTuple):
    """A part that another one names."""

    id: str
    kind: str
    part: str


class Package:
    """An office document.

    Raises:
        DocumentBroken, DocumentEncrypted, DocumentTooLarge: From the constructor, too.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGE as error:
            raise self.broken(error) from None
        entries = self._zip.infolist()
        self._names = frozenset(entry.filename for entry in entries)
        if any(entry.flag_bits & _IS_ENCRYPTED for entry in entries):
            raise DocumentEncrypted(name=name)
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
            raise DocumentTooLarge(name=name, limit_bytes=MAX_UNPACKED_BYTES)

    def __contains__(self, part: str) -> bool:
        return part in self._names

    def broken(self, error: BaseException) -> AppError:
        """Say that it is damaged."""
        return DocumentBroken(name=self.name, detail=frames_of(error))

    def beginning(self, part: str) -> bytes:
        """Return the first bytes of a part."""
        try:
            with self._zip.open(part) as file:
                return file.read(_CHUNK_BYTES)
        except DAMAGE as error:
            raise self.broken(error) from None

    def read(self, part: str, visitor: Visitor) -> None:
        """Walk through the XML of a part.

        Raises:
            DocumentBroken: There is none.
        """
        try:
            with self._zip.open(part) as file:
                parser = _parser(visitor)
                while chunk := file.read(_CHUNK_BYTES):
                    parser.Parse(chunk, False)
                parser.Parse(b"", True)
        except DAMAGE as error:
            raise self.broken(error) from None

    def relations(self, part: str) -> list[Relation]:
        """Return what a part names; the package itself is the part without a name."""
        folder, _, file_name = part.rpartition("/")
        table = posixpath.join(folder, "_rels", f"{file_name}.rels")
        if table not in self:
            return []
        found = _Relations(folder)
        self.read(table, found)
        return found.relations

    def main_part(self) -> str:
        """Return the part with the document itself.

        Raises:
            NotADocument: A ZIP file of another kind.
        """
        for relation in self.relations(""):
            if relation.kind == "officeDocument":
                return relation.part
        raise NotADocument(name=self.name)


class _Relations(Visitor):
    def __init__(self, folder: str) -> None:
        self.relations: list[Relation] = []
        self._folder = folder

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag != "Relationship" or value_of(attributes, "TargetMode") == "External":
            return
        target = posixpath.join("/", self._folder, value_of(attributes, "Target"))
        self.relations.append(
            Relation(
                id=value_of(attributes, "Id"),
                kind=value_of(attributes, "Type").rpartition("/")[2],
                part=posixpath.normpath(target).lstrip("/"),
            )
        )


def value_of(attributes: Mapping[str, str], name: str) -> str:
    """Return the attribute whose name, its namespace before it, ends like that; else nothing."""
    return next((value for key, value in attributes.items() if key.endswith(name)), "")


def _parser(visitor: Visitor) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda tag, attributes: visitor.start(_local(tag), attributes)
    parser.EndElementHandler = lambda tag: visitor.end(_local(tag))
    parser.CharacterDataHandler = visitor.write
    return parser


def _refuse(*_: object) -> None:
    raise ValueError("a DOCTYPE")


def _local(tag: str) -> str:
    return tag.rpartition(" ")[2]
