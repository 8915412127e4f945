"""An answer that streams in, however it is cut, is the answer that is shown at once."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor

from app.ui.markdown.text import MarkdownText
from tests.helpers.drawn import drain, dump, markdown_text
from tests.helpers.rich_answers import HOSTILE, RICH

pytestmark = pytest.mark.usefixtures("_dressed")

PARTS = (
    *("# Heading\n", "words and *some* **more** `code`\n", "\n", "\n\n", "Setext\n---\n", "***\n"),
    *("- item\n", "  - nested\n", "  more\n", "    deep\n", "1. one\n", "2) two\n", "- [x] done\n"),
    *(
        "> quote\n",
        "> - in it\n",
        ">\n",
        "```python\n",
        "```\n",
        "~~~\n",
        "def f(): pass\n",
        "    four\n",
    ),
    *(
        "| a | b |\n",
        "|---|:-:|\n",
        "| 1 | `2|` |\n",
        "|x\n",
        "$$\nx^2\n$$\n",
        "$x$ and $5\n",
        "\\[ y\n",
    ),
    *(
        "[a]",
        "[a]: http://example.org\n",
        "[b](http://b.org) ",
        "<http://c.org>",
        "![p](file:///x)",
    ),
    *(
        "&amp; \\* ",
        "🙂 é\u0301 ",
        "\u202e x ",
        "end",
        " ",
        "\t",
        "\r\n",
        "*",
        "_",
        "`",
        "|",
        "-",
        "=\n",
    ),
)
SOURCES = st.lists(st.sampled_from(PARTS), max_size=16).map("".join)
BRIEF = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def streamed(source: str, sizes: list[int]) -> MarkdownText:
    text, at, number = MarkdownText(), 0, 0
    text.resize(700, 400)
    while at < len(source):
        size = sizes[number % len(sizes)]
        text.append_text(source[at : at + size])
        text.size_for(700)
        at, number = at + size, number + 1
    text.settle()
    drain(text)
    text.size_for(700)
    return text


@BRIEF
@given(source=SOURCES, sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_any_cut_gives_the_same_document(source, sizes):
    whole, pieces = markdown_text(source), streamed(source, sizes)
    assert dump(pieces) == dump(whole)
    assert [v.start for v in pieces._drawing.views] == [v.start for v in whole._drawing.views]
    places = [pieces._position(at) for at in range(len(source))]
    assert places == [whole._position(at) for at in range(len(source))]
    assert places == sorted(places)


@pytest.mark.parametrize("size", [1, 7, 64])
@pytest.mark.parametrize("source", [RICH, HOSTILE], ids=["rich", "hostile"])
def test_answers_with_everything_are_the_same(source, size):
    assert dump(streamed(source, [size])) == dump(markdown_text(source))


def test_the_end_is_drawn_and_nothing_else():
    text = markdown_text("First.\n\nSecond.\n\n")
    changes = []
    text.document().contentsChange.connect(lambda at, gone, new: changes.append((at, gone, new)))
    text.append_text("Thi")
    text.append_text("rd *words")
    first = text.toPlainText().index("Second")
    assert changes
    assert all(at > first for at, _, _ in changes)
    assert changes[-1][1] <= 1
    changes.clear()
    text.append_text(" of*")
    assert text.toPlainText().endswith("Third words of")


def test_a_selection_in_finished_and_open_words_survives():
    text = MarkdownText()
    text.append_text("alpha **beta**\n\ngamma")
    cursor = text.textCursor()
    cursor.setPosition(6)
    cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    for piece in (" delta *", "eps*", "\n\n- x\n", "- y\n\n```\ncode"):
        text.append_text(piece)
    text.settle()
    assert text.textCursor().selectedText() == "beta\u2029gamma"


def test_signs_that_may_become_others_wait_for_the_next():
    text = MarkdownText()
    text.append_text("Words\n-")
    assert text.toPlainText() == "Words"
    text.append_text(" item")
    assert text.toPlainText() == "Words\n•\titem"
    text.append_text("\n\n#")
    assert text.toPlainText() == "Words\n•\titem"
    text.settle()
    assert text.toPlainText().endswith("\n")
    text.append_text("# Heading")
    assert text.toPlainText().endswith("Heading")


def test_links_learn_at_the_end_what_they_are_called():
    text = streamed("See [the atlas][a] and more.\n\nWords.\n\n[a]: https://example.org/a\n", [5])
    assert text.document().find("the atlas").charFormat().anchorHref() == "https://example.org/a"
    assert text.toPlainText().startswith("See the atlas and more.\nWords.")
