"""Odd and hostile answers: nothing is loaded, and the window never waits long for any of them."""

import random
import time

import pytest
from PySide6.QtGui import QTextDocument

from app.ui.markdown import lexing
from app.ui.markdown.text import MarkdownText
from app.ui.plain_text import SafeDocument
from tests.helpers.drawn import drain
from tests.helpers.rich_answers import HOSTILE, RICH

pytestmark = pytest.mark.usefixtures("_dressed")

# What one turn of the event loop may take on this machine, in processor time of the GUI thread.
MOST_S = 0.1
WIDTH = 700

ROW = "| " + " | ".join(["c"] * 2000) + " |\n"
ODD = {
    "a line of 1 MB": "x" * 1_000_000,
    "words in a line of 1 MB": "word " * 200_000,
    "a line of 1 MB in code": "```\n" + "x" * 1_000_000 + "\n```\n",
    "a table of 2,000 columns": ROW + ROW.replace("c", "-") + ROW * 3,
    "quotes, 20,000 deep": "> " * 20_000 + "deep",
    "quotes, 3,000 deep": "> " * 2_900 + "deep\n" * 50,
    "lists, 2,000 deep": "".join("  " * depth + "- x\n" for depth in range(2000)),
    "a table of 5,000 rows": "| a | b |\n|---|---|\n" + "| one `1` | **two** |\n" * 5000,
    "100,000 entities": "&amp;" * 100_000,
    "lines of entities": ("&amp;" * 500 + "\n") * 40,
    "brackets": "[" * 5900,
    "pictures": "![" * 2900,
    "emphasis": "*a **b _c " * 590,
    "backticks": "".join("`" * (n % 40) + "a" for n in range(280)),
    "formulas that never end": "$a \\( \\[ $$ " * 490,
    "a formula that never ends": "$$\n" + "x + y\n" * 3000,
    "unclosed fences": "```py\nx\n\n~~~\n" * 3000,
    "fences that are closed": "```py\nx = 1\n```\n" * 1000,
    "items": "- item\n" * 10_000,
    "items in an item": "- x\n" + "  - item\n" * 10_000,
    "empty lines in an item": "- x\n" + "\n" * 50_000,
    "headings": "# Heading\n" * 3000,
    "names of links": "".join(f"[a{n}]: http://a.org/{n}\n" for n in range(3000)) + "[a1] " * 3000,
    "links": "[a](http://a.org) " * 20_000,
    "turned and stacked": "\u202e\u2066a\u0301\u0302" * 20_000,
    "control signs": "".join(map(chr, range(0x20))) * 3000,
    "objects": "\ufffc\ufdd0\ufdd1\u2028\u2029\x00 " * 3000,
    "families": "👩‍👩‍👧‍👦" * 5000,
    "lone surrogates": "\ud800 \udc00x" * 500,
    "rules": "***\n---\n" * 2000,
}


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


@pytest.mark.parametrize("name", ODD)
def test_no_turn_of_the_event_loop_is_long(name):
    text = MarkdownText()
    text.resize(WIDTH, 400)
    text.append_text("Warm up: `x`\n\n| a |\n|---|\n| b |\n\n")
    text.size_for(WIDTH)
    took = longest_turn(text, ODD[name])
    begin = time.thread_time()
    text.settle()
    drain_s = time.thread_time() - begin
    assert took < MOST_S
    assert drain_s < MOST_S
    drain(text)
    assert text.toPlainText()


@pytest.mark.parametrize("source", [HOSTILE, RICH, *ODD.values()], ids=["hostile", "rich", *ODD])
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


LANGUAGES = (
    *("python", "javascript", "typescript", "jsx", "java", "kotlin", "c", "cpp", "csharp", "go"),
    *("rust", "ruby", "php", "swift", "scala", "bash", "powershell", "sql", "html", "css", "scss"),
    *("xml", "json", "yaml", "toml", "ini", "markdown", "diff", "dockerfile", "lua", "r", "perl"),
    *("haskell", "julia", "matlab", "latex", "elixir", "nix", "cmake", "graphql", "http", "zig"),
)
TEXTS = (
    "def f(x):\n    return '''a\n" * 400,
    "function f(x) { return `a${x}` /* b\n" * 300,
    "<a href='x'><!-- <b>&amp;\n" * 500,
    '{"a": [1, 2, {"b": "c\\"\n' * 500,
    "SELECT 'a FROM \"b -- c\n" * 500,
    "\\begin{a} $x$ % b\n" * 500,
    "'" * 8000,
    '"' * 400 + "\n" * 100,
    "/*" * 4000,
    "((((((((" * 60 + "\n" + "{{{{" * 2000,
    "a" * 499 + "\n" + "0" * 499 + "\n" + " " * 499,
    "".join(random.Random(7).choices("abc(){}[]<>\"'`\\/*#$%&|!?=+-_.:;,\n \t0", k=12_000)),
)


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
