"""The words of a PDF, page by page, by PDFium without its JavaScript.

Nothing is drawn and no form is filled in, so neither scripts nor attached files are looked at.
"""

import codecs
import re

import pypdfium2
from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

from app.domain.errors import (
    AppError,
    DocumentBroken,
    DocumentEncrypted,
    DocumentScanned,
    DocumentTooManyPages,
)
from app.domain.reports import frames_of
from app.media.protocol import MAX_PAGES
from app.media.worker.pages import Pages

# PDFium joins a word that a hyphen divides at the end of a line, and leaves this in between.
_HYPHEN = re.compile("(.?)\x02(.?)")


def load_codecs() -> None:
    """Load what pypdfium2 would load on first use."""
    codecs.lookup("utf-16-le")


def read_pdf(data: bytes, pages: Pages) -> str:
    """Read every page.

    Raises:
        DocumentError: It is damaged, protected, too long or has no words.
    """
    try:
        document = pypdfium2.PdfDocument(data)
        if len(document) > MAX_PAGES:
            raise DocumentTooManyPages(name=pages.name, limit_pages=MAX_PAGES)
        for index in range(len(document)):
            text = _text_of(document, index)
            pages.count(len(text))
            pages.add(text, str(index + 1))
    except pypdfium2.PdfiumError as error:
        raise _failure(error, pages.name) from None
    if not pages.has_words:
        raise DocumentScanned(name=pages.name)
    return "PDF"


def _text_of(document: pypdfium2.PdfDocument, index: int) -> str:
    """Read a page and forget it: PDFium keeps all that are open in memory."""
    page = document[index]
    words = page.get_textpage()
    try:
        text: str = words.get_text_bounded()
    finally:
        words.close()
        page.close()
    return _HYPHEN.sub(_joined, text)


def _joined(match: re.Match[str]) -> str:
    """Leave the hyphen out inside a word, not between numbers or names."""
    before, after = match.groups()
    hyphen = "" if before.islower() and after.islower() else "-"
    return f"{before}{hyphen}{after}"


def _failure(error: pypdfium2.PdfiumError, name: str) -> AppError:
    if error.err_code in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY):
        return DocumentEncrypted(name=name)
    return DocumentBroken(name=name, detail=frames_of(error))
