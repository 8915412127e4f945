"""Cuts an answer into units while it is written: what is finished never changes again.

Only the last unit is open. The cuts depend on the text alone and never on how it arrived, and
each unit is bounded, so that no single one can hold up the window.
"""

import copy
import enum

import msgspec

from app.ui.markdown import line_kinds

# No paragraph of a model comes near; beyond, its marks would take time with their square.
MOST_INLINE_CHARS = 6000
MOST_COLUMNS = 50
_MOST_UNIT_CHARS = 16_000
_MOST_UNIT_LINES = 400
_MOST_TEX_CHARS = 2000
_MOST_NESTED_CODE_CHARS = 100_000


class Kind(enum.Enum):
    """What a unit is."""

    FLAT = enum.auto()  # paragraph, heading, quote, rule, formula: the parser says which
    ITEM = enum.auto()
    CODE = enum.auto()
    TABLE = enum.auto()
    PLAIN = enum.auto()  # too much of something for Markdown: words as they are


class Unit(msgspec.Struct):
    """A part of the answer that is drawn by itself.

    Attributes:
        start: Where it begins in the answer.
        lines: Its text, with the ends of lines.
        number: Of an item in an ordered list.
        is_loose: An empty line stands before an item that is not its list's first.
        fence: What opened the code; None where its place alone makes it code.
    """

    kind: Kind
    start: int
    lines: list[str]
    chars: int = 0
    is_closed: bool = False
    number: int | None = None
    is_first: bool = True
    is_loose: bool = False
    fence: line_kinds.Fence | None = None

    def text(self) -> str:
        """Return the source."""
        return "".join(self.lines)

    def end(self) -> int:
        """Where it ends in the answer."""
        return self.start + self.chars


