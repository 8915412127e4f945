"""The elements of a document's body: paragraphs and runs, every word in them escaped."""

from collections.abc import Iterable
from html import escape

import msgspec

from app.exchange.worker.writers.blocks import Span
from app.exchange.worker.writers.words import is_right_to_left


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How a paragraph looks beside its style.

    Attributes:
        style: Id of a style in `styles.xml`; empty is the plain one.
        left: Indent in twentieths of a point; None leaves it to the style.
        hanging: How far the first line begins before the others.
        number: Id of a list, and the level in it.
        side: ``center`` or ``right``; empty else.
    """

    style: str = ""
    left: int | None = None
    hanging: int = 0
    number: tuple[int, int] | None = None
    side: str = ""
    is_kept_with_next: bool = False


def paragraph(runs: str, look: Look, words: str) -> str:
    """A paragraph of runs; `words` decide where it begins, at the left or at the right."""
    properties = [f'<w:pStyle w:val="{look.style}"/>'] if look.style else []
    if look.is_kept_with_next:
        properties.append("<w:keepNext/>")
    if look.number:
        number, level = look.number
        properties.append(
            f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
        )
    if is_right_to_left(words):
        properties.append("<w:bidi/>")
    if look.left is not None:
        hanging = f' w:hanging="{look.hanging}"' if look.hanging else ""
        properties.append(f'<w:ind w:left="{look.left}"{hanging}/>')
    if look.side in ("center", "right"):
        properties.append(f'<w:jc w:val="{look.side}"/>')
    head = f"<w:pPr>{''.join(properties)}</w:pPr>" if properties else ""
    return f"<w:p>{head}{runs}</w:p>"


def run(text: str, *, style: str = "", properties: Iterable[str] = ()) -> str:
    """Words in one style, their tabs and line ends as the format wants them."""
    names = [f'<w:rStyle w:val="{style}"/>'] if style else []
    names += properties
    if is_right_to_left(text):
        names.append("<w:rtl/>")
    head = f"<w:rPr>{''.join(names)}</w:rPr>" if names else ""
    lines = ("<w:tab/>".join(map(_words, line.split("\t"))) for line in text.split("\n"))
    return f"<w:r>{head}{'<w:br/>'.join(lines)}</w:r>"


def span_run(span: Span) -> str:
    """Words with what stands out in them."""
    properties = []
    if span.is_strong:
        properties.append("<w:b/><w:bCs/>")
    if span.is_emphasis:
        properties.append("<w:i/><w:iCs/>")
    if span.is_struck:
        properties.append("<w:strike/>")
    style = "CodeWords" if span.is_code else ("Hyperlink" if span.link else "")
    return run(span.text, style=style, properties=properties)


def hyperlink(relationship: str, runs: str) -> str:
    """Runs that lead to the target of a relationship."""
    return f'<w:hyperlink r:id="{relationship}" w:history="1">{runs}</w:hyperlink>'


def _words(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>' if text else ""
