"""Chats as a Word document: headings for its outline, styles that a person can change."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import msgspec

from app.domain.kept_chat import KeptChat
from app.exchange.worker.writers.blocks import (
    Block,
    Code,
    Heading,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Rule,
    Spans,
    Table,
    plain,
    strong,
)
from app.exchange.worker.writers.docx.markup import (
    Look,
    hyperlink,
    paragraph,
    run,
    span_run,
)
from app.exchange.worker.writers.docx.package import BULLETS, Package, Parts
from app.exchange.worker.writers.pictures import draw
from app.exchange.worker.writers.turns import (
    Passage,
    Turn,
    about,
    missing_picture,
    title_of,
    turns_of,
)
from app.exchange.writer_protocol import WriteOptions

# In twentieths of a point, as everything that is measured here.
_STEP = 397
_CODE_INSET = 170
_QUOTE_INSET = 284
_WIDTH = 9072
_DEEPEST_LEVEL = 8
_MOST_COLUMNS = 16
# Word grows slow in very long paragraphs.
_LINES_TOGETHER = 200


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where blocks stand.

    Attributes:
        style: Of their paragraphs; its own indent is `style_left`.
        left: The indent that they have here.
        level: How many lists they are in.
    """

    style: str = ""
    style_left: int = 0
    left: int = 0
    level: int = 0

    def inside(self, step: int, **changes: str | int) -> "_Place":
        """The same place, further in."""
        return msgspec.structs.replace(self, left=self.left + step, **changes)

    def look(self) -> Look:
        """How a plain paragraph looks here."""
        return Look(style=self.style, left=None if self.left == self.style_left else self.left)


_PLAIN = _Place()
_ASKED = _Place(style="Asked", style_left=170, left=170)
_THOUGHT = _Place(style="Thought", style_left=284, left=284)


