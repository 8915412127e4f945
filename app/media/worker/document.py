"""From a document's bytes to its words: its content says who reads it, its name what it lacks."""

from collections.abc import Callable

from app.domain.attachments import DocumentPage
from app.domain.errors import DocumentEmpty, DocumentTooLarge
from app.media.file_kinds import suffix_of
from app.media.worker.pages import Pages

# Puts the pages of a document there and returns its kind, for people.
Read = Callable[[bytes, Pages], str]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Where the mark of a PDF may stand, as readers have always allowed.
_PDF_MARK_BYTES = 1024


def load_reader(data: bytes, name: str) -> Read:
    """Find who reads such content and load it: later no file can be opened any more.

    Args:
        data: The content.
        name: Of the document, for what the content leaves open.

    Raises:
        ImportError: The installation is broken.
    """
    if data.startswith(_ZIP):
        from app.media.worker.office import load_codecs, read_package

        load_codecs()
        return read_package
    if data.startswith(_OLE):
        from app.media.worker.office import load_codecs, read_old

        load_codecs()
        return read_old
    if _is_pdf(data, name):
        from app.media.worker.pdf import load_codecs, read_pdf

        load_codecs()
        return read_pdf
    from app.media.worker.text import load_codecs, read_text

    load_codecs()
    return read_text


def read_words(
    read: Read, data: bytes, name: str, *, memory_bytes: int
) -> tuple[str, tuple[DocumentPage, ...]]:
    """Read a document.

    Args:
        read: What `load_reader` returned.
        data: Its content.
        name: For the sentences of errors.
        memory_bytes: What this process has, for the same.

    Returns:
        Its kind and its pages, with a word at least.

    Raises:
        DocumentError: It cannot be read.
    """
    pages = Pages(name)
    try:
        kind = read(data, pages)
    except MemoryError:
        raise DocumentTooLarge(name=name, limit_bytes=memory_bytes) from None
    if not pages.has_words:
        raise DocumentEmpty(name=name)
    return kind, pages.all()


def _is_pdf(data: bytes, name: str) -> bool:
    """Whether the mark is there; a text may have it behind some words, unless its name says PDF."""
    before, mark, _ = data[:_PDF_MARK_BYTES].partition(b"%PDF-")
    return bool(mark) and (not before.strip() or suffix_of(name) == ".pdf")
