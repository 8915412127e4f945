"""Texts, whatever wrote them: which characters the bytes mean, and whether it is text at all."""

import codecs
import contextlib
import itertools
import re

import charset_normalizer

from app.domain.errors import AppError, DocumentBroken, DocumentOldFormat, NotADocument
from app.media.file_kinds import (
    WEB_PAGE_SUFFIXES,
    is_office_name,
    is_text_name,
    kind_of_text,
    suffix_of,
)
from app.media.worker.pages import Pages
from app.media.worker.web_page import is_web_page, named_encoding, read_web_page

# The longer marks first: one begins like the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = "cp1252"
# What was in use before UTF-8. The second group looks so much like Western Europe's that it is
# asked only where the first has no answer.
_OLD_ENCODINGS = (
    [
        *(_WESTERN, "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256"),
        *("cp932", "gb18030", "big5", "cp949"),
    ],
    ["cp1250", "cp1254"],
)
# Fewer tell nothing about the language.
_FEWEST_BYTES_TO_GUESS = 8
# A share of what is not ASCII that may be wrong in UTF-8: one in so many, as in a cut log.
_WRONG_IN_UTF_8 = 20
_CONTROLS = re.compile(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


def load_codecs() -> None:
    """Load what would be loaded on first use."""
    for encoding in (*(encoding for _, encoding in _MARKS), *itertools.chain(*_OLD_ENCODINGS)):
        codecs.lookup(encoding)
    for encodings in _OLD_ENCODINGS:  # charset_normalizer's own tables
        charset_normalizer.from_bytes("é".encode(_WESTERN), cp_isolation=encodings)


def read_text(data: bytes, pages: Pages) -> str:
    """Read a text or a web page.

    Raises:
        DocumentError: It is neither.
    """
    if data.startswith(b"{\\rtf"):
        raise DocumentOldFormat(name=pages.name)
    text = decode(data, pages.name)
    suffix = suffix_of(pages.name)
    if suffix in WEB_PAGE_SUFFIXES or (not is_text_name(pages.name) and is_web_page(text)):
        return read_web_page(text, pages)
    pages.count(len(text))
    pages.add(text)
    return kind_of_text(pages.name)


def decode(data: bytes, name: str) -> str:
    """Tell which characters the bytes mean.

    Args:
        data: Of a whole text.
        name: For the sentences of errors.

    Raises:
        NotADocument, DocumentBroken: It is no text; the second where the name promised a document
            that is none either.
    """
    text = _decoded(data)
    if text is None or "\0" in text:
        raise _no_text(name)
    return text


def _decoded(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    with contextlib.suppress(UnicodeDecodeError):
        return data.decode()
    text = data.decode("utf-8", "replace")
    wrong = text.count("\N{REPLACEMENT CHARACTER}")
    high_bytes = len(_NOT_ASCII.findall(data))
    if wrong * _WRONG_IN_UTF_8 <= high_bytes:
        return text
    if _CONTROLS.search(data):
        return None
    return data.decode(_old_encoding(data, high_bytes), "replace")


def _old_encoding(data: bytes, high_bytes: int) -> str:
    """Guess the encoding of a text that says nothing about it."""
    named = named_encoding(data)
    if any(named in encodings for encodings in _OLD_ENCODINGS):
        return named
    if high_bytes < _FEWEST_BYTES_TO_GUESS:
        return _WESTERN
    for encodings in _OLD_ENCODINGS:
        best = charset_normalizer.from_bytes(
            data, cp_isolation=encodings, enable_fallback=False
        ).best()
        if best:
            return best.encoding
    return _WESTERN


def _no_text(name: str) -> AppError:
    return DocumentBroken(name=name) if is_office_name(name) else NotADocument(name=name)
