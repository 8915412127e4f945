"""What a document shows, as plain values that can be compared."""

from PySide6.QtGui import QTextBlock, QTextCharFormat

from app.ui.markdown.look import BARS, DEPTH, IS_RULE, MARKER_CHARS, PANEL
from app.ui.markdown.text import MarkdownText


def markdown_text(source: str = "", width: int = 700) -> MarkdownText:
    """Show an answer that is finished."""
    text = MarkdownText()
    text.resize(width, 400)
    text.replace_text(source)
    drain(text)
    text.size_for(width)
    return text


def drain(text: MarkdownText) -> None:
    """Draw everything that waits."""
    while text._work():
        pass


def blocks(text: MarkdownText) -> list[QTextBlock]:
    found, block = [], text.document().begin()
    while block.isValid():
        found.append(block)
        block = block.next()
    return found


def dump(text: MarkdownText) -> list[tuple[object, ...]]:
    """All paragraphs: how they stand, and their words in their formats."""
    return [(block.text(), _standing(block), tuple(_pieces(block))) for block in blocks(text)]


def pieces_of(text: MarkdownText, words: str) -> QTextCharFormat:
    """The format that these words are drawn in."""
    cursor = text.document().find(words)
    assert not cursor.isNull(), words
    return cursor.charFormat()


def _standing(block: QTextBlock) -> tuple[object, ...]:
    form = block.blockFormat()
    return (
        form.topMargin(),
        form.bottomMargin(),
        form.leftMargin(),
        form.textIndent(),
        form.headingLevel(),
        form.alignment(),
        *(form.property(name) for name in (DEPTH, BARS, PANEL, MARKER_CHARS, IS_RULE)),
    )


def _pieces(block: QTextBlock) -> list[tuple[object, ...]]:
    found, pieces = [], block.begin()
    while not pieces.atEnd():
        form = pieces.fragment().charFormat()
        found.append(
            (
                pieces.fragment().text(),
                form.fontWeight(),
                form.fontItalic(),
                form.fontStrikeOut(),
                form.fontPointSize(),
                form.anchorHref(),
                form.foreground().color().name(),
                form.background().color().name(),
            )
        )
        pieces += 1
    return found
