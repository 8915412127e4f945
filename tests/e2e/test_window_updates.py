"""An update in the real program, from the switch to the installer that takes over."""

import json

import pytest

from app.domain import distribution
from app.domain.distribution import Kind
from app.ui.chat.page_links import Page
from tests.helpers.person import home, person
from tests.helpers.publisher import Publisher
from tests.helpers.updates_desk import setup_program

__all__ = ["home", "person"]


@pytest.fixture
def publisher(hub, monkeypatch) -> Publisher:
    """Of the program that runs here, as if its installer had been run on Windows."""
    publisher = Publisher(hub)
    made = publisher.distribution(Kind.WINDOWS)
    monkeypatch.setattr(distribution, "read_distribution", lambda: made)
    return publisher


def test_an_update_is_found_downloaded_and_run_and_the_draft_is_kept(
    publisher, home, person, tmp_path
):
    note = tmp_path / "ran"
    publisher.publish(publisher.release("0.2.0", setup_program(note)))
    me = person()
    me.qtbot.keyClicks(me.find("messageInput"), "Half a question")
    me.window.go_to(Page.SETTINGS)
    assert not publisher.hub.log
    me.click("looks_for_updatesSetting")
    me.wait(lambda: me.find("updateFound").text() == "Cierzo 0.2.0 is there.")
    me.press("downloadUpdateButton")
    me.wait(lambda: me.seen("installUpdateButton"))
    (setup,) = (home.cache / "updates").iterdir()
    setup.chmod(0o700)  # Windows needs no such permission
    me.press("installUpdateButton")
    me.press("answer_install")
    me.wait(lambda: not me.window.isVisible())
    me.program.news.updates.installer.wait(timeout=20)
    assert note.read_text() == "ran\n"
    me.program.close()
    settings = json.loads((home.config / "settings.json").read_text())
    assert settings["looks_for_updates"] is True
    again = person()
    assert again.find("messageInput").toPlainText() == "Half a question"


def test_offline_refuses_updates_in_the_real_program(publisher, home, person):
    publisher.publish(publisher.release("0.2.0"))
    me = person()
    me.window.go_to(Page.SETTINGS)
    me.click("offlineSwitch")
    me.click("looks_for_updatesSetting")
    me.press("lookForUpdatesButton")
    me.wait(lambda: "Offline" in me.find("updateProblem").text())
    assert not publisher.hub.log