class DocxWriter:
    """Writes chats one after the other; the first one names the document."""

    def __init__(
        self,
        file: BinaryIO,
        options: WriteOptions,
        on_turn: Callable[[], None],
        parts: Parts,
    ) -> None:
        self._package = Package(file, parts)
        self._options = options
        self._on_turn = on_turn
        self._title = ""

    def add(self, chat: KeptChat) -> None:
        """Write one more chat."""
        title = title_of(chat, self._options.words)
        if self._title:
            self._put(paragraph('<w:r><w:br w:type="page"/></w:r>', Look(), ""))
        self._title = self._title or title
        self._words(title, Look(style="Title"))
        self._words(about(chat, self._options.words), Look(style="About"))
        for turn in turns_of(chat, self._options):
            self._turn(turn)
            self._on_turn()

    def finish(self) -> None:
        """Write what ends the file."""
        self._package.close(self._title or self._options.words.chats)

    def _put(self, xml: str) -> None:
        self._package.put(xml)

    def _words(self, text: str, look: Look) -> None:
        self._put(paragraph(run(text), look, text))

    def _turn(self, turn: Turn) -> None:
        mode = run(" ") + run(f" {turn.mode} ", style="Mode") if turn.mode else ""
        when = run(f"\t{turn.when}", style="When") if turn.when else ""
        style = "Question" if turn.is_person else "Answer"
        self._put(paragraph(run(turn.speaker) + mode + when, Look(style=style), turn.speaker))
        for source, name in turn.pictures:
            if picture := draw(source, name):
                look = Look(is_kept_with_next=True)
                self._put(paragraph(self._package.picture(picture), look, ""))
                self._words(name, Look(style="Attached"))
            else:
                self._words(missing_picture(name, self._options.words), Look(style="Attached"))
        for line in turn.documents:
            self._words(line, Look(style="Attached"))
        for passage in turn.passages:
            self._passage(passage, _ASKED if turn.is_person else _PLAIN)
        if turn.note:
            self._words(turn.note, Look(style="Note"))

    def _passage(self, passage: Passage, place: _Place) -> None:
        if passage.thought:
            place = _THOUGHT
            name = run(passage.thought, properties=["<w:b/><w:bCs/>"])
            self._put(paragraph(name, Look(style="Thought", is_kept_with_next=True), ""))
        self._blocks(passage.blocks(), place)

    def _blocks(self, blocks: Iterable[Block], place: _Place) -> None:
        for block in blocks:
            self._block(block, place)

    def _block(self, block: Block, place: _Place) -> None:
        match block:
            case Paragraph(spans=spans):
                self._put(self._paragraph(spans, place.look()))
            case Heading(level=level, spans=spans):
                left = place.left or None
                self._put(self._paragraph(spans, Look(style=f"Heading{level}", left=left)))
            case Code():
                self._put("".join(_code(block, place)))
            case Rule():
                self._put(paragraph("", Look(style="Rule"), ""))
            case Quote(blocks=inner):
                style = place.style or "Quote"
                inset = place.inside(_QUOTE_INSET, style=style, style_left=_QUOTE_INSET)
                self._blocks(inner, inset)
            case ItemList():
                self._list(block, place)
            case Table() if len(block.head) > _MOST_COLUMNS:
                self._list(block.as_list(), place)
            case Table():
                for xml in self._table(block, place):
                    self._put(xml)

    def _paragraph(self, spans: Spans, look: Look, before: str = "") -> str:
        return paragraph(before + self._runs(spans), look, plain(spans))

    def _runs(self, spans: Spans) -> str:
        return "".join(
            hyperlink(self._package.link(span.link), span_run(span))
            if span.link
            else span_run(span)
            for span in spans
        )

    def _list(self, items: ItemList, place: _Place) -> None:
        number = BULLETS if items.first is None else self._package.numbered_list(items.first)
        inner = place.inside(_STEP, level=place.level + 1)
        for item in items.items:
            self._item(item, number, inner)

    def _item(self, item: Item, number: int, place: _Place) -> None:
        """The first paragraph carries the number; whatever follows stands below its words."""
        match item.blocks:
            case (Paragraph(spans=spans), *rest):
                pass
            case rest:
                spans = ()
        look = Look(
            style=place.style or "ListParagraph",
            left=place.left,
            hanging=_STEP,
            number=None if item.is_done is not None else (number, _level(place)),
        )
        boxes = {None: "", False: run("☐\t"), True: run("☑\t")}
        self._put(self._paragraph(spans, look, boxes[item.is_done]))
        self._blocks(rest, place)

    def _table(self, table: Table, place: _Place) -> Iterator[str]:
        width = (_WIDTH - place.left) // len(table.head)
        yield (
            '<w:tbl><w:tblPr><w:tblStyle w:val="Lines"/><w:tblW w:w="0" w:type="auto"/>'
            f'<w:tblInd w:w="{place.left}" w:type="dxa"/></w:tblPr><w:tblGrid>'
        )
        yield f'<w:gridCol w:w="{width}"/>' * len(table.head) + "</w:tblGrid>"
        yield self._row(table.head, table.sides, is_head=True)
        for row in table.rows:
            yield self._row(row, table.sides)
        # Something has to stand between two tables, and behind the last.
        yield "</w:tbl>" + paragraph("", Look(style="TableText"), "")

    def _row(self, cells: Iterable[Spans], sides: Iterable[str], *, is_head: bool = False) -> str:
        properties = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if is_head else ""
        xml = [f"<w:tr>{properties}"]
        for spans, side in zip(map(strong, cells) if is_head else cells, sides, strict=True):
            words = self._paragraph(spans, Look(style="TableText", side=side))
            xml.append(f'<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr>{words}</w:tc>')
        return "".join([*xml, "</w:tr>"])


def _level(place: _Place) -> int:
    return min(place.level - 1, _DEEPEST_LEVEL)


def _code(code: Code, place: _Place) -> Iterator[str]:
    left = place.left + _CODE_INSET if place.left else None
    if code.language:
        name = Look(style="CodeLabel", left=left)
        yield paragraph(run(code.language), name, "")
    lines = code.text.split("\n")
    for start in range(0, len(lines), _LINES_TOGETHER):
        words = "\n".join(lines[start : start + _LINES_TOGETHER])
        # Code begins at the left whatever its letters are.
        yield paragraph(run(words), Look(style="Code", left=left), "")
