"""The real window, the real download worker and a hub: from a press on a card to an answer."""

import json
import pathlib

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from app.domain.downloads.jobs import State
from app.ui.chat.page_links import Page
from tests.helpers.hub import Pattern
from tests.helpers.person import Person, home, person

__all__ = ["home", "person"]

REPOSITORY = "acme/tiny-GGUF"
MODEL = "tiny-F16.gguf"
SLOW = Pattern(6_000_000)
OWN = f"""
[[models]]
id = "tiny"
name = "Tiny"
architecture = "mistral4"
parameters = 1_000_000
context_limit_tokens = 4096
license = "Apache-2.0"
released = "2026"
about = "A model of the tests."

[[models.repositories]]
repo = "{REPOSITORY}"
files = [{{ path = "{MODEL}", bytes = %d }}]
"""


def states(me: Person) -> list[State]:
    return [download.state for download in me.program.models.downloads.downloads]


def choose(me: Person, words: str) -> None:
    buttons = me.seen("modelFilter")[0].findChildren(QAbstractButton)
    next(button for button in buttons if button.text() == words).click()


@pytest.fixture
def start(person, home):
    """Open the program with its other pages; again in the same folders."""

    def open_program(*, size_bytes: int = 0) -> Person:
        if size_bytes:
            (home.config / "models.toml").write_text(OWN % size_bytes, encoding="utf-8")
        me = person()
        me.window.make_pages()
        return me

    return open_program


def test_a_model_is_downloaded_used_and_answers(start, hub, mistral4_model):
    content = mistral4_model.path.read_bytes()
    hub.add(REPOSITORY, {MODEL: content})
    me = start(size_bytes=len(content))
    me.go_to_models()
    me.search_models("tiny")
    me.press("downloadButton", me.card("Tiny"))
    me.wait(lambda: me.seen("useButton", me.card("Tiny")))
    me.press("useButton", me.card("Tiny"))
    field = me.seen("messageInput")[0]
    me.qtbot.keyClicks(field, "Hello")
    me.qtbot.keyClick(field, Qt.Key.Key_Return)
    chat = me.program.chats.chats[0]
    me.wait(lambda: len(chat.messages) == 2 and chat.messages[1].text)
    me.press("stopButton")  # a model of random weights has no end
    me.wait(lambda: me.program.chats.working_chat_id is None)
    assert me.program.engine.state.model.path.name == MODEL
    me.go_to_models()
    choose(me, "Installed")
    (row,) = me.seen("libraryRow")
    assert "Verified today" in me.labels(row)
    assert "Used today" in me.labels(row)


def test_a_download_is_paused_and_goes_on_after_a_restart(start, hub):
    hub.add(REPOSITORY, {MODEL: SLOW})
    hub.bytes_per_s_per_connection = 2_000_000
    me = start(size_bytes=SLOW.size_bytes)
    me.go_to_models()
    me.search_models("tiny")
    me.press("downloadButton", me.card("Tiny"))
    me.wait(lambda: any(d.bytes_done > 500_000 for d in me.program.models.downloads.downloads))
    me.press("pauseButton", me.card("Tiny"))
    me.wait(lambda: states(me) == [State.PAUSED])
    me.program.close()
    hub.clear_log()
    hub.bytes_per_s_per_connection = 0
    again = start()
    again.go_to_models()
    again.wait(lambda: states(again) == [State.PAUSED])
    again.press("resumeButton", again.card("Tiny"))
    again.wait(lambda: again.seen("useButton", again.card("Tiny")))
    asked = [entry.range for entry in hub.log if entry.origin == "cdn"]
    assert asked
    assert not [range_ for range_ in asked if range_.startswith("bytes=0-")]


def test_a_cancelled_download_leaves_nothing(start, hub, tmp_path):
    hub.add(REPOSITORY, {MODEL: SLOW})
    hub.bytes_per_s_per_connection = 1_000_000
    me = start(size_bytes=SLOW.size_bytes)
    me.go_to_models()
    me.search_models("tiny")
    me.press("downloadButton", me.card("Tiny"))
    me.wait(lambda: any(d.bytes_done > 500_000 for d in me.program.models.downloads.downloads))
    me.press("cancelDownloadButton", me.card("Tiny"))
    (question,) = me.seen("cancelQuestion", me.card("Tiny"))
    buttons = question.findChildren(QAbstractButton)
    next(button for button in buttons if button.text() == "Delete it").click()
    me.wait(lambda: states(me) == [])
    folder = tmp_path / "data" / "data" / "models"
    me.wait(lambda: not [path for path in folder.rglob("*") if path.is_file()])
    me.wait(lambda: me.seen("downloadButton", me.card("Tiny")))


def test_a_pasted_repository_is_looked_up_and_a_gated_one_says_what_to_do(start, hub):
    hub.add("acme/other-GGUF", {"other-Q4_0.gguf": Pattern(400_000)})
    hub.add("acme/gated-GGUF", {"gated-Q4_0.gguf": Pattern(400_000)}, gated=True)
    me = start()
    me.go_to_models()
    me.search_models("acme/other-GGUF")
    assert not hub.log, "nothing is asked before it is wanted"
    me.press("lookUpButton")
    me.wait(lambda: [card.accessibleName() for card in me.seen("modelCard")] == ["other"])
    me.press("downloadButton", me.card("other"))
    me.wait(lambda: states(me) == [State.INSTALLED])
    me.search_models("acme/gated-GGUF")
    me.press("lookUpButton")
    me.wait(lambda: "accept its terms" in me.labels(me.seen("modelsPage")[0]))


def test_offline_nothing_is_asked_and_the_page_says_why(start, hub, tmp_path):
    hub.add(REPOSITORY, {MODEL: SLOW})
    me = start(size_bytes=SLOW.size_bytes)
    me.press(f"{Page.SETTINGS.value}Button")
    me.press("offlineSwitch")
    me.go_to_models()
    me.search_models("tiny")
    me.press("downloadButton", me.card("Tiny"))
    me.wait(lambda: states(me) == [State.WAITING])
    me.wait(lambda: "“Offline” is switched on" in me.labels(me.seen("downloadTray")[0]))
    assert not hub.log
    settings = tmp_path / "data" / "config" / "settings.json"
    me.wait(lambda: settings.exists() and json.loads(settings.read_text())["is_offline"] is True)


def test_everything_that_went_over_the_network_is_listed(start, hub):
    hub.add(REPOSITORY, {MODEL: Pattern(300_000)})
    me = start(size_bytes=300_000)
    me.go_to_models()
    me.search_models("tiny")
    me.press("downloadButton", me.card("Tiny"))
    me.wait(lambda: states(me) == [State.INSTALLED])
    lines = me.program.models.network_log.read()
    hosts = {line.host for line in lines}
    asked = {pathlib.PurePosixPath(url).name for url in (hub.url, hub.cdn_url)}
    assert hosts == asked
    assert sum(line.bytes for line in lines) >= 300_000
