"""The words of OpenDocument texts and presentations, as ISO 26300 has them."""

from collections.abc import Mapping

from app.domain.errors import DocumentEncrypted
from app.media.worker.flow import Flow
from app.media.worker.markup import Markup
from app.media.worker.package import Package, Visitor, value_of
from app.media.worker.pages import Pages

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
# Comments, what was deleted, and marks that the notes' own text makes needless.
_SKIPPED = frozenset(("annotation", "tracked-changes", "note-citation", "forms", "scripts"))


def read_open_text(package: Package, pages: Pages) -> str:
    """Read the text, with its notes where they are called."""
    flow = Flow(pages)
    _read(package, _Words(flow, pages))
    pages.add(flow.take())
    return "OpenDocument text"


def read_open_presentation(package: Package, pages: Pages) -> str:
    """Read slide after slide."""
    _read(package, _Words(Flow(pages), pages))
    return "OpenDocument presentation"


def check_whole(package: Package) -> None:
    """Walk through it for a reader of sheets that loops for ever where the XML ends too early.

    Raises:
        DocumentEncrypted, DocumentBroken: It cannot be read.
    """
    _read(package, Visitor())


def _read(package: Package, visitor: Visitor) -> None:
    # The list of parts is never encrypted itself.
    if _MANIFEST in package:
        manifest = _Manifest()
        package.read(_MANIFEST, manifest)
        if manifest.is_encrypted:
            raise DocumentEncrypted(name=package.name)
    package.read(_CONTENT, visitor)


class _Manifest(Visitor):
    def __init__(self) -> None:
        self.is_encrypted = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        self.is_encrypted |= tag in ("encryption-data", "encrypted-key")


class _Words(Markup):
    table, row, cell = "table", "table-row", "table-cell"

    def __init__(self, flow: Flow, pages: Pages) -> None:
        super().__init__(flow)
        self._pages = pages
        self._paragraph_depth = 0
        self._slides = 0

    def is_skipped(self, tag: str, attributes: Mapping[str, str]) -> bool:  # noqa: ARG002
        return tag in _SKIPPED

    def open(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag:
            case "p" | "h":
                self._paragraph_depth += 1
            case "line-break":
                self.flow.write("\n")
            case "tab":
                self.flow.write("\t")
            case "s":
                self.flow.write(" " * _count(value_of(attributes, " c")))
            case "list-item":
                self.flow.end_line()
                self.flow.write("- ")
            case "note":
                self.flow.write(" (")
            case "notes":
                self.flow.end_paragraph()
                self.flow.write("Notes:\n")

    def close(self, tag: str) -> None:
        match tag:
            case "p" | "h":
                self._paragraph_depth -= 1
                if not self._paragraph_depth:  # not that of a note
                    self.flow.end_line()
            case "note":
                self.flow.write(")")
            case "page":
                self._slides += 1
                self._pages.add(self.flow.take(), str(self._slides))

    def characters(self, text: str) -> None:
        if self._paragraph_depth:
            self.flow.write_loosely(text)


def _count(number: str) -> int:
    """How many spaces; a stranger's number is not to fill the memory."""
    return min(int(number), 1000) if number.isdecimal() and len(number) < 9 else 1
