"""What is said about documents, in chips, bubbles and to screen readers."""

import re

from PySide6.QtCore import QCoreApplication

from app.domain.attachments import DocumentAttachment, DocumentPage
from app.ui.chat.status_words import count_words
from app.ui.quantities import counted, format_count, listed

# Pieces of a text that has no pages of its own, when only some of it is to be shown.
_PART_CHARACTERS = 8000


def _tr(text: str) -> str:
    return QCoreApplication.translate("documents", text)


def document_size_words(document: DocumentAttachment, tokens: int | None = None) -> str:
    """Kind, pages and what it takes, e.g. ``PDF · 3 of 12 pages · 2,090 tokens``."""
    words = [kind_words(document.kind)]
    total, shown = len(document.pages), len(document.shown)
    if total > 1:
        words.append(
            counted(total, "1 page", "{count} pages")
            if shown == total
            else _tr("{shown} of {total} pages").format(
                shown=format_count(shown), total=format_count(total)
            )
        )
    if tokens is not None:
        words.append(count_words(tokens))
    return " · ".join(words)


def kind_words(kind: str) -> str:
    """What a document is; names of programs and formats are the same everywhere."""
    return {
        "Text": _tr("Text"),
        "Shell script": _tr("Shell script"),
        "Batch file": _tr("Batch file"),
        "Notebook": _tr("Notebook"),
        "JSON lines": _tr("JSON lines"),
        "Web page": _tr("Web page"),
    }.get(kind, kind)


def document_name(document: DocumentAttachment, tokens: int | None = None) -> str:
    """Name and size, for screen readers."""
    size = listed(document_size_words(document, tokens).split(" · "))
    return _tr("Document {name}, {size}").format(name=document.name, size=size)


def page_name(page: DocumentPage, place: int) -> str:
    """What a page is called in a list."""
    if not page.label:
        return _tr("Part {number}").format(number=place + 1)
    return _tr("Page {label}").format(label=page.label) if page.label.isdecimal() else page.label


def can_be_divided(document: DocumentAttachment) -> bool:
    """Whether the model can be shown a part of it."""
    return len(document.pages) > 1 or len(document.pages[0].text) > _PART_CHARACTERS


def in_pages(document: DocumentAttachment) -> tuple[DocumentPage, ...]:
    """Its pages; a text that has none is cut between paragraphs or lines."""
    if len(document.pages) > 1:
        return document.pages
    text, begin, texts = document.pages[0].text, 0, []
    while len(text) - begin > _PART_CHARACTERS:
        end = _cut(text, begin)
        texts.append(text[begin:end])
        begin = end
    texts.append(text[begin:])
    return tuple(
        DocumentPage(label=_tr("Part {number}").format(number=number), text=text)
        for number, text in enumerate(texts, start=1)
    )


def _cut(text: str, begin: int) -> int:
    """Where the part from there ends: behind the last empty line, else line, else word in it."""
    for mark in ("\n\n", "\n", " "):
        place = text.rfind(mark, begin + _PART_CHARACTERS // 2, begin + _PART_CHARACTERS)
        if place >= 0:
            return place + len(mark)
    return begin + _PART_CHARACTERS


def chosen_places(text: str, pages: tuple[DocumentPage, ...]) -> list[int] | None:
    """Read ``1-5, 8`` as places; None where it names no pages that there are."""
    places: set[int] = set()
    for piece in re.split(r"[,;\s]+", text.strip()):
        match = re.fullmatch(r"(\d+)(?:\s*[-–]\s*(\d+))?", piece)
        if not match:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= len(pages):
            return None
        places.update(range(first - 1, last))
    return sorted(places)
