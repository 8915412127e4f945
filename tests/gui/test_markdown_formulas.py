"""Formulas: drawn when they can be, TeX until then, TeX when they are copied."""

import threading
import time

import pytest

from app.ui.markdown import typesetting
from app.ui.markdown.formulas import OBJECT
from tests.helpers.drawn import blocks, markdown_text

pytestmark = pytest.mark.usefixtures("_dressed")


def copied(text) -> str:
    text.selectAll()
    return text.createMimeDataFromSelection().text()


def drawn(qtbot, source: str):
    text = markdown_text(source)
    qtbot.addWidget(text)
    qtbot.waitUntil(lambda: OBJECT in text.toPlainText() or _has_object(text))
    return text


def _has_object(text) -> bool:
    return any(OBJECT in block.text() for block in blocks(text))


@pytest.mark.parametrize(
    ("source", "copy"),
    [
        ("so $a^2 + 1$ is", "so $a^2 + 1$ is"),
        (r"so \(a^2 + 2\) is", "so $a^2 + 2$ is"),
        ("$$\na^2 + 3\n$$", "$$a^2 + 3$$"),
        ("\\[ a^2 + 4 \\]", "$$a^2 + 4$$"),
        ("- in a list $a_5$\n- b", "• in a list $a_5$\n• b"),
        ("| $a_6$ | b |\n|---|---|\n| $a_7$ | x |\n", "$a_6$\tb\n$a_7$\tx"),
    ],
)
def test_formulas_are_drawn_and_copied_as_tex(qtbot, source, copy):
    text = markdown_text(source)
    qtbot.addWidget(text)
    assert not _has_object(text)
    wanted = source.count("a_") + source.count("a^")
    qtbot.waitUntil(lambda: "".join(b.text() for b in blocks(text)).count(OBJECT) == wanted)
    assert copied(text) == copy
    text.size_for(700)
    text.grab()
    assert "Formulas: a" in text.accessibleDescription()


@pytest.mark.parametrize("words", ["$5 and $10", "US$ 5", "$ x$", "costs 5$, 6$ or $7", "\\$x\\$"])
def test_prices_are_no_formulas(words):
    text = markdown_text(words)
    assert [view.formulas() for view in text._drawing.views] == [[]]


@pytest.mark.parametrize(
    "tex", ["\\frac{", "x" * 700, "{" * 40 + "}" * 40, "\\begin{a}", "\\undefined@@{", ""]
)
def test_what_is_no_formula_stays_tex(tex):
    assert typesetting.outline(tex, is_display=False) is None or tex.startswith("\\undefined")


def test_a_formula_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(typesetting, "_TIME_S", 0.0)
    results = []
    thread = threading.Thread(
        target=lambda: results.append(typesetting.outline("x^2", is_display=False))
    )
    begin = time.monotonic()
    thread.start()
    thread.join()
    assert results == [None]
    assert time.monotonic() - begin < 5


def test_a_picture_stays_when_the_answer_goes_on(qtbot):
    text = drawn(qtbot, "first $b^2 + 1$ here")
    text.append_text(" and $b^2 + 1$ again")
    text.settle()
    assert text.toPlainText().count(OBJECT) == 0 or _has_object(text)
    assert sum(block.text().count(OBJECT) for block in blocks(text)) == 2


def test_what_follows_a_formula_moves_with_it(qtbot):
    source = "one $c^2 + 1$\n\n```py\nx = 1\n```\n\nthe end"
    text = markdown_text(source)
    qtbot.addWidget(text)
    qtbot.waitUntil(lambda: _has_object(text))
    assert text._position(source.index("end")) == text.document().find("end").selectionStart()
    text.append_text(" is near")
    assert text.toPlainText().endswith("the end is near")
