"""From a unit's Markdown to lines: the walk through the parser's tokens."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

import msgspec
from markdown_it.token import Token

from app.markdown.parsing import TEX
from app.ui.markdown.cleaning import clean, language_of
from app.ui.markdown.inline import Places, plain_runs, runs_of, tex_of
from app.ui.markdown.parser import tokens_of
from app.ui.markdown.spec import MARKER, CharStyle, Flat, Line, LineStyle, Panel, Run
from app.ui.markdown.units import Kind, Unit

# What lies deeper is not moved any further: a narrow window would have no room for words.
_MOST_STEPS = 8
_BULLETS = ("•", "–", "▪")
_TASKS = {"[ ] ": False, "[x] ": True, "[X] ": True}
_SIGN = re.compile(r"\d{1,9}[.)]|[-+*]")


def flat(unit: Unit, references: MutableMapping[str, Any]) -> tuple[Flat, dict[str, Any]]:
    """Parse a unit; with it the addresses that it names for links."""
    source = unit.text().replace("\0", "\ufffd")  # as the parser does
    tokens, named = tokens_of(source, references)
    walk = _Walk(tokens, source, unit)
    lines = tuple(walk.blocks())
    return Flat(lines, tuple(walk.panels)), named


class _Walk:
    """Goes through the tokens once; their nesting is bounded by the parser."""

    def __init__(self, tokens: list[Token], source: str, unit: Unit) -> None:
        self.panels: list[Panel] = []
        self._tokens = iter(tokens)
        self._source = source
        self._unit = unit
        self._lines = [0]
        for line in source.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._depth = 0
        self._bars: tuple[int, ...] = ()
        self._lists = 0
        self._marker: Run | None = None  # of the item whose first line comes next
        self._gap = "unit"
        self._number = unit.number

    def blocks(self, end: str = "") -> Iterator[Line]:
        """Yield lines up to the token that closes what they are in."""
        for token in self._tokens:
            if token.type == end:
                return
            yield from self._block(token)

    def _block(self, token: Token) -> Iterator[Line]:
        match token.type:
            case "paragraph_open":
                yield from self._paragraph("paragraph_close", is_tight=token.hidden)
            case "heading_open":
                yield from self._paragraph("heading_close", heading=int(token.tag[1:]))
            case "fence" | "code_block":
                yield from self._code(token)
            case "hr":
                # Qt gives an empty paragraph behind a table no height.
                place = self._lines[(token.map or [0])[0]]
                yield self._line((Run("\u00a0", at=place, is_literal=False),), is_rule=True)
            case "blockquote_open":
                yield from self._quote()
            case "bullet_list_open" | "ordered_list_open":
                yield from self._list(token)
            case "table_open":
                yield from self._table()

    def _line(self, runs: tuple[Run, ...], **style: Any) -> Line:  # noqa: ANN401
        gap, self._gap = self._gap, "block"
        marker, self._marker = self._marker, None
        if marker:
            runs = (marker, Run("\t", MARKER, marker.at + len(marker.text), False), *runs)
        return Line(
            LineStyle(
                depth=min(self._depth, _MOST_STEPS),
                bars=tuple(bar for bar in self._bars if bar < _MOST_STEPS),
                gap=gap,
                marker_chars=len(marker.text) if marker else 0,
                **style,
            ),
            runs,
        )

    def _paragraph(self, end: str, *, heading: int = 0, is_tight: bool = False) -> Iterator[Line]:
        runs: tuple[Run, ...] = ()
        for token in self._tokens:
            if token.type == end:
                break
            runs += self._inline(token)
        if heading and self._gap == "block":
            self._gap = "heading"
        if self._marker:
            runs = self._as_task(runs)
        elif is_tight and self._gap == "block":
            self._gap = "item"
        yield self._line(runs, heading=heading)

    def _inline(self, token: Token) -> tuple[Run, ...]:
        places = Places.of_lines(self._source, self._lines, token)
        if token.type == "words":  # too long or too deep for the parser
            return plain_runs(token.content.replace("\n", " "), places.of(0))
        return runs_of(token, places)

    def _as_task(self, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        """See the box that begins a task, in the place of the item's sign."""
        if not runs or runs[0].text[:4] not in _TASKS or runs[0].style.is_code:
            return runs
        first = runs[0]
        is_done = _TASKS[first.text[:4]]
        words = "☑" if is_done else "☐"
        self._marker = Run(words, CharStyle(is_marker=True, task=is_done), first.at, False)
        rest = Run(first.text[4:], first.style, first.at + 4)
        return (rest, *runs[1:]) if rest.text else runs[1:]

    def _quote(self) -> Iterator[Line]:
        if self._marker:
            yield self._line(())
        before = self._bars, self._depth
        self._bars = (*self._bars, self._depth)
        self._depth += 1
        yield from self.blocks("blockquote_close")
        self._bars, self._depth = before

    def _list(self, token: Token) -> Iterator[Line]:
        is_item = self._unit.kind is Kind.ITEM and self._lists == 0 and not self._bars
        number = int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None
        if is_item and number is not None and self._number is not None:
            number, self._number = self._number, self._number + 1
        end = token.type.replace("open", "close")
        if self._marker:
            yield self._line(())
        self._depth += 1
        self._lists += 1
        is_first = True
        for item in self._tokens:
            if item.type == end:
                break
            yield from self._item(item, number, is_first=is_first, is_unit=is_item)
            number = None if number is None else number + 1
            is_first = is_item = False
        self._depth -= 1
        self._lists -= 1

    def _item(
        self, token: Token, number: int | None, *, is_first: bool, is_unit: bool
    ) -> Iterator[Line]:
        words = _BULLETS[(self._lists - 1) % len(_BULLETS)] if number is None else f"{number}."
        line = (token.map or [0])[0]
        begin, end = self._lines[line], self._lines[line + 1]
        sign = _SIGN.search(self._source, begin, end)
        if self._gap == "block" and not is_first:
            self._gap = "item" if self._is_tight_before(line) else "block"
        elif self._gap == "block" and self._lists > 1:
            self._gap = "item"
        if is_unit and self._gap == "unit" and not self._unit.is_first:
            self._gap = "block" if self._unit.is_loose else "item"
        self._marker = Run(words, MARKER, sign.start() if sign else begin, is_literal=False)
        yield from self.blocks("list_item_close")
        if self._marker:
            yield self._line(())

    def _is_tight_before(self, line: int) -> bool:
        return line > 0 and bool(self._source[self._lines[line - 1] : self._lines[line]].strip())

    def _code(self, token: Token) -> Iterator[Line]:
        if token.info == TEX:
            yield self._formula(token)
            return
        if self._marker:
            yield self._line(())
        number = len(self.panels) + 1
        text = token.content.removesuffix("\n")
        self.panels.append(Panel(number, language_of(token.info), text))
        rows = text.split("\n")
        line = (token.map or [0])[0] + (token.type == "fence")
        for row, words in enumerate(rows):
            begin = self._lines[min(line + row, len(self._lines) - 1)]
            place = self._source.find(words, begin) if words else begin
            run = Run(clean(words, is_code=True), CharStyle(is_code=True), max(place, begin))
            if row:
                self._gap = "none"
            yield self._line(
                (run,) if words else (),
                panel=number,
                is_panel_first=row == 0,
                is_panel_last=row == len(rows) - 1,
            )

    def _formula(self, token: Token) -> Line:
        tex, _ = tex_of(token.content)
        place = self._source.find(token.content[:2], self._lines[(token.map or [0])[0]])
        words = clean(" ".join(token.content.split()), is_code=True)
        style = CharStyle(is_code=True, formula=tex, is_display=True)
        return self._line((Run(words, style, max(place, 0), False),), is_display=True)

    def _table(self) -> Iterator[Line]:
        """A table inside a list or a quote: its rows as lines."""
        row: tuple[Run, ...] = ()
        is_head = True
        for token in self._tokens:
            if token.type == "table_close":
                return
            if token.type == "inline" or token.type == "words":
                words = self._inline(token)
                if row and words:
                    row += (Run("  |  ", CharStyle(is_quiet=True), words[0].at, False),)
                row += words
            elif token.type == "tr_close":
                yield self._line(_strong(row) if is_head else row)
                self._gap, row, is_head = "item", (), False


def _strong(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    return tuple(
        msgspec.structs.replace(run, style=msgspec.structs.replace(run.style, is_strong=True))
        for run in runs
    )
