"""What an answer looks like, and what can be done with it."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFont, QGuiApplication, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QMessageBox, QToolButton

from app.ui.look.theme import TOKENS
from app.ui.markdown.code_colours import CODE_COLOURS
from app.ui.markdown.formulas import OBJECT
from app.ui.markdown.look import BARS, DEPTH, MARKER_CHARS, PANEL
from app.ui.open_link import open_link, safe_address
from tests.helpers.drawn import blocks, markdown_text, pieces_of
from tests.helpers.hostile_links import LINKS
from tests.helpers.rich_answers import RICH

pytestmark = pytest.mark.usefixtures("_dressed")


def words(text) -> list[str]:
    return [block.text() for block in blocks(text)]


def select(text, first: str, last: str) -> None:
    cursor = text.document().find(first)
    cursor.setPosition(cursor.selectionStart())
    end = text.document().find(last, cursor)
    cursor.setPosition(end.selectionEnd(), QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)


def copied(text) -> str:
    return text.createMimeDataFromSelection().text()


def test_words_in_their_styles():
    text = markdown_text("**strong** *em* ~~struck~~ `code` ***both***\nnext")
    assert words(text) == ["strong em struck code both\u2028next"]
    assert pieces_of(text, "strong").fontWeight() == QFont.Weight.DemiBold
    assert pieces_of(text, "em").fontItalic()
    assert pieces_of(text, "struck").fontStrikeOut()
    assert pieces_of(text, "code").background().color().name() == TOKENS["code_ground"][0]
    both = pieces_of(text, "both")
    assert both.fontItalic()
    assert both.fontWeight() == QFont.Weight.DemiBold


def test_headings_are_told_apart_calmly():
    text = markdown_text("# One\n## Two\n### Three\n#### Four\n\nwords")
    sizes = [block.begin().fragment().charFormat().fontPointSize() for block in blocks(text)[:4]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] < 1.6 * sizes[3]
    assert [block.blockFormat().headingLevel() for block in blocks(text)] == [1, 2, 3, 4, 0]


def test_lists_nest_and_count_on():
    text = markdown_text(
        "3. three\n1. four\n   - inner\n     1. deep\n\n5. five\n\n- [x] a\n- [ ] b"
    )
    assert words(text) == [
        *("3.\tthree", "4.\tfour", "–\tinner", "1.\tdeep"),
        *("5.\tfive", "☑\ta", "☐\tb"),
    ]
    depths = [block.blockFormat().intProperty(DEPTH) for block in blocks(text)]
    assert depths == [1, 1, 2, 3, 1, 1, 1]
    assert all(block.blockFormat().hasProperty(MARKER_CHARS) for block in blocks(text))


def test_quotes_have_bars_and_rules_are_lines():
    text = markdown_text("> one\n> > two\n\n---\n")
    bars = [block.blockFormat().stringProperty(BARS) for block in blocks(text)]
    assert bars == ["0", "0,1", ""]


def test_pictures_and_html_are_words():
    text = markdown_text("![a map](file:///etc/hostname) ![](x) <b>bold</b>")
    assert words(text) == ["[picture: a map] [picture] <b>bold</b>"]


def test_code_keeps_its_spaces_and_hides_no_turning_signs():
    text = markdown_text("```py\ndef f():\n    \u202ereturn 1\n\n```\n\n    four\n      six\n")
    assert words(text) == ["def f():", "    \ufffdreturn 1", "", "four", "  six"]
    assert all(block.blockFormat().hasProperty(PANEL) for block in blocks(text))


def test_code_can_be_copied_with_the_keyboard(qtbot):
    text = markdown_text("Do:\n\n```sh\nuv sync\n  ls\n```\n\n- and\n\n  ```\n  x\n  ```\n")
    qtbot.addWidget(text)
    text.show()
    first, second = text.findChildren(QToolButton, "copyCodeButton")
    assert first.accessibleName() == "Copy the code: sh"
    assert first.focusPolicy() == Qt.FocusPolicy.TabFocus
    qtbot.keyClick(first, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == "uv sync\n  ls"
    second.click()
    assert QGuiApplication.clipboard().text() == "x"


def test_code_is_coloured(qtbot):
    text = markdown_text("```python\ndef f():\n    return 'a'\n```\n")
    qtbot.addWidget(text)
    qtbot.waitUntil(lambda: bool(blocks(text)[1].layout().formats()))
    colours = {f.format.foreground().color().name() for f in blocks(text)[1].layout().formats()}
    assert colours == {CODE_COLOURS["keyword"][0], CODE_COLOURS["string"][0]}


def test_a_table_has_cells_and_sides():
    text = markdown_text("| a | b |\n|:-:|--:|\n| **x** | 1\\|2 |\n| only |\n\nafter")
    assert words(text) == ["", "a", "b", "x", "1|2", "only", "", "after"]
    assert blocks(text)[4].blockFormat().alignment() & Qt.AlignmentFlag.AlignRight
    assert pieces_of(text, "x").fontWeight() == QFont.Weight.DemiBold


def test_a_wide_table_stays_in_the_column():
    row = "| " + " | ".join(["unbreakable" * 4] * 6) + " |\n"
    text = markdown_text(row + "|---" * 6 + "|\n" + row, width=400)
    layout = text.document().documentLayout()
    rights = [layout.blockBoundingRect(block).right() for block in blocks(text)[:-1]]
    assert max(rights) <= 400


def test_a_long_table_is_shown_in_part_and_as_a_whole(qtbot):
    text = markdown_text("| n | m |\n|---|---|\n" + "".join(f"| {n} | x |\n" for n in range(700)))
    qtbot.addWidget(text)
    assert text.document().find("499").isNull() is False
    assert text.document().find("500").isNull()
    (button,) = (b for b in text.viewport().children() if b.objectName() == "wholeTableButton")
    button.click()
    table = text.window().findChild(object, "wholeTable")
    assert table.model().rowCount() == 700
    assert table.model().index(699, 0).data() == "699"
    table.window().reject()


def test_copying_gives_words_as_one_types_them():
    text = markdown_text(
        "# T\n\n1. a\n   - b\n\n| c | d |\n|---|---|\n| 1 | 2 |\n\n---\n\n`e` **f**"
    )
    text.selectAll()
    assert copied(text) == "T\n1. a\n  – b\nc\td\n1\t2\n———\ne f"


def test_copying_a_part_of_a_line_with_emoji():
    text = markdown_text("🙂 one two 🙂 three")
    select(text, "one", "two")
    assert copied(text) == "one two"


def test_copying_as_markdown_gives_the_source_of_whole_blocks(qtbot):
    text = markdown_text("# T\n\nSome **words**.\n\n- [a](http://a.org)\n- b\n\nend")
    qtbot.addWidget(text)
    select(text, "words", "b")
    qtbot.keyClick(
        text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert QGuiApplication.clipboard().text() == "Some **words**.\n\n- [a](http://a.org)\n- b"


def test_what_is_found_in_the_source_is_marked_where_it_is_shown():
    source = "# 🙂 A *wind*\r\n\r\n1. wind `wind`\r\n\r\n| wind |\n|---|\n| a \\| wind |\n\n[x](http://wind.org)"
    text = markdown_text(source)
    spans, at = [], source.find("wind")
    while at >= 0:
        spans.append((at, at + 4))
        at = source.find("wind", at + 1)
    text.mark(spans, spans[0])
    found = [selection.cursor.selectedText() for selection in text.extraSelections()]
    assert found == ["wind"] * 5 + ["x"]
    starts = [selection.cursor.selectionStart() for selection in text.extraSelections()]
    assert starts == sorted(starts)


def test_every_mark_of_a_rich_answer_is_a_place_in_order():
    text = markdown_text(RICH)
    places = [text._position(at) for at in range(len(RICH))]
    assert places == sorted(places)
    assert places[-1] < text.document().characterCount()


@pytest.mark.parametrize(
    ("target", "address"),
    [*LINKS.items(), ("http://x.org/" + "a" * 2000, None), ("http://a b.org", None), ("", None)],
)
def test_addresses_are_what_they_look_like(target, address):
    assert safe_address(target) == address


def test_a_link_asks_first_and_shows_all_of_its_address(qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "app.ui.open_link.QDesktopServices.openUrl", lambda url: opened.append(url.toString())
    )
    text = markdown_text("Go [here *now*](https://example.org/long?x=1) or [there](http://b.org).")
    qtbot.addWidget(text)
    text.show()
    text.activateWindow()
    text.setFocus()
    qtbot.waitUntil(text.hasFocus)
    qtbot.keyClick(text, Qt.Key.Key_Tab)
    assert text.textCursor().selectedText() == "here now"
    qtbot.keyClick(text, Qt.Key.Key_Return)
    box = text.findChild(QMessageBox, "openLinkDialog")
    assert box.informativeText() == "https://example.org/long?x=1"
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    assert opened == []
    box.findChild(object, "openLinkButton").click()
    assert opened == ["https://example.org/long?x=1"]
    qtbot.keyClick(text, Qt.Key.Key_Tab)
    assert text.textCursor().selectedText() == "there"


def test_a_long_address_is_shown_to_its_end(qtbot):
    address = "https://example.org/" + "a" * 300 + "/end"
    text = markdown_text(f"[here]({address})")
    qtbot.addWidget(text)
    open_link(address, text)
    box = text.findChild(QMessageBox, "openLinkDialog")
    assert box.informativeText().replace("\n", "") == address
    assert max(map(len, box.informativeText().split("\n"))) <= 64
    box.reject()


def test_a_press_on_a_link_asks(qtbot):
    text = markdown_text("[here](https://example.org)")
    qtbot.addWidget(text)
    text.show()
    place = text.cursorRect(text.document().find("here")).center() - QPoint(8, 0)
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=place)
    box = text.findChild(QMessageBox, "openLinkDialog")
    assert box.informativeText() == "https://example.org"
    box.reject()
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    text.mouseMoveEvent(move)
    assert text.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor


def test_a_new_theme_is_worn_and_the_words_stay(qtbot, qapp):
    text = markdown_text(RICH)
    qtbot.addWidget(text)
    text.show()
    qtbot.waitUntil(lambda: len([b for b in blocks(text) if OBJECT in b.text()]) == 2)
    before, selected = text.toPlainText(), text.document().find("violent")
    text.setTextCursor(selected)
    try:
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
        qtbot.waitUntil(
            lambda: (
                pieces_of(text, "gusts.csv").background().color().name() == TOKENS["code_ground"][1]
            )
        )
        keyword = CODE_COLOURS["keyword"][1]
        block = text.document().find("from collections").block()
        qtbot.waitUntil(
            lambda: any(
                f.format.foreground().color().name() == keyword for f in block.layout().formats()
            )
        )
    finally:
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert text.toPlainText() == before
    assert text.textCursor().selectedText() == "violent"


def test_all_sizes_follow_the_text(qtbot):
    text = markdown_text("# Big\n\nwords `code`\n")
    qtbot.addWidget(text)
    before = pieces_of(text, "Big").fontPointSize()
    text.setStyleSheet("font-size: 30pt")
    qtbot.waitUntil(lambda: pieces_of(text, "Big").fontPointSize() > 1.8 * before)
    assert 25 < pieces_of(text, "code").fontPointSize() < 30
