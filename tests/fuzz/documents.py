"""Texts, web pages and office documents, read by our own code; native readers have limits."""

from app.domain.errors import DocumentError
from app.media.client import _take_document
from app.media.protocol import DocumentRead
from app.media.worker.document import load_reader, read_words
from app.media.worker.office import read_old
from tests.fuzz.target import Target
from tests.helpers.documents import package

# Parts of a package in one input, each behind its name.
_PART = b"\nPART "


def _fuzz(data: bytes) -> None:
    first, *parts = data.split(_PART)
    name = first[:20].decode("ascii", "replace")
    content = _packed(parts) if parts else first[20:]
    if content.startswith(b"%PDF") or b"%PDF-" in content[:1024] or b"xl/" in content:
        return  # their readers are native, and live in a process that may die
    read = load_reader(content, name)
    if read is read_old:
        return
    try:
        kind, pages = read_words(read, content, name, memory_bytes=1 << 30)
    except DocumentError as error:
        assert str(error).endswith(".")  # noqa: PT017
        return
    said = _take_document(DocumentRead(request_id=1, kind=kind, pages=pages))
    assert any(page.text for page in said.pages)
    "".join(page.text for page in pages).encode()


def _packed(parts: list[bytes]) -> bytes:
    split = [part.partition(b"\n") for part in parts[:8]]
    names = [name.decode("utf-8", "replace").replace("\0", "")[:99] or "a" for name, _, _ in split]
    return package(dict(zip(names, (text for *_, text in split), strict=True)))


_NS = b'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
TARGET = Target(
    name="documents",
    promise="a document gives its words, within all limits, or one sentence",
    fuzz_one=_fuzz,
    words=(
        *(_PART + b"_rels/.rels\n", _PART + b"word/document.xml\n", _PART + b"content.xml\n"),
        *(_PART + b"mimetype\napplication/vnd.oasis.opendocument.text", _PART + b"ppt/p.xml\n"),
        *(
            b"<Relationships " + _NS + b">",
            b'<Relationship Id="a" Type="x/officeDocument" Target="',
        ),
        *(b"word/document.xml", b'"/>', b"</Relationships>", b"<w:p>", b"<w:t>x</w:t>", b"</w:p>"),
        *(
            b'<w:d xmlns:w="w">',
            b"</w:d>",
            b"<w:tbl>",
            b"<w:tr>",
            b"<w:tc>",
            b"</w:tbl>",
            b"<!DOCTYPE",
        ),
        *(
            b"<html>",
            b"<p>",
            b"<table><tr><td>",
            b"</table>",
            b"<!--",
            b"<![CDATA[",
            b"<script>",
            b"&#x0;",
        ),
        *(
            b"\xff\xfe",
            b"\xfe\xff",
            b"\xef\xbb\xbf",
            b"\x80",
            b"<?xml version='1.0'?>",
            b"{\\rtf",
            b"\0",
        ),
        *(
            b'<office:x xmlns:office="o" xmlns:text="t">',
            b'<text:s text:c="999999999"/>',
            b"</office:x>",
        ),
        *(b"x.html", b"x.docx", b"x.txt", b" " * 20, b"<td>" * 40, b"</", b"<!", b"<?", b"<a "),
    ),
    examples=60,
)
