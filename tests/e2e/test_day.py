"""A day with the real window: from the first run to another language, a restart and on."""

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView

from app.domain.chat import ThoughtPart
from app.ui.chat.page_links import Page
from app.ui.menu_button import MenuButton
from tests.helpers.hub import Hub
from tests.helpers.person import Person, home, person
from tests.helpers.pictures import flag, saved
from tests.helpers.tiny_models import EMBEDDING, chain, write_pixtral_projector, write_scripted

__all__ = ["home", "person"]

REPOSITORY = "acme/tiny-GGUF"
QUESTION = "What flag is this?"
THOUGHT, ANSWER = " It is from far away", "So all must come."
SCRIPT = chain(
    *("[/INST]", "[THINK]", " It", " is", " from", " far", " away"),
    *("[/THINK]", "So", " all", " must", " come", ".", "</s>"),
)
OWN = f"""
[[models]]
id = "tiny"
name = "Tiny"
architecture = "llama"
parameters = 1_000_000
context_limit_tokens = 4096
thinking = "switch"
pictures = true
license = "Apache-2.0"
released = "2026"
about = "A model of the tests."

[[models.repositories]]
repo = "{REPOSITORY}"
files = [
  {{ path = "tiny-F16.gguf", bytes = %d }},
  {{ path = "mmproj-F16.gguf", bytes = %d }},
]
"""


@pytest.fixture
def published(home, hub: Hub, tmp_path):
    """The Hub has a model that thinks and sees, and the person's catalogue knows it."""
    model = write_scripted(tmp_path / "tiny.gguf", SCRIPT).read_bytes()
    sees = write_pixtral_projector(tmp_path / "mmproj.gguf", embedding=EMBEDDING).read_bytes()
    hub.add(REPOSITORY, {"tiny-F16.gguf": model, "mmproj-F16.gguf": sees})
    (home.config / "models.toml").write_text(OWN % (len(model), len(sees)), encoding="utf-8")


def test_a_day(person, published, tmp_path):
    me = person()
    me.ask_shortly("Hi")  # the first run: with the toy, from the first second
    download(me)
    ask_about_a_picture(me, tmp_path)
    branch(me)
    find_it_from_another_chat(me)
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


def ask_about_a_picture(me: Person, tmp_path) -> None:
    """Paste a file, think about it, read the thought and the answer."""
    picture = tmp_path / "flag.png"
    picture.write_bytes(saved(flag(), "PNG"))
    pasted = QMimeData()
    pasted.setUrls([QUrl.fromLocalFile(str(picture))])
    me.press("newChatButton")
    me.find("messageInput").insertFromMimeData(pasted)
    me.qtbot.keyClicks(me.find("messageInput"), QUESTION)
    me.wait(lambda: me.find("sendButton").isEnabled() and me.find("effortSwitch").isEnabled())
    me.press_key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert "Deep" in me.find("effortSwitch").accessibleName()
    me.click("sendButton")
    me.wait(lambda: me.answers() == [ANSWER])
    me.wait_for_answer()
    question, answer = me.program.chats.chats[0].messages
    assert [part.text for part in answer.parts if isinstance(part, ThoughtPart)] == [THOUGHT]
    assert answer.usage.image_tokens > 0
    assert len(question.attachments) == 1
    assert me.seen("pictureTile")
    me.press("thoughtButton")
    assert THOUGHT.strip() in me.words()


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


def find_it_from_another_chat(me: Person) -> None:
    """By a word of the answer; the newest hit leads to its chat and opens its variant."""
    me.press("newChatButton")
    me.wait(lambda: not me.seen("pictureTile"))
    me.press_key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    field, found = me.find("searchField"), me.find("chatList")
    assert isinstance(found, QAbstractItemView)
    me.qtbot.keyClicks(field, "must")
    me.wait(lambda: any(ANSWER in row for row in spoken(found)))
    me.qtbot.keyClick(field, Qt.Key.Key_Down)
    me.qtbot.keyClick(found, Qt.Key.Key_Return)
    me.wait(lambda: me.seen("pictureTile"))
    assert QUESTION in me.words()
    assert [b.text() for b in me.seen("variantMenuButton")] == ["2/2"]
    field.clear()


def spoken(rows: QAbstractItemView) -> list[str]:
    """What a screen reader says of the rows of a list."""
    model = rows.model()
    places = (model.index(number, 0) for number in range(model.rowCount()))
    return [str(place.data(Qt.ItemDataRole.AccessibleTextRole)) for place in places]


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
