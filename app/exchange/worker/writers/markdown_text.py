"""Blocks as Markdown in which nothing can be active, and the look at Markdown that needs none."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token

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
from app.exchange.worker.writers.markdown_blocks import is_safe_link
from app.markdown.parsing import parse, parser

# What can begin something anywhere in a line, for any of the usual readers of Markdown.
# Not the opening bracket: behind a backslash it begins a formula.
_ACTIVE = re.compile(r"[\\`*_\]<{}$~|]|&(?=#?\w+;)")
# What can begin something at the beginning of a line only.
_LEADING = re.compile(r"\d{1,9}[.)]|[#+>=-]")
_FENCE = "`"


def is_harmless(text: str) -> bool:
    """Whether a model's Markdown can go into a file as it is.

    Nothing in it is HTML or a picture, no link leads anywhere but to the web or to mail, no name
    of a link is defined, and no block of code goes on behind its end.
    """
    tokens, environment = parse(_parser(), text)
    if environment.get("references"):
        return False
    if tokens and tokens[-1].type == "fence" and not _is_closed(tokens[-1], text):
        return False
    return all(_is_harmless(token) for token in _all(tokens))


def escape(text: str) -> str:
    """Words of which Markdown makes nothing; line ends become hard ones."""
    # An empty line would end the paragraph, and with it the list or quote that it is in.
    return "\\\n".join(_escaped_line(line) or "&nbsp;" for line in text.split("\n"))


def escape_label(text: str) -> str:
    """The same for the name of a picture or a link, which ends with its bracket."""
    return _closed_in(escape(text))


def markdown_lines(blocks: Iterable[Block]) -> list[str]:
    """Write blocks, an empty line between each two."""
    lines: list[str] = []
    for block in blocks:
        if lines:
            lines.append("")
        lines.extend(_lines(block))
    return lines


def quoted(lines: Iterable[str]) -> list[str]:
    """Put lines into a quote."""
    return [f"> {line}" if line else ">" for line in lines]


@cache
def _parser() -> MarkdownIt:
    return parser(is_html=True)


def _all(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def _is_harmless(token: Token) -> bool:
    if token.type == "link_open":
        return is_safe_link(str(token.attrs.get("href", "")))
    # Too deep or too long for the parser: nobody has looked at these words.
    return token.type not in ("html_block", "html_inline", "image", "words")


def _is_closed(fence: Token, text: str) -> bool:
    assert fence.map
    first, end = fence.map
    last = text.split("\n")[end - 1].strip()
    return end - first > 1 and last.startswith(fence.markup) and not last.strip(fence.markup[0])


def _escaped_line(line: str) -> str:
    """Escape one line; what it is indented by is kept."""
    words = line.strip()
    indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
    escaped = _ACTIVE.sub(lambda match: f"\\{match[0]}", words)
    if first := _LEADING.match(escaped):
        place = first.end() - 1
        escaped = f"{escaped[:place]}\\{escaped[place:]}"
    return "&nbsp;" * indent + escaped if words else ""


def _lines(block: Block) -> list[str]:
    match block:
        case Paragraph(spans=spans):
            return _inline(spans).split("\n")
        case Heading(level=level, spans=spans):
            return [f"{'#' * level} {_one_line(spans)}"]
        case Code():
            return _code(block)
        case Rule():
            return ["---"]
        case Quote(blocks=inner):
            return quoted(markdown_lines(inner)) or [">"]
        case ItemList():
            return _list(block)
        case Table():
            return _table(block)


def _code(code: Code) -> list[str]:
    """Fence it with more marks than there are in a row within it."""
    longest = max((len(run) for run in re.findall(f"{_FENCE}+", code.text)), default=0)
    fence = _FENCE * max(3, longest + 1)
    language = re.sub(r"[^\w+#.-]", "", code.language)
    return [f"{fence}{language}", *code.text.split("\n"), fence]


def _list(items: ItemList) -> list[str]:
    lines: list[str] = []
    for number, item in enumerate(items.items, start=items.first or 0):
        mark = "- " if items.first is None else f"{number}. "
        lines += _item(item, mark)
    return lines


def _item(item: Item, mark: str) -> list[str]:
    box = "" if item.is_done is None else ("[x] " if item.is_done else "[ ] ")
    first, *rest = markdown_lines(item.blocks) or [""]
    indent = " " * len(mark)
    return [f"{mark}{box}{first}", *(f"{indent}{line}" if line else "" for line in rest)]


def _table(table: Table) -> list[str]:
    rules = {"left": ":---", "center": ":---:", "right": "---:"}
    head = _row(table.head)
    return [head, _joined(rules.get(side, "---") for side in table.sides), *map(_row, table.rows)]


def _row(cells: Iterable[Spans]) -> str:
    return _joined(_one_line(map(_cell_span, cell)) for cell in cells)


def _cell_span(span: Span) -> Span:
    """What ends a cell ends it in code, too."""
    text = span.text.replace("|", "\\|") if span.is_code else span.text
    return msgspec.structs.replace(span, text=text)


def _joined(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _one_line(spans: Iterable[Span]) -> str:
    return _inline(spans).replace("\\\n", " ").replace("\n", " ")


def _inline(spans: Iterable[Span]) -> str:
    written: list[str] = []
    for words in filter(None, map(_span, spans)):
        # Before a link it would make a picture of it.
        if words.startswith("[") and written and written[-1].endswith("!"):
            written[-1] = f"{written[-1][:-1]}\\!"
        written.append(words)
    return "".join(written)


def _span(span: Span) -> str:
    if span.is_code:
        return _code_words(span.text)
    # Marks do not hold on to spaces.
    words = span.text.strip(" ")
    if not words.strip():
        return span.text
    before, _, behind = span.text.partition(words)
    marked = escape(words)
    for applies, mark in ((span.is_struck, "~~"), (span.is_emphasis, "*"), (span.is_strong, "**")):
        if applies:
            marked = f"{mark}{marked}{mark}"
    if span.link:
        marked = f"[{_closed_in(marked)}](<{span.link}>)"
    return f"{before}{marked}{behind}"


def _closed_in(escaped: str) -> str:
    return escaped.replace("[", "\\[")


def _code_words(text: str) -> str:
    longest = max((len(run) for run in re.findall(f"{_FENCE}+", text)), default=0)
    fence = _FENCE * (longest + 1)
    gap = " " if text.startswith(_FENCE) or text.endswith(_FENCE) else ""
    return f"{fence}{gap}{text}{gap}{fence}"