class Splitter:
    """Reads lines; `units` grows.

    Attributes:
        units: All so far; those before `first_open` never change again.
    """

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.first_open = 0
        self._at = 0  # in the answer: where the next line begins
        self._rest = ""
        self._open: Unit | None = None
        self._tex_end = ""
        self._is_quote = False
        self._marker: line_kinds.Marker | None = None
        self._inner: line_kinds.Fence | None = None  # code inside an item
        self._plain_chars = 0  # of what counts towards an item's limit
        self._is_after_blank = False

    def feed(self, text: str) -> None:
        """Read more; what follows the last end of a line waits for its own."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._read(f"{line}\n")

    def peek(self) -> "Splitter":
        """The same, as if the text ended here."""
        if not self._rest:
            return self
        other = copy.copy(self)
        # Only what is open can be touched by the last line.
        other.units = self.units[:]
        if self._open:
            other._open = other.units[-1] = copy.copy(self._open)
            other._open.lines = self._open.lines[:]
        other._read(self._rest)
        other._rest = ""
        return other

    def rest(self) -> str:
        """The last line, which has no end yet."""
        return self._rest

    def read(self) -> int:
        """How much of the answer was read."""
        return self._at + len(self._rest)

    def _read(self, line: str) -> None:
        words = line.rstrip("\n")
        if not self._continue(line, words):
            self._begin(line, words)
        self._at += len(line)
        self._is_after_blank = not words.strip()
        self.first_open = len(self.units) - (self._open is not None)

    def _continue(self, line: str, words: str) -> bool:
        """Whether the line belongs to the open unit."""
        unit = self._open
        if unit is None:
            return not words.strip()
        match unit.kind:
            case Kind.CODE:
                return self._continue_code(unit, line, words)
            case Kind.ITEM:
                return self._continue_item(unit, line, words)
        if not words.strip():
            self._close()
            return True
        if unit.kind is Kind.FLAT:
            return self._continue_flat(unit, line, words)
        if unit.kind is Kind.TABLE and (_interrupts(words) or line_kinds.is_indented(words)):
            self._close()
            return False
        if len(words) > MOST_INLINE_CHARS and unit.kind is Kind.TABLE:
            self._close()
            return False
        self._add(unit, line)
        return True

    def _continue_code(self, unit: Unit, line: str, words: str) -> bool:
        if unit.fence is None:
            if words.strip() and not line_kinds.is_indented(words):
                self._close()
                return False
            self._add(unit, line)
            return True
        self._add(unit, line)
        if line_kinds.closes(unit.fence, words):
            self._close()
        return True

    def _continue_item(self, unit: Unit, line: str, words: str) -> bool:
        assert self._marker
        if self._is_full(unit, words):
            self._close()
            return False
        if not words.strip():
            self._add(unit, line)
            return True
        indent = line_kinds.indent_of(words)
        is_inside = indent >= self._marker.content
        is_lazy = (
            not self._inner
            and not self._is_after_blank
            and not _begins_block(words)
            and not line_kinds.marker(words)
        )
        if not is_inside and not is_lazy:
            self._close()
            return False
        self._add(unit, line)
        if self._inner:
            if line_kinds.closes(self._inner, words):
                self._inner = None
        else:
            self._plain_chars += len(line)
            self._inner = line_kinds.fence(words)
        return True

    def _is_full(self, unit: Unit, words: str) -> bool:
        if self._inner:
            return unit.chars > _MOST_NESTED_CODE_CHARS
        return (
            self._plain_chars + len(words) > _MOST_UNIT_CHARS
            or len(unit.lines) > _MOST_UNIT_LINES
            or len(words) > MOST_INLINE_CHARS
        )

    def _continue_flat(self, unit: Unit, line: str, words: str) -> bool:
        if self._tex_end:
            return self._continue_tex(unit, line, words)
        is_too_long = unit.chars + len(words) > MOST_INLINE_CHARS
        is_lazy = not _interrupts(words) and not line_kinds.tex_end(words)
        if self._is_quote:
            if is_too_long or not (line_kinds.is_quote(words) or is_lazy):
                self._close()
                return False
            self._add(unit, line)
            return True
        if line_kinds.is_underline(words) and not is_too_long:
            self._add(unit, line)
            if not line_kinds.columns(unit.lines[-2], words):
                self._close()
                return True
            self._make_table(unit)
            return True
        if is_too_long or not is_lazy:
            self._close()
            return False
        self._add(unit, line)
        if line_kinds.columns(unit.lines[-2].rstrip("\n"), words):
            self._make_table(unit)
        return True

    def _continue_tex(self, unit: Unit, line: str, words: str) -> bool:
        if line_kinds.fence(words) or unit.chars + len(words) > _MOST_TEX_CHARS:
            self._tex_end = ""
            self._close()
            return False
        self._add(unit, line)
        if line_kinds.closes_tex(self._tex_end, words, is_first=False):
            self._close()
        return True

    def _make_table(self, unit: Unit) -> None:
        """The last two lines of a paragraph are a table's first."""
        head, delimiters = unit.lines[-2], unit.lines[-1]
        before = unit.lines[:-2]
        count = line_kinds.columns(head.rstrip("\n"), delimiters.rstrip("\n"))
        kind = Kind.TABLE if count <= MOST_COLUMNS else Kind.PLAIN
        start = unit.end() - len(head) - len(delimiters)
        if before:
            unit.lines = before
            unit.chars = start - unit.start
            self._close()
        else:
            self.units.pop()
        made = self._start(kind, start)
        made.lines, made.chars = [head, delimiters], len(head) + len(delimiters)

    def _begin(self, line: str, words: str) -> None:
        """Begin the unit that the line is the first of."""
        marker = line_kinds.marker(words)
        fence = line_kinds.fence(words)
        if line_kinds.is_indented(words):
            self._add(self._start(Kind.CODE), line)
        elif fence and fence.indent < 4:
            unit = self._start(Kind.CODE)
            unit.fence = fence
            self._add(unit, line)
        elif len(words) > MOST_INLINE_CHARS:
            self._add(self._start(Kind.PLAIN), line)
        elif line_kinds.is_heading(words) or line_kinds.is_rule(words):
            self._add(self._start(Kind.FLAT), line)
            self._close()
        elif marker and marker.indent < 4:
            self._begin_item(marker, line)
        else:
            self._begin_flat(line, words)

    def _begin_item(self, marker: line_kinds.Marker, line: str) -> None:
        before = self.units[-1] if self.units else None
        is_next = (
            before is not None
            and before.kind is Kind.ITEM
            and self._marker is not None
            and self._marker.family == marker.family
        )
        unit = self._start(Kind.ITEM)
        unit.number = marker.number
        if is_next and before:
            unit.is_first = False
            unit.is_loose = self._is_after_blank
            unit.number = None if before.number is None else before.number + 1
        self._marker = marker
        self._plain_chars = len(line)
        self._inner = line_kinds.fence(marker.words)
        self._add(unit, line)

    def _begin_flat(self, line: str, words: str) -> None:
        unit = self._start(Kind.FLAT)
        self._is_quote = line_kinds.is_quote(words)
        self._tex_end = line_kinds.tex_end(words)
        self._add(unit, line)
        if self._tex_end and line_kinds.closes_tex(self._tex_end, words, is_first=True):
            self._close()

    def _start(self, kind: Kind, start: int | None = None) -> Unit:
        unit = Unit(kind, self._at if start is None else start, [])
        self._is_quote, self._tex_end = False, ""
        self._open = unit
        self.units.append(unit)
        return unit

    def _add(self, unit: Unit, line: str) -> None:
        unit.lines.append(line)
        unit.chars += len(line)

    def _close(self) -> None:
        if self._open:
            self._open.is_closed = True
        self._open = None
        self._tex_end = ""


def _begins_block(words: str) -> bool:
    fence = line_kinds.fence(words)
    return (
        (fence is not None and fence.indent < 4)
        or line_kinds.is_heading(words)
        or line_kinds.is_rule(words)
        or line_kinds.is_quote(words)
    )


def _interrupts(words: str) -> bool:
    """Whether a line ends the paragraph before it."""
    if _begins_block(words):
        return True
    marker = line_kinds.marker(words)
    return (
        marker is not None
        and marker.indent < 4
        and bool(marker.words.strip())
        and marker.number in (None, 1)
    )
