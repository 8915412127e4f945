"""One HTML file with everything in it: no script, no address, nothing that is loaded."""

import base64
import html
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

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
    Span,
    Spans,
    Table,
)
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

_HEAD = """<!DOCTYPE html>
<html lang="{language}" dir="auto">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="\
default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Cierzo">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
"""


class HtmlWriter:
    """Writes chats one after the other; the first one names the file."""

    def __init__(
        self,
        file: BinaryIO,
        options: WriteOptions,
        on_turn: Callable[[], None],
        *,
        style: str,
    ) -> None:
        self._file = file
        self._options = options
        self._words = options.words
        self._on_turn = on_turn
        self._style = style
        self._has_head = False

    def add(self, chat: KeptChat) -> None:
        """Write one more chat."""
        title = title_of(chat, self._words)
        self._begin(title)
        self._put(f'<article>\n<header><h1 dir="auto">{html.escape(title)}</h1>')
        self._put(f'<p class="about">{html.escape(about(chat, self._words))}</p></header>\n')
        for turn in turns_of(chat, self._options):
            self._turn(turn)
            self._on_turn()
        self._put("</article>\n")

    def finish(self) -> None:
        """Write what ends the file."""
        self._begin(self._words.chats)
        self._put("</body>\n</html>\n")

    def _begin(self, title: str) -> None:
        if not self._has_head:
            self._put(
                _HEAD.format(
                    language=self._words.language,
                    title=html.escape(title),
                    style=self._style,
                )
            )
            self._has_head = True

    def _put(self, text: str) -> None:
        self._file.write(text.encode())

    def _turn(self, turn: Turn) -> None:
        kind = "question" if turn.is_person else "answer"
        self._put(f'<section class="{kind}">\n<h2><bdi>{html.escape(turn.speaker)}</bdi>')
        if turn.mode:
            self._put(f' <span class="mode">{html.escape(turn.mode)}</span>')
        self._put(f' <time>{html.escape(turn.when)}</time></h2>\n<div class="said">\n')
        for source, name in turn.pictures:
            picture = draw(source, name)
            if picture:
                data = base64.b64encode(picture.data).decode()
                self._put(
                    f'<figure><img alt="{html.escape(name)}" width="{picture.width_px}"'
                    f' height="{picture.height_px}"'
                    f' src="data:image/{picture.format};base64,{data}">'
                    f'<figcaption dir="auto">{html.escape(name)}</figcaption></figure>\n'
                )
            else:
                missing = html.escape(missing_picture(name, self._words))
                self._put(f'<p class="file" dir="auto">{missing}</p>\n')
        for line in turn.documents:
            self._put(f'<p class="file" dir="auto">{html.escape(line)}</p>\n')
        for passage in turn.passages:
            self._passage(passage)
        if turn.note:
            self._put(f'<p class="note">{html.escape(turn.note)}</p>\n')
        self._put("</div>\n</section>\n")

    def _passage(self, passage: Passage) -> None:
        if passage.thought:
            self._put(
                f'<details class="thought"><summary>{html.escape(passage.thought)}</summary>\n'
            )
        for piece in _html(passage.blocks(), has_line_ends=not passage.is_markdown):
            self._put(piece)
        if passage.thought:
            self._put("</details>\n")


def _html(blocks: Iterable[Block], *, has_line_ends: bool = False) -> Iterator[str]:
    """Yield the pieces of an element's content; everything foreign in them is escaped."""
    for block in blocks:
        match block:
            case Paragraph(spans=spans):
                kind = ' class="plain"' if has_line_ends else ""
                yield f'<p dir="auto"{kind}>{_inline(spans)}</p>\n'
            case Heading(level=level, spans=spans):
                # Below the chat's title and the speaker.
                name = f"h{min(level + 2, 6)}"
                yield f'<{name} dir="auto">{_inline(spans)}</{name}>\n'
            case Code():
                yield _code(block)
            case Rule():
                yield "<hr>\n"
            case Quote(blocks=inner):
                yield "<blockquote>\n"
                yield from _html(inner)
                yield "</blockquote>\n"
            case ItemList():
                yield from _list(block)
            case Table():
                yield from _table(block)


def _code(code: Code) -> str:
    language = html.escape(code.language)
    name = f'<figcaption dir="auto">{language}</figcaption>' if language else ""
    return (
        f'<figure class="code">{name}<pre dir="ltr"><code>{html.escape(code.text)}'
        "</code></pre></figure>\n"
    )


def _list(items: ItemList) -> Iterator[str]:
    name = "ul" if items.first is None else "ol"
    first = f' start="{items.first}"' if items.first not in (None, 1) else ""
    yield f"<{name}{first}>\n"
    for item in items.items:
        yield from _item(item)
    yield f"</{name}>\n"


def _item(item: Item) -> Iterator[str]:
    """A short item has no paragraph around its words."""
    if item.is_done is None:
        yield '<li dir="auto">'
    else:
        done = ("☐", "to do") if not item.is_done else ("☑", "done")
        yield f'<li dir="auto" class="task"><span class="box" title="{done[1]}">{done[0]}</span> '
    match item.blocks:
        case (Paragraph(spans=spans), *rest) if not any(isinstance(b, Paragraph) for b in rest):
            yield _inline(spans)
            yield from _html(rest)
        case blocks:
            yield from _html(blocks)
    yield "</li>\n"


def _table(table: Table) -> Iterator[str]:
    yield '<div class="table"><table>\n<thead><tr>'
    yield "".join(_cell("th", *cell) for cell in zip(table.head, table.sides, strict=True))
    yield "</tr></thead>\n<tbody>\n"
    for row in table.rows:
        cells = "".join(_cell("td", *cell) for cell in zip(row, table.sides, strict=True))
        yield f"<tr>{cells}</tr>\n"
    yield "</tbody></table></div>\n"


def _cell(name: str, spans: Spans, side: str) -> str:
    kind = f' class="{side}"' if side in ("left", "center", "right") else ""
    return f'<{name}{kind} dir="auto">{_inline(spans)}</{name}>'


def _inline(spans: Spans) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    words = html.escape(span.text).replace("\n", "<br>")
    for applies, name in (
        (span.is_code, "code"),
        (span.is_struck, "s"),
        (span.is_emphasis, "em"),
        (span.is_strong, "strong"),
    ):
        if applies:
            words = f"<{name}>{words}</{name}>"
    if span.link:
        words = f'<a rel="noreferrer noopener nofollow" href="{html.escape(span.link)}">{words}</a>'
    return words
