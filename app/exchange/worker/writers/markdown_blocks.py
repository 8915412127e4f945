"""From Markdown to blocks: the one walk through the parser's tokens, for all kinds of files."""

from collections.abc import Iterator, Sequence
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
from app.markdown.parsing import parse, parser

_SCHEMES = ("http", "https", "mailto")
_MOST_LINK_CHARS = 2000
_TASKS = {"[ ] ": False, "[x] ": True, "[X] ": True}
_STYLES = {"strong": "is_strong", "em": "is_emphasis", "s": "is_struck"}


def markdown_blocks(text: str) -> tuple[Block, ...]:
    """Parse what a model wrote."""
    tokens, _ = parse(_parser(), text)
    return tuple(_Walk(tokens).blocks())


def is_safe_link(target: str) -> bool:
    """Whether it leads to the web or to a mail program, and is what it looks like."""
    scheme, _, rest = target.partition(":")
    return (
        scheme.lower() in _SCHEMES
        and len(target) <= _MOST_LINK_CHARS
        and target.isascii()
        and target.isprintable()
        and not set(target) & set("\"'<>\\^`{|} ")
        and (rest.startswith("//") or scheme.lower() == "mailto")
    )


@cache
def _parser() -> MarkdownIt:
    return parser()


class _Walk:
    """Goes through the tokens once; their nesting is bounded by the parser."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = iter(tokens)

    def blocks(self, end: str = "") -> Iterator[Block]:
        """Yield blocks up to the token that closes what they are in."""
        for token in self._tokens:
            if token.type == end:
                return
            if block := self._block(token):
                yield block

    def _block(self, token: Token) -> Block | None:
        match token.type:
            case "paragraph_open":
                return Paragraph(self._inline("paragraph_close"))
            case "heading_open":
                return Heading(int(token.tag[1:]), self._inline("heading_close"))
            case "fence" | "code_block":
                language = token.info.split()[0] if token.info.strip() else ""
                return Code(token.content.rstrip("\n"), language[:40])
            case "hr":
                return Rule()
            case "blockquote_open":
                return Quote(tuple(self.blocks("blockquote_close")))
            case "bullet_list_open":
                return ItemList(tuple(self._items("bullet_list_close")))
            case "ordered_list_open":
                first = int(token.attrs.get("start", 1))
                return ItemList(tuple(self._items("ordered_list_close")), first=first)
            case "table_open":
                return self._table()
        return None

    def _inline(self, end: str) -> Spans:
        spans: Spans = ()
        for token in self._tokens:
            if token.type == end:
                break
            spans += _spans(token.children or ())
        return spans

    def _items(self, end: str) -> Iterator[Item]:
        for token in self._tokens:
            if token.type == end:
                return
            yield _as_task(Item(tuple(self.blocks("list_item_close"))))

    def _table(self) -> Table:
        rows: list[list[Spans]] = []
        sides: list[str] = []
        for token in self._tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                rows[-1].append(self._inline(token.type.replace("open", "close")))
                if len(rows) == 1:
                    sides.append(str(token.attrs.get("style", "")).rpartition(":")[2])
        head, *body = (tuple(row) for row in rows)
        return Table(head, tuple(body), tuple(sides))


def _as_task(item: Item) -> Item:
    """See the box that begins a task."""
    match item.blocks:
        case (Paragraph(spans=(first, *others)), *rest) if first.text[:4] in _TASKS:
            words = Paragraph((msgspec.structs.replace(first, text=first.text[4:]), *others))
            return Item((words, *rest), is_done=_TASKS[first.text[:4]])
    return item


def _spans(tokens: Sequence[Token]) -> Spans:
    """Words in their styles; what could load anything is a few words about it."""
    found: list[Span] = []
    depths = dict.fromkeys(_STYLES.values(), 0)
    link = ""
    for token in tokens:
        name, _, end = token.type.rpartition("_")
        if name in _STYLES:
            depths[_STYLES[name]] += 1 if end == "open" else -1
        elif token.type == "link_open":
            target = str(token.attrs.get("href", ""))
            link = target if is_safe_link(target) else ""
        elif token.type == "link_close":
            link = ""
        else:
            styles = {style: depth > 0 for style, depth in depths.items()}
            is_code = token.type == "code_inline"
            found.append(Span(text=_text(token), is_code=is_code, link=link, **styles))
    return tuple(span for span in found if span.text)


def _text(token: Token) -> str:
    match token.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "image":
            alt = "".join(child.content for child in token.children or ())
            return f"[picture: {alt}]" if alt.strip() else "[picture]"
        case "code_inline":
            return token.content.replace("\n", " ")
    return token.content
