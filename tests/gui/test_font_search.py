"""Letters that no font here may have are looked for before they are drawn, not while they are."""

import pytest

from app.ui.markdown.font_search import FontSearch
from app.ui.markdown.look import Look
from app.ui.markdown.text import MarkdownText
from tests.helpers.drawn import drain

pytestmark = pytest.mark.usefixtures("_dressed")

# A letter each, from Devanagari to Malayalam.
LETTERS = "".join(chr(0x905 + 0x80 * number) for number in range(9))
RICH = "\n\n".join(
    (
        *(f"{'#' * level} {LETTERS} *{LETTERS}* `{LETTERS}`" for level in range(1, 7)),
        f"{LETTERS} **{LETTERS}** *{LETTERS}* ***{LETTERS}*** `{LETTERS}` **`{LETTERS}`**",
        f"*`{LETTERS}`* ~~{LETTERS}~~ [{LETTERS}](https://example.org)",
        f"- [x] {LETTERS}\n- > {LETTERS}",
        f"| {LETTERS} |\n|---|\n| **{LETTERS}** |",
        f"```python\nx = '{LETTERS}'  # {LETTERS}\n```",
    )
)


@pytest.fixture
def _unsearched(monkeypatch):
    monkeypatch.setattr("app.ui.markdown.font_search._found", {})


@pytest.mark.usefixtures("_unsearched")
def test_nothing_is_drawn_before_all_fonts_were_looked_for(qtbot):
    text = MarkdownText()
    qtbot.addWidget(text)
    text.append_text(RICH)
    while text._font_search.is_owed():
        assert text.document().isEmpty()
        text._step()
    assert not text.is_drawn()
    drain(text)
    text.settle()
    assert text.document().toPlainText().count(LETTERS) == RICH.count(LETTERS)


@pytest.mark.usefixtures("_unsearched")
def test_every_font_of_an_answer_was_looked_for(qtbot):
    """Qt would look for the others while it lays the words out."""
    text = MarkdownText()
    qtbot.addWidget(text)
    searched = {font.key() for font in text._drawing.look.fonts()}
    text.append_text(RICH)
    drain(text)
    text.settle()
    drawn = set()
    block = text.document().begin()
    while block.isValid():
        pieces = block.begin()
        while not pieces.atEnd():
            font = pieces.fragment().charFormat().font().resolve(text.document().defaultFont())
            font.setUnderline(False)
            font.setStrikeOut(False)
            drawn.add(font.key())
            pieces += 1
        block = block.next()
    assert len(drawn) > 10
    assert drawn <= searched


@pytest.mark.usefixtures("_unsearched")
def test_each_script_is_looked_for_once_in_each_font(qapp):
    fonts, search = Look(qapp.font()).fonts(), FontSearch()
    searches = len({font.key() for font in fonts}) * len(LETTERS)
    for _ in range(2):
        search.note(f"Words, {LETTERS} and 12 ।", lambda: fonts)
    made = 0
    while search.is_owed():
        search.look()
        made += 1
    assert made == searches
    search.note(LETTERS[::-1], lambda: fonts)
    assert not search.is_owed()


def test_letters_without_rules_cost_no_search(qapp):
    search = FontSearch()
    search.note("Cierzo, 風, ветер, άνεμος, رياح, ลม, 바람, १२।", lambda: [qapp.font()])
    assert not search.is_owed()


def test_what_is_not_shown_any_more_is_not_looked_for(qtbot, monkeypatch):
    monkeypatch.setattr("app.ui.markdown.font_search._found", {})
    text = MarkdownText()
    qtbot.addWidget(text)
    text.append_later(LETTERS * 60)
    assert text._font_search.is_owed()
    text.replace_text("Words.")
    assert not text._font_search.is_owed()
    assert text.document().toPlainText() == "Words."
