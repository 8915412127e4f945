"""Odd and hostile answers: nothing is loaded, and the window never waits long for any of them."""

import time

import pytest
from PySide6.QtGui import QTextDocument

from app.ui.markdown import lexing
from app.ui.markdown.extras import CodeHeader
from app.ui.markdown.text import MarkdownText
from app.ui.plain_text import SafeDocument
from tests.helpers.drawn import drain
from tests.helpers.markdown_monsters import LANGUAGES, MONSTERS, TEXTS
from tests.helpers.rich_answers import HOSTILE, RICH

pytestmark = pytest.mark.usefixtures("_dressed")

# What one turn of the event loop may take on this machine, in processor time of the GUI thread.
MOST_S = 0.1
WIDTH = 700


def longest_turn(text: MarkdownText, source: str) -> float:
    """Processor time of the longest of the steps that the event loop would take, in s."""
    begin = time.thread_time()
    text.append_text(source)
    text.size_for(WIDTH)
    longest, waits = time.thread_time() - begin, True
    while waits:
        begin = time.thread_time()
        waits = text._work()
        text.size_for(WIDTH)
        longest = max(longest, time.thread_time() - begin)
    return longest


@pytest.mark.parametrize("name", MONSTERS)
def test_no_turn_of_the_event_loop_is_long(name):
    text = MarkdownText()
    text.resize(WIDTH, 400)
    text.append_text("Warm up: `x`\n\n| a |\n|---|\n| b |\n\n")
    text.size_for(WIDTH)
    took = longest_turn(text, MONSTERS[name])
    begin = time.thread_time()
    text.settle()
    drain_s = time.thread_time() - begin
    assert took < MOST_S
    assert drain_s < MOST_S
    drain(text)
    assert text.toPlainText()


@pytest.mark.parametrize(
    "source", [HOSTILE, RICH, *MONSTERS.values()], ids=["hostile", "rich", *MONSTERS]
)
def test_nothing_is_asked_for(source, monkeypatch):
    asked = []
    monkeypatch.setattr(
        SafeDocument, "loadResource", lambda self, kind, name: asked.append((kind, name))
    )
    text = MarkdownText()
    text.resize(WIDTH, 400)
    text.append_text(source[:30_000])
    drain(text)
    text.size_for(WIDTH)
    text.grab()
    assert asked == []
    assert isinstance(text.document(), QTextDocument)


def test_only_the_web_and_mail_are_linked():
    text = MarkdownText()
    for target in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//evil.org/x",
        "data:text/html,x",
        "http://user:word@evil.org/",
        "http://",
        "vbscript:x",
        "qrc:/x",
        "cierzo:x",
        "smb://evil/x",
    ):
        text.replace_text(f"[words]({target}) <{target}>")
        cursor = text.document().find("words")
        assert cursor.charFormat().anchorHref() == "", target
        assert not text._drawing.views[0].lines[0].runs[0].style.link


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lexer_takes_any_text_in_its_time(language):
    for text in TEXTS:
        rows = text.split("\n")
        begin = time.thread_time()
        found = lexing.rows_of(language, rows, is_whole=True)
        assert time.thread_time() - begin < lexing.TIME_S + 0.5
        assert len(found) == len(rows)
        for row, pieces in zip(rows, found, strict=True):
            assert all(piece.begin + piece.length <= len(row) for piece in pieces)


@pytest.mark.parametrize("language", ["make", "makefile", "mf", "mk", "nothing-such", "", "text"])
def test_what_takes_seconds_or_is_unknown_has_no_colours(language):
    assert lexing.rows_of(language, ["all: x", "\techo $(Y)"], is_whole=True) == [(), ()]


def test_long_rows_and_long_code_have_no_colours():
    row = "x = '" + "a" * 500 + "'"
    assert lexing.rows_of("python", [row, "y = 1"], is_whole=True)[0] == ()
    assert lexing.rows_of("python", [row, "y = 1"], is_whole=True)[1] != ()
    assert lexing.rows_of("python", ["y = 1"] * 20_001, is_whole=True) == [()] * 20_001


def test_headers_of_much_code_are_made_a_few_at_a_time():
    text = MarkdownText()
    text.resize(WIDTH, 400)
    made: list[int] = []
    text.append_text("```py\nx = 1\n```\n" * 250)
    while True:
        made.append(len(text.findChildren(CodeHeader)))
        if not text._work():
            break
    assert made[0] < 50
    assert len(text.findChildren(CodeHeader)) == 200
    text.size_for(WIDTH)
    places = {header.y() for header in text.findChildren(CodeHeader)}
    assert len(places) == 200, "each stands above its code"
