"""Blocks of an answer on the pages of a PDF."""

from collections.abc import Iterable

import msgspec

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
    strong,
)
from app.exchange.worker.writers.pdf.fonts import Face, Fonts
from app.exchange.worker.writers.pdf.lines import Ink, Inked, Line, broken, broken_code
from app.exchange.worker.writers.pdf.sheet import FAINT, MUTED, Column, Ground, Sheet
from app.exchange.worker.writers.pdf.tables import TableBody
from app.exchange.worker.writers.pdf.tone import ACCENT, LINE, TEXT, Tone

_CODE_GROUND = "#f9f7f3"
_HEADINGS_PT = (15.5, 13.5, 12.0, 11.0, 10.2, 10.2)
_LIST_STEP = 17.0
_QUOTE_STEP = 14.0
_NARROWEST = 150.0
_BULLETS = ("•", "◦", "▪")


class Body:
    """Puts blocks on pages, one below the other."""

    def __init__(self, sheet: Sheet, fonts: Fonts) -> None:
        self._sheet = sheet
        self._fonts = fonts

    def blocks(
        self, blocks: Iterable[Block], column: Column, tone: Tone, *, depth: int = 0
    ) -> None:
        """Put blocks below one another, with room between each two."""
        above: Block | None = None
        for block in blocks:
            if above:
                self._sheet.gap(_gap(block, above, tone), column)
            self._block(block, column, tone, depth)
            above = block

    def paragraph(self, inked: Iterable[Inked], column: Column, leading: float) -> None:
        """Put the lines of a paragraph below one another."""
        for line in broken(inked, column.width, self._fonts):
            self.line(line, column, leading)

    def line(self, line: Line, column: Column, leading: float) -> None:
        """Put one line where its words begin: at the left, or at the right."""
        x = column.x + (column.width - line.width_pt if line.is_right_to_left else 0.0)
        self._sheet.strip(leading, column, lambda y: self._sheet.words(line, x, y + 0.31 * leading))

    def _block(self, block: Block, column: Column, tone: Tone, depth: int) -> None:
        match block:
            case Paragraph(spans=spans):
                self.paragraph(tone.inked(spans), column, tone.leading)
            case Heading(level=level, spans=spans):
                self._heading(spans, level, column, tone)
            case Code():
                self._code(block, column)
            case Rule():
                rule = lambda y: self._sheet.rule(column.x, y + 6, column.width, LINE)  # noqa: E731
                self._sheet.strip(12.0, column, rule)
            case Quote(blocks=inner):
                bar = Ground(x=column.x, width=2.2, colour=LINE)
                quoted = msgspec.structs.replace(tone, colour=MUTED)
                self.blocks(inner, self._inset(column, _QUOTE_STEP, bar), quoted, depth=depth)
            case ItemList():
                self._list(block, column, tone, depth)
            case Table():
                self._table(block, column, tone, depth)

    def _inset(self, column: Column, step: float, ground: Ground | None = None) -> Column:
        """Further in, as long as there is room for words."""
        step = step if column.width - step >= _NARROWEST else 0.0
        return column.inset(step, ground=ground if step else None)

    def _heading(self, spans: Spans, level: int, column: Column, tone: Tone) -> None:
        size = min(_HEADINGS_PT[level - 1], tone.size_pt * 1.55)
        head = Tone(max(size, tone.size_pt), tone.colour)
        leading = round(size * 1.32, 1)
        self._sheet.keep(leading + 3 * tone.leading)
        self.paragraph(head.inked(strong(spans)), column, leading)

    def _code(self, code: Code, column: Column) -> None:
        ground = Ground(x=column.x, width=column.width, colour=_CODE_GROUND, radius=5.0, line=LINE)
        inside = column.inset(11.0, 11.0, ground=ground)
        ink = Ink(face=Face(is_mono=True), size_pt=8.3, colour=TEXT)
        self._sheet.keep(48.0)
        self._sheet.strip(8.0, inside)
        if code.language:
            name: list[Inked] = [(code.language, Ink(size_pt=7.3, colour=FAINT))]
            self.paragraph(name, inside, 11.0)
            self._sheet.strip(3.0, inside)
        for line in broken_code(code.text, ink, inside.width, self._fonts):
            self.line(line, inside, 13.0)
        self._sheet.strip(8.0, inside)

    def _list(self, items: ItemList, column: Column, tone: Tone, depth: int) -> None:
        last = (items.first or 0) + len(items.items)
        size = tone.size_pt
        step = max(_LIST_STEP, self._fonts.width(f"{last}. ", Face()) * size + 3)
        for number, item in enumerate(items.items, start=items.first or 0):
            if number != (items.first or 0):
                self._sheet.gap(3.0, column)
            mark = _BULLETS[depth % 3] if items.first is None else f"{number}."
            self._item(item, mark, column, step, tone, depth)

    def _item(
        self, item: Item, mark: str, column: Column, step: float, tone: Tone, depth: int
    ) -> None:
        """The mark stands before the first line, wherever that has its baseline."""
        if item.is_done is not None:
            mark = "☑" if item.is_done else "☐"
        colour = ACCENT if item.is_done else MUTED
        inside = self._inset(column, step)
        self._sheet.keep(2 * tone.leading)
        ink = Ink(size_pt=tone.size_pt, colour=colour)
        before = next(broken([(mark, ink)], 1000.0, self._fonts))
        x = column.x + (0.0 if inside.x > column.x else -before.width_pt - 3)
        leading = tone.leading
        # Nothing high: it shares its place with what follows.
        self._sheet.strip(
            0.0, column, lambda y: self._sheet.words(before, x, y - leading + 0.31 * leading)
        )
        self.blocks(item.blocks or (Paragraph(()),), inside, tone, depth=depth + 1)

    def _table(self, table: Table, column: Column, tone: Tone, depth: int) -> None:
        small = msgspec.structs.replace(tone, size_pt=tone.size_pt * 0.92)
        body = TableBody(table, column, small, self._sheet, self._fonts)
        if body.fits:
            body.put()
        else:
            self._list(table.as_list(), column, tone, depth)


def _gap(block: Block, above: Block, tone: Tone) -> float:
    """Room between two blocks."""
    match block, above:
        case (Heading(level=level), _):
            return 18.0 if level < 3 else 14.0
        case (Code() | Table(), _) | (_, Code() | Table()):
            return 10.0
        case (ItemList(), Paragraph()):
            return 5.0
    return round(tone.size_pt * 0.75, 1)
