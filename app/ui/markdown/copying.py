"""Selected words of an answer as plain text, with lists, cells and formulas as one types them."""

from PySide6.QtGui import QTextBlock, QTextCursor, QTextTable

from app.ui.markdown.look import DEPTH, IS_RULE, MARKER_CHARS, SOURCE

_OBJECT = "\ufffc"


def plain_selection(cursor: QTextCursor) -> str:
    """Return what is selected, without a font or an address."""
    document, begin, end = cursor.document(), cursor.selectionStart(), cursor.selectionEnd()
    if begin == end:
        return ""
    block = document.findBlock(begin)
    words: list[str] = []
    while block.isValid() and block.position() <= end:
        if words:
            words.append(_between(block.previous(), block))
        words.append(_words(block, begin, end))
        block = block.next()
    return "".join(words)


def _words(block: QTextBlock, begin: int, end: int) -> str:
    first = max(begin - block.position(), 0)
    last = min(end - block.position(), block.length() - 1)
    text = block.text()
    if not text.isascii():
        text = _units(text)
    shown = text[first:last]
    if _OBJECT in shown:
        shown = "".join(
            _source(block, first + n) if c == _OBJECT else c for n, c in enumerate(shown)
        )
    form = block.blockFormat()
    if form.hasProperty(IS_RULE):
        return "———"
    if form.hasProperty(MARKER_CHARS) and first == 0:
        indent = "  " * max(0, form.intProperty(DEPTH) - 1)
        shown = indent + shown.replace("\t", " ", 1)
    joined = shown.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\u2028", "\n")


def _units(text: str) -> str:
    """The same with a sign for each half of what Qt counts as two."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(int.from_bytes(raw[i : i + 2], "little")) for i in range(0, len(raw), 2))


def _source(block: QTextBlock, place: int) -> str:
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + place + 1)
    return cursor.charFormat().stringProperty(SOURCE)


def _between(before: QTextBlock, block: QTextBlock) -> str:
    """What separates two paragraphs: a tab between cells of a row, else the end of a line."""
    table: QTextTable | None = QTextCursor(block).currentTable()
    if table is None:
        return "" if _is_edge(block) else "\n"
    if QTextCursor(before).currentTable() is not table:
        return "" if not before.text() else "\n"
    rows = table.cellAt(before.position()).row(), table.cellAt(block.position()).row()
    return "\t" if rows[0] == rows[1] else "\n"


def _is_edge(block: QTextBlock) -> bool:
    """Whether it is the empty paragraph that Qt keeps behind a table at the end."""
    return block.length() == 1 and not block.next().isValid()
