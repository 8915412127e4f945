"""The Markdown of answers as blocks, and blocks as Markdown in which nothing is active."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.file_words import FileWords
from app.exchange.worker.writers.blocks import (
    Code,
    Heading,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Rule,
    Span,
    Table,
    plain,
)
from app.exchange.worker.writers.markdown_blocks import is_safe_link, markdown_blocks
from app.exchange.worker.writers.markdown_text import escape, is_harmless, markdown_lines
from app.exchange.worker.writers.pdf.bidi import joined, visual_order
from app.exchange.worker.writers.words import label, moment, readable


def words(text: str) -> Paragraph:
    return Paragraph((Span(text=text),))


def all_words(blocks) -> str:
    """Every word in blocks, with a space between each two of them."""
    found = []
    for block in blocks:
        match block:
            case Paragraph() | Heading():
                found.append(plain(block.spans))
            case Code():
                found.append(block.text)
            case Quote():
                found.append(all_words(block.blocks))
            case ItemList():
                found += [all_words(item.blocks) for item in block.items]
            case Table():
                found += [plain(cell) for row in (block.head, *block.rows) for cell in row]
    return " ".join(found)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("plain", [words("plain")]),
        ("## Head", [Heading(2, (Span(text="Head"),))]),
        ("Head\n---", [Heading(2, (Span(text="Head"),))]),
        ("---", [Rule()]),
        ("> a\n>\n> b", [Quote((words("a"), words("b")))]),
        ("```py title\nx\n```", [Code("x", "py")]),
        ("    x", [Code("x")]),
        ("```\nnever ends", [Code("never ends")]),
        ("- a\n- b", [ItemList((Item((words("a"),)), Item((words("b"),))))]),
        ("3. a", [ItemList((Item((words("a"),)),), first=3)]),
        ("- [x] a", [ItemList((Item((words("a"),), is_done=True),))]),
        ("- [ ] a", [ItemList((Item((words("a"),), is_done=False),))]),
        (
            "|a|b|\n|:-:|--:|\n|1|",
            [
                Table(
                    ((Span(text="a"),), (Span(text="b"),)),
                    (((Span(text="1"),), ()),),
                    ("center", "right"),
                )
            ],
        ),
        ("$$\na_1 = b\n- c\n$$", [Code("$$\na_1 = b\n- c\n$$", "TeX")]),
        ("\\[ a_1 \\]", [Code("\\[ a_1 \\]", "TeX")]),
        ("<b>x</b>", [words("<b>x</b>")]),
        ("<script>\nx\n</script>", [words("<script> x </script>")]),
        ("![x](file:///etc/passwd)", [words("[picture: x]")]),
        ("![](a.png)", [words("[picture]")]),
        ("[a](javascript:alert(1))", [words("a")]),
        ("[a](<data:text/html,x>)", [words("a")]),
        ("it costs $5 and $6", [words("it costs $5 and $6")]),
    ],
)
def test_markdown_becomes_blocks(text, blocks):
    found = markdown_blocks(text)
    assert [_merged(block) for block in found] == blocks


def _merged(block):
    """Join neighbouring spans of one style: how the parser cuts words is its own affair."""
    if not isinstance(block, Paragraph) or len({str(s.is_code) for s in block.spans}) != 1:
        return block
    styles = {(s.is_strong, s.is_emphasis, s.is_struck, s.is_code, s.link) for s in block.spans}
    return words(plain(block.spans)) if styles == {(False, False, False, False, "")} else block


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("*a*", Span(text="a", is_emphasis=True)),
        ("**a**", Span(text="a", is_strong=True)),
        ("~~a~~", Span(text="a", is_struck=True)),
        ("`a*b*`", Span(text="a*b*", is_code=True)),
        ("$x_1*y*z$", Span(text="$x_1*y*z$", is_code=True)),
        ("\\(a_b\\)", Span(text="\\(a_b\\)", is_code=True)),
        ("[a](https://e.org)", Span(text="a", link="https://e.org")),
        ("<mailto:a@e.org>", Span(text="mailto:a@e.org", link="mailto:a@e.org")),
    ],
)
def test_words_keep_their_style(text, span):
    assert markdown_blocks(text) == (Paragraph((span,)),)


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "javascript:x",
        "data:,x",
        "//e.org",
        "/etc",
        "http:e",
        "HTTP",
        "",
        "https://e.org/\u202e",
        "https://é.org",
        "https://e.org/a b",
        'https://e.org/"',
        "x" * 9999,
    ],
)
def test_a_link_leads_to_the_web_or_nowhere(target):
    assert not is_safe_link(target)


@pytest.mark.parametrize(
    "text",
    [
        ">" * 20_000 + " words",
        "\n".join("  " * depth + "- words" for depth in range(300)),
        "word " * 200_000 + "words",
        "x" * 1_000_000 + "words",
        "[" * 20_000 + "words",
        "*a_" * 10_000 + "words",
        "\\[ " * 10_000 + "words",
        "![" * 10_000 + "words",
        "<a " * 10_000 + "words",
        "|" + "a|" * 2000 + "\n|" + "-|" * 2000 + "\n|" + "words|" * 2000,
    ],
    ids=lambda text: text[:6],
)
@pytest.mark.timeout(20)
def test_nothing_takes_long_or_gets_lost(text):
    assert "words" in all_words(markdown_blocks(text))


@given(st.text("ab \n\t*_`~[]()<>!#>-+=|$\\&:.1{}/\"'", max_size=60))
def test_escaped_words_stay_words(text):
    (found,) = markdown_blocks(f"A{escape(text)}") or (Paragraph(()),)
    assert isinstance(found, Paragraph)
    lines = plain(found.spans).split("\n")
    # A space that cannot be broken stands for an indent, and in an empty line.
    assert [line.split() for line in lines] == [line.split() for line in f"A{text}".split("\n")]
    assert all(span == Span(text=span.text) for span in found.spans)
    assert is_harmless(f"A{escape(text)}")


@given(st.text("ab \n*_`~[]()<>!#>-+=|$\\&:.1x", max_size=80))
def test_blocks_as_markdown_are_harmless_and_say_the_same(text):
    blocks = markdown_blocks(text)
    written = "\n".join(markdown_lines(blocks))
    assert is_harmless(written)
    # Marks between two words of different styles may be taken for words, as nowhere else.
    again, before = all_words(markdown_blocks(written)), all_words(blocks)
    assert re.sub(r"[\s*~`]", "", again) == re.sub(r"[\s*~`]", "", before)


@pytest.mark.parametrize(
    "text",
    [
        "a <b>c</b>",
        "<script>",
        "<!--",
        "![x](https://e.org/x.png)",
        "[a](file:///x)",
        "[picture-1]: https://e.org/x.png",
        "```\nnever ends",
        "$<img src=x onerror=alert(1)>$",
        "$$\n<img src=x>\n$$",
        ">" * 30 + "<b>",
        "x" * 60_000,
    ],
)
def test_what_could_be_active_is_told(text):
    assert not is_harmless(text)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "a < b",
        "`<b>`",
        "```\n<b>\n```",
        "[a](https://e.org)",
        "$a_1$",
        "- [x] a",
        "|a|\n|-|",
    ],
)
def test_ordinary_answers_are_harmless(text):
    assert is_harmless(text)


def test_labels_are_one_line_without_anything_unseen():
    assert label("a\u202eb\nc\0\u2066d\ufeff\tq") == "ab c�d q"
    assert len(label("x" * 5000)) == 301


def test_text_is_what_a_file_can_hold():
    assert readable("a\r\nb\rc\x0b\0\ud800\ufffe\x9b\td") == "a\nb\nc\n����\td"


@pytest.mark.parametrize("unix_ms", [0, -1, 2**62, 10**18])
def test_a_moment_that_no_calendar_knows_is_not_told(unix_ms):
    assert moment(unix_ms, FileWords()) == ""


@pytest.mark.parametrize(
    ("text", "is_right", "drawn"),
    [
        ("abc", False, "abc"),
        ("אבג", True, "גבא"),
        ("a אב b", False, "a בא b"),
        ("אב 12 ג", True, "ג 12 בא"),
        ("אב (12) x", False, "(12) בא x"),
        ("אב (גד)", True, "(דג) בא"),
        ("!", False, "!"),
        ("", True, ""),
    ],
)
def test_lines_run_both_ways(text, is_right, drawn):
    order = visual_order(text, is_right_to_left=is_right)
    assert "".join(char for _, char in order) == drawn
    assert sorted(place for place, _ in order) == list(range(len(text)))


def test_arabic_letters_are_joined():
    assert joined("سلام") == "\ufeb3\ufefc\ufee1"
    assert joined("abc") == "abc"


@given(st.text(max_size=40), st.booleans())
def test_any_line_keeps_its_characters(text, is_right):
    order = visual_order(text, is_right_to_left=is_right)
    assert sorted(place for place, _ in order) == list(range(len(text)))
    joined(text)
