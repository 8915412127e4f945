"""What an answer is made of, whatever kind of file it goes into.

Plain values: words are only ever words here, and no link leads anywhere but to the web or to mail.
"""

from collections.abc import Iterator

import msgspec


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Words in one style; a line end in them is one.

    Attributes:
        link: Where the words lead; empty where nowhere.
    """

    text: str
    is_strong: bool = False
    is_emphasis: bool = False
    is_struck: bool = False
    is_code: bool = False
    link: str = ""


Spans = tuple[Span, ...]


class Paragraph(msgspec.Struct, frozen=True):
    """Words."""

    spans: Spans


class Heading(msgspec.Struct, frozen=True):
    """Words above others; `level` counts from 1 to 6."""

    level: int
    spans: Spans


class Code(msgspec.Struct, frozen=True):
    """Lines as they are; `language` is empty where it is not told."""

    text: str
    language: str = ""


class Rule(msgspec.Struct, frozen=True):
    """A line from side to side."""


class Quote(msgspec.Struct, frozen=True):
    """Somebody else's blocks."""

    blocks: tuple["Block", ...]


class Item(msgspec.Struct, frozen=True):
    """One of a list; `is_done` is None where it is no task."""

    blocks: tuple["Block", ...]
    is_done: bool | None = None


class ItemList(msgspec.Struct, frozen=True):
    """Items; `first` is the number of the first, None where they are not numbered."""

    items: tuple[Item, ...]
    first: int | None = None


class Table(msgspec.Struct, frozen=True):
    """Rows with as many cells as the head has.

    Attributes:
        sides: Where the words of each column stand: ``left``, ``center``, ``right``, or empty.
    """

    head: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]
    sides: tuple[str, ...]

    def as_list(self) -> ItemList:
        """The same for a page that is too narrow: a list of rows, each with its column's name."""
        return ItemList(tuple(Item(tuple(self._fields(row))) for row in self.rows), first=1)

    def _fields(self, row: tuple[Spans, ...]) -> Iterator[Paragraph]:
        for head, cell in zip(self.head, row, strict=True):
            if plain(cell).strip():
                yield Paragraph((*strong(head), Span(text=": "), *cell))


Block = Paragraph | Heading | Code | Rule | Quote | ItemList | Table


def plain(spans: Spans) -> str:
    """The words alone."""
    return "".join(span.text for span in spans)


def paragraphs(text: str) -> tuple[Block, ...]:
    """Take words as they are, a paragraph wherever a line is empty."""
    pieces = (piece.strip("\n") for piece in text.split("\n\n"))
    return tuple(Paragraph((Span(text=piece),)) for piece in pieces if piece)


def strong(spans: Spans) -> Spans:
    """The same words, standing out."""
    return tuple(msgspec.structs.replace(span, is_strong=True) for span in spans)
