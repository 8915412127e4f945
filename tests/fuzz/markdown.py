"""Answers: any text, however it arrives."""

import functools
import itertools

from markdown_it import MarkdownIt

from app.exchange.worker.writers.markdown_blocks import is_safe_link, markdown_blocks
from app.exchange.worker.writers.markdown_text import markdown_lines
from app.markdown.parsing import parse, parser
from app.ui.markdown.flat import flat
from app.ui.markdown.spec import Run
from app.ui.markdown.units import Kind, Splitter, Unit
from tests.fuzz.target import Target


def _cuts(text: str, first: int) -> list[str]:
    """The text in pieces of 1, 2, 3 … characters, beginning somewhere in that row."""
    pieces, at = [], 0
    for number in itertools.count(first):
        if at >= len(text):
            return pieces
        size = 1 + number % 9
        pieces.append(text[at : at + size])
        at += size
    raise AssertionError


def _units_of(pieces: list[str]) -> list[Unit]:
    splitter = Splitter()
    for piece in pieces:
        splitter.feed(piece)
        splitter.peek()
    return splitter.peek().units


def _units(data: bytes) -> None:
    text = data[1:].decode("utf-8", "replace").replace("\r", "")
    whole = _units_of([text])
    assert _units_of(_cuts(text, data[0] if data else 0)) == whole
    end = 0
    for unit in whole:
        assert not text[end : unit.start].strip(), "nothing is left out"
        assert unit.text() == text[unit.start : unit.end()]
        end = unit.end()
        if unit.kind in (Kind.FLAT, Kind.ITEM):
            made, _ = flat(unit, {})
            for run in (run for line in made.lines for run in line.runs):
                assert "\n" not in run.text
                # Where lines are indented, a piece may leave that out.
                is_plain = len(unit.lines) == 1 and "\t" not in unit.text()
                assert not run.is_literal or not is_plain or _stands_there(run, unit)
    assert not text[end:].strip()


def _stands_there(run: Run, unit: Unit) -> bool:
    """Whether each sign of a piece is the one at its place of the source, or stands for it."""
    there = unit.text()[run.at : run.at + len(run.text)]
    return len(there) == len(run.text) and all(
        shown == sign or shown in " \u2028\u2060\ufffd"
        for shown, sign in zip(run.text, there, strict=True)
    )


@functools.cache
def _simple_reader() -> MarkdownIt:
    return parser(is_html=True)


def _export(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    blocks = markdown_blocks(text)
    written = "\n".join(markdown_lines(blocks))
    tokens, named = parse(_simple_reader(), written)
    assert not named.get("references")
    for token in (one for outer in tokens for one in (outer, *(outer.children or ()))):
        assert token.type not in ("html_block", "html_inline", "image")
        assert token.type != "link_open" or is_safe_link(str(token.attrs["href"]))


def _drawing(data: bytes) -> None:
    from PySide6.QtWidgets import QApplication

    from app.ui.markdown.text import MarkdownText
    from tests.helpers.drawn import drain, dump, markdown_text

    application = QApplication.instance() or QApplication([])
    text = data[1:].decode("utf-8", "replace")
    pieces = MarkdownText()
    pieces.resize(700, 400)
    for piece in _cuts(text, data[0] if data else 0):
        pieces.append_text(piece)
        pieces.size_for(700)
    pieces.settle()
    drain(pieces)
    pieces.size_for(700)
    whole = markdown_text(text)
    assert dump(pieces) == dump(whole)
    assert [v.start for v in pieces._drawing.views] == [v.start for v in whole._drawing.views]
    places = [pieces._position(at) for at in range(len(text))]
    assert places == [whole._position(at) for at in range(len(text))]
    assert places == sorted(places)
    for made in (pieces, whole):
        made.close()
        made.deleteLater()
    application.sendPostedEvents(None, 0)


_WORDS = (
    *(b"# ", b"\n", b"\n\n", b"---\n", b"===\n", b"***", b"- ", b"  - ", b"1. ", b"2) ", b"- [x] "),
    *(
        b"> ",
        b">\n",
        b"```",
        b"```py\n",
        b"~~~\n",
        b"    ",
        b"\t",
        b"|",
        b"|---|:-:|\n",
        b"| a | b |\n",
    ),
    *(
        b"$$\n",
        b"$x$",
        b"\\[",
        b"\\]",
        b"\\(",
        b"\\)",
        b"[a]",
        b"[a]: http://example.org\n",
        b"![p](x)",
    ),
    *(
        b"[b](http://b.org)",
        b"<http://c.org>",
        b"&amp;",
        b"&#0;",
        b"\\*",
        b"\\|",
        b"*",
        b"_",
        b"~~",
    ),
    *(b"`", b"``", b"<b>", b"<!--", b"\0", b"\xf0\x9f\x99\x82", b"e\xcc\x81", b"\xe2\x80\xae"),
    *(b"\xe2\x80\xa8", b"\xc2\x85", b"\x0c", b"\x0b", b"\r\n", b"\r", b"\xef\xbf\xbe", b" "),
)
TARGETS = (
    Target(
        name="markdown_units",
        promise="any cut of any answer gives the same units, and no word is lost",
        fuzz_one=_units,
        words=_WORDS,
    ),
    Target(
        name="markdown_export",
        promise="any answer becomes blocks, and Markdown in which nothing is active",
        fuzz_one=_export,
        words=_WORDS,
    ),
    Target(
        name="markdown_drawing",
        promise="any cut of any answer gives the document that it gives at once",
        fuzz_one=_drawing,
        words=_WORDS,
        needs_screen=True,
        examples=15,
    ),
)
