"""Which office document a file is: its content says so, its name may be wrong."""

import codecs

from app.domain.errors import DocumentEncrypted, DocumentOldFormat, NotADocument
from app.media.file_kinds import suffix_of
from app.media.worker.ooxml import read_presentation, read_word
from app.media.worker.open_document import (
    check_whole,
    read_open_presentation,
    read_open_text,
)
from app.media.worker.package import Package
from app.media.worker.pages import Pages
from app.media.worker.sheets import read_sheets

_OLE_NAMES = "utf-16-le"
_MIME_TYPE = "mimetype"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."


def load_codecs() -> None:
    """Load what would be loaded on first use, by zipfile for one."""
    for encoding in ("cp437", _OLE_NAMES):
        codecs.lookup(encoding)


def read_package(data: bytes, pages: Pages) -> str:
    """Read a ZIP file.

    Raises:
        DocumentError: It is none of the documents, or one that cannot be read.
    """
    package = Package(data, pages.name)
    if _MIME_TYPE in package:
        mime_type = package.beginning(_MIME_TYPE)
        if mime_type.startswith(_OPEN_DOCUMENT):
            return _read_open(package, mime_type.removeprefix(_OPEN_DOCUMENT), data, pages)
    main_part = package.main_part()
    match main_part.partition("/")[0]:
        case "word":
            return read_word(package, main_part, pages)
        case "ppt":
            return read_presentation(package, main_part, pages)
        case "xl":
            read_sheets(data, pages)
            return "Excel workbook"
    raise NotADocument(name=pages.name)


def read_old(data: bytes, pages: Pages) -> str:
    """Read an OLE file: a workbook of Excel 97, or a new document that is encrypted.

    Raises:
        DocumentError: It is protected, or not a workbook.
    """
    # The names of its parts lie there as they are, nothing of an OLE file is packed.
    if _has_part(data, "EncryptedPackage"):
        raise DocumentEncrypted(name=pages.name)
    has_sheets = _has_part(data, "Workbook") or _has_part(data, "Book")
    if has_sheets or suffix_of(pages.name) == ".xls":
        read_sheets(data, pages)
        return "Excel workbook"
    raise DocumentOldFormat(name=pages.name)


def _read_open(package: Package, kind: bytes, data: bytes, pages: Pages) -> str:
    if kind.startswith(b"text"):
        return read_open_text(package, pages)
    if kind.startswith(b"presentation"):
        return read_open_presentation(package, pages)
    if kind.startswith(b"spreadsheet"):
        check_whole(package)
        read_sheets(data, pages)
        return "OpenDocument spreadsheet"
    raise NotADocument(name=pages.name)


def _has_part(data: bytes, name: str) -> bool:
    return f"{name}\0".encode(_OLE_NAMES) in data
