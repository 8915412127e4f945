"""Documents of every kind, also of the kinds that nobody should open."""

import io
import struct
import sys
import zipfile
from collections.abc import Callable, Iterable

import docx
import pptx
import pypdf
import xlsxwriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from app.domain.attachments import Source
from app.media.client import DocumentText, read_document

OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (
        *(("office", "office"), ("text", "text"), ("table", "table")),
        *(("draw", "drawing"), ("presentation", "presentation"), ("manifest", "manifest")),
    )
)

# A media worker in which one step is replaced.
_SABOTAGED = """
import os, signal, socket
from app.media.worker import document, main, text
{}
raise SystemExit(main.run())
"""


def sabotaged_worker(code: str) -> list[str]:
    """How to start a media worker that runs `code` before it begins."""
    return [sys.executable, "-c", _SABOTAGED.format(code)]


def read(data: bytes, name: str = "d") -> DocumentText:
    """Through the real process, as from the clipboard."""
    return read_document(Source(name=name, data=data))


def words(data: bytes, name: str = "d") -> str:
    """Of a document that is not divided."""
    (page,) = read(data, name).pages
    assert not page.label
    return page.text


def pages(data: bytes, name: str = "d") -> dict[str, str]:
    """The words by the pages' labels."""
    return {page.label: page.text for page in read(data, name).pages}


def pdf(*texts: str) -> pypdf.PdfWriter:
    """Pages with lines of Latin letters; a page without a text is blank."""
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    for text in texts:
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        lines = " ".join(f"({line}) Tj T*" for line in text.split("\n"))
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 14 TL 50 780 Td {lines} ET".encode("cp1252"))
        page[NameObject("/Contents")] = writer._add_object(stream)
    return writer


def saved(document: object) -> bytes:
    """The content of the file of a PDF, a Word document or a presentation."""
    file = io.BytesIO()
    save = document.write if isinstance(document, pypdf.PdfWriter) else document.save
    save(file)
    return file.getvalue()


def raw_pdf(*objects: str) -> bytes:
    """A PDF of these objects, numbered from 1, the first its catalogue."""
    content, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(content))
        content += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R>>\n"
    return content + f"{end}startxref\n{len(content)}\n%%EOF".encode()


def word(*paragraphs: str) -> bytes:
    """A Word document."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def slides(*titles: str) -> bytes:
    """A presentation."""
    presentation = pptx.Presentation()
    for title in titles:
        slide = presentation.slides.add_slide(presentation.slide_layouts[0])
        slide.shapes.title.text = title
    return saved(presentation)


def workbook(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """A workbook."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True})
    fill(made)
    made.close()
    return file.getvalue()


def cells(*rows: list[object], sheet: str = "Sheet1") -> bytes:
    """A workbook with one sheet."""

    def fill(made: xlsxwriter.Workbook) -> None:
        worksheet = made.add_worksheet(sheet)
        for number, row in enumerate(rows):
            worksheet.write_row(number, 0, row)

    return workbook(fill)


def open_document(kind: str, body: str, *, manifest: str = "", before: str = "") -> bytes:
    """An OpenDocument file whose body is that."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {_NAMESPACES} '
        f'office:version="1.3"><office:body><office:{kind}>{body}</office:{kind}></office:body>'
        "</office:document-content>"
    )
    listed = f"<manifest:manifest {_NAMESPACES}>{manifest}</manifest:manifest>"
    return package(
        {
            "mimetype": f"{OPEN_DOCUMENT}{kind}",
            "content.xml": content,
            "META-INF/manifest.xml": listed,
        }
    )


def package(parts: dict[str, str | bytes]) -> bytes:
    """A ZIP file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def with_part(data: bytes, part: str, content: bytes | Iterable[bytes]) -> bytes:
    """The same package with another content of one part, or with one more."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name), zipfile.ZIP_DEFLATED)
        entry = zipfile.ZipInfo(part)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with new.open(entry, "w", force_zip64=True) as stream:
            for piece in (content,) if isinstance(content, bytes) else content:
                stream.write(piece)
    return file.getvalue()


def part_of(data: bytes, part: str) -> bytes:
    """The content of one part."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return opened.read(part)


def lying_about_size(data: bytes, part: str) -> bytes:
    """The same package, whose directory says that the part has a hundred bytes."""
    changed = bytearray(data)
    entry = changed.rfind(part.encode()) - 46  # its name ends the entry's fixed part
    assert changed[entry : entry + 4] == b"PK\x01\x02"
    changed[entry + 24 : entry + 28] = struct.pack("<L", 100)
    return bytes(changed)


def ole(*parts: str) -> bytes:
    """What an OLE file with these parts looks like from outside."""
    names = b"".join(f"{part}\0".encode("utf-16-le").ljust(128, b"\0") for part in parts)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + names + bytes(4096)
