"""What is what in some code, by Pygments; runs on a thread of its own."""

import functools
import time
from collections.abc import Iterable

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_for_filename, get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

from app.ui.markdown.source_map import utf16_units
from app.ui.markdown.spec import Piece, Row

_MOST_LINE_CHARS = 500
MOST_CHARS = 100_000
TIME_S = 0.7
# Takes seconds for what is no Makefile; text has no colours.
_LEFT_OUT = {"make", "makefile", "mf", "bsdmake", "basemake", "text", "output", "plaintext"}
_CLASSES = {
    Token.Keyword: "keyword",
    Token.Keyword.Type: "type",
    Token.Operator.Word: "keyword",
    Token.Name.Function: "name",
    Token.Name.Class: "type",
    Token.Name.Exception: "type",
    Token.Name.Builtin: "type",
    Token.Name.Decorator: "name",
    Token.Name.Tag: "keyword",
    Token.Name.Attribute: "name",
    Token.Name.Entity: "special",
    Token.Literal.String: "string",
    Token.Literal.String.Escape: "special",
    Token.Literal.String.Interpol: "special",
    Token.Literal.Number: "number",
    Token.Literal.Date: "number",
    Token.Comment: "comment",
    Token.Generic.Inserted: "string",
    Token.Generic.Deleted: "special",
    Token.Generic.Heading: "name",
    Token.Generic.Subheading: "name",
}


def rows_of(language: str, rows: list[str], *, is_whole: bool) -> list[Row]:
    """Find the colours of rows of code.

    Args:
        language: What stands behind the fence.
        rows: Without their ends.
        is_whole: They are the whole code; else each is looked at by itself.

    Returns:
        Pieces for each row; none where it takes too long or nobody knows the language.
    """
    lexer = _lexer(language.lower())
    if lexer is None or sum(map(len, rows)) > MOST_CHARS:
        return [()] * len(rows)
    deadline = time.monotonic() + TIME_S
    short = [row if len(row) <= _MOST_LINE_CHARS else "" for row in rows]
    if is_whole:
        return _lexed(lexer, short, deadline)
    return [_lexed(lexer, [row], deadline)[0] for row in short]


@functools.lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    if not language or language in _LEFT_OUT:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        found = find_lexer_class_for_filename(f"x.{language}")
        is_fit = found and not _LEFT_OUT & set(found.aliases)
        return found(stripnl=False, ensurenl=False) if found and is_fit else None


def _lexed(lexer: Lexer, rows: list[str], deadline: float) -> list[Row]:
    found: list[list[Piece]] = [[] for _ in rows]
    text = "\n".join(rows)
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row) + 1)
    number = 0
    for begin, kind, words in _tokens(lexer, text):
        if time.monotonic() > deadline:
            break
        colour = _colour(kind)
        place = begin
        for part in words.split("\n") if colour else ():
            while number + 1 < len(rows) and place >= starts[number + 1]:
                number += 1
            if part:
                before = rows[number][: place - starts[number]]
                found[number].append(Piece(utf16_units(before), utf16_units(part), colour))
            place += len(part) + 1
    return [tuple(pieces) for pieces in found]


def _tokens(lexer: Lexer, text: str) -> Iterable[tuple[int, _TokenType, str]]:
    found: Iterable[tuple[int, _TokenType, str]] = lexer.get_tokens_unprocessed(text)
    return found


@functools.cache
def _colour(kind: _TokenType) -> str:
    while kind is not None:
        if kind in _CLASSES:
            return _CLASSES[kind]
        kind = kind.parent
    return ""
