"""A day with the real window: from the first run to another language, a restart and on."""

import pytest
from PySide6.QtWidgets import QAbstractButton

from app.ui.chat.page_links import Page
from app.ui.menu_button import MenuButton
from tests.helpers.day import ANSWER, QUESTION, ask_about_a_picture, find_it_from_another_chat
from tests.helpers.day_model import REPOSITORY, own_catalogue, write_model
from tests.helpers.hub import Hub
from tests.helpers.person import Person, home, person

__all__ = ["home", "person"]


@pytest.fixture
def published(home, hub: Hub, tmp_path):
    """The Hub has a model that thinks and sees, and the person's catalogue knows it."""
    files = write_model(tmp_path)
    hub.add(REPOSITORY, {name: path.read_bytes() for name, path in files.items()})
    (home.config / "models.toml").write_text(own_catalogue(files), encoding="utf-8")


def test_a_day(person, published, tmp_path):
    me = person()
    me.ask_shortly("Hi")  # the first run: with the toy, from the first second
    download(me)
    ask_about_a_picture(me, tmp_path)
    branch(me)
    find_it_from_another_chat(me)
    assert [b.text() for b in me.seen("variantMenuButton")] == ["2/2"]
    change_a_setting(me)
    choose_german(me)
    me.program.close()
    again = person()
    go_on(again)


def download(me: Person) -> None:
    """One press fetches both files; then it is the model that answers."""
    me.window.make_pages()
    me.go_to_models()
    me.search_models("tiny")
    me.press("downloadButton", me.card("Tiny"))
    me.press("useButton", me.card("Tiny"))


def branch(me: Person) -> None:
    """Have it answered once more, and look at both."""
    more = me.seen("moreButton")[-1]
    assert isinstance(more, MenuButton)
    (again,) = [a for a in more.filled_menu().actions() if a.text() == "Answer again"]
    again.trigger()
    me.wait(lambda: [b for b in me.seen("variantMenuButton") if b.text() == "2/2"])
    me.wait_for_answer()
    me.press("previousVariantButton")
    me.wait(lambda: me.seen("variantMenuButton")[0].text() == "1/2")


def change_a_setting(me: Person) -> None:
    me.press(f"{Page.SETTINGS.value}Button")
    me.press("offlineSwitch")


def choose_german(me: Person) -> None:
    """By its own name, as who cannot read the others finds it; it holds from the next start."""
    (language,) = me.seen("languageSetting")
    me.qtbot.keyClicks(language, "Deutsch")


def go_on(me: Person) -> None:
    """Everything is where it was, and the same model answers."""
    me.wait(lambda: QUESTION in me.words())
    (settings,) = me.seen(f"{Page.SETTINGS.value}Button")
    assert isinstance(settings, QAbstractButton)
    assert settings.text() == "Einstellungen"
    assert [b.text() for b in me.seen("variantMenuButton")] == ["2/2"]
    me.ask("And then?")
    me.wait(lambda: len(me.answers()) == 2 and me.answers()[1] == ANSWER)
    me.wait_for_answer()
    assert me.program.chats.chats[0].messages[-1].usage.image_tokens > 0
    me.press(f"{Page.SETTINGS.value}Button")
    me.wait(lambda: me.seen("offlineSwitch"))
    (offline,) = me.seen("offlineSwitch")
    assert isinstance(offline, QAbstractButton)
    assert offline.isChecked()
