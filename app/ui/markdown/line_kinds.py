"""What a line of Markdown can begin: the few rules of CommonMark that decide where blocks end."""

import re

import msgspec

_FENCE = re.compile(r"( *)(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)$", re.DOTALL)
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_QUOTE = re.compile(r" {0,3}>")
_MARKER = re.compile(r"( *)([-+*]|(\d{1,9})([.)]))( +|\t|$)(.*)$", re.DOTALL)
_TEX = re.compile(r" {0,3}(\$\$|\\\[)")
_TEX_ENDS = {"$$": "$$", "\\[": "\\]"}
_DELIMITERS = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?$")
_INDENTED = 4


class Fence(msgspec.Struct, frozen=True):
    """The line that begins a block of code."""

    indent: int
    marks: str
    info: str


class Marker(msgspec.Struct, frozen=True):
    """The line that begins an item of a list.

    Attributes:
        family: Items of one list have the same.
        content: Column that the item's words begin at.
    """

    indent: int
    family: str
    number: int | None
    content: int
    words: str


def indent_of(line: str) -> int:
    """Columns before the first sign; a tab goes to the next fourth."""
    column = 0
    for sign in line:
        if sign == " ":
            column += 1
        elif sign == "\t":
            column += 4 - column % 4
        else:
            break
    return column


def is_indented(line: str) -> bool:
    """Whether it is code by its place alone."""
    return line[:1] in " \t" and indent_of(line) >= _INDENTED


def fence(line: str) -> Fence | None:
    """Whether it begins code, at any depth."""
    found = _FENCE.match(line)
    return Fence(len(found[1]), found[2], found[3].strip()) if found else None


def closes(opened: Fence, line: str) -> bool:
    """Whether it ends that code."""
    words = line.strip()
    return (
        len(words) >= len(opened.marks)
        and not words.strip(opened.marks[0])
        and indent_of(line) < opened.indent + _INDENTED
    )


def marker(line: str) -> Marker | None:
    """Whether it begins an item, at any depth."""
    found = _MARKER.match(line)
    if not found:
        return None
    indent, words = len(found[1]), found[6]
    gap = len(found[5].expandtabs(4)) if words.strip() else 1
    gap = gap if gap <= _INDENTED else 1
    return Marker(
        indent=indent,
        family=found[4] or found[2],
        number=int(found[3]) if found[3] else None,
        content=indent + len(found[2]) + gap,
        words=words,
    )


def is_heading(line: str) -> bool:
    """Whether it is a heading by its signs."""
    return _HEADING.match(line) is not None


def is_rule(line: str) -> bool:
    """Whether it is a line across the page."""
    return _RULE.match(line) is not None


def is_underline(line: str) -> bool:
    """Whether it makes a heading of the paragraph before."""
    return _UNDERLINE.match(line) is not None


def is_quote(line: str) -> bool:
    """Whether it is quoted."""
    return _QUOTE.match(line) is not None


def tex_end(line: str) -> str:
    """What ends the formula that the line begins; empty where it begins none."""
    found = _TEX.match(line)
    return _TEX_ENDS[found[1]] if found else ""


def closes_tex(end: str, line: str, *, is_first: bool) -> bool:
    """Whether the formula ends with this line."""
    words = line.strip()
    return words.endswith(end) and (not is_first or len(words) > len(end) * 2)


def columns(head: str, delimiters: str) -> int:
    """How many columns the table has that these two lines begin; 0 where they begin none."""
    if "|" not in head or not _DELIMITERS.match(delimiters) or is_indented(head):
        return 0
    found = len(cells(head))
    return found if found == len(cells(delimiters)) else 0


def cells(row: str) -> list[str]:
    """The cells of a row, as they are written."""
    parts = re.split(r"(?<!\\)\|", row.strip())
    if parts and not parts[0].strip():
        del parts[0]
    if parts and not parts[-1].strip():
        del parts[-1]
    return [part.strip() for part in parts]
