"""The real program through a screen reader's eyes: found by name, used, read, heard."""

import os
import subprocess
import sys

import pytest

from tests.helpers.screen_reader import Thing, desktop, missing
from tests.helpers.tiny_models import chain, write_scripted

# `.ci/run` installs what is missing, and then nothing may be left out.
MUST_RUN = "CIERZO_TEST_EVERYTHING"
CHAT_PAGE = (
    *("chatList", "newChatButton", "searchField", "transcript", "messageInput", "sendButton"),
    *("stopButton", "effortSwitch", "attachButton", "modelPicker", "contextGauge"),
    "answerNowButton",
)
USABLE = {
    *("push button", "button menu", "check box", "radio button", "toggle button", "combo box"),
    *("text", "slider", "spin button", "list", "list item", "menu item", "link", "page tab"),
}
QUESTION = "Which wind blows here?"
ANSWER = "It is from far away."

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is of Linux")


@pytest.fixture
def session():
    """A desktop with a screen reader."""
    lacks = missing()
    if lacks and MUST_RUN not in os.environ:
        pytest.skip(f"install {' '.join(lacks)}")
    assert not lacks
    with desktop() as made:
        yield made


@pytest.fixture
def program(session, tmp_path):
    """The program with a model that always says the same."""
    script = chain("[/INST]", "It", " is", " from", " far", " away", ".", "</s>")
    model = write_scripted(tmp_path / "windy.gguf", script)
    environment, reader = session
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "app", "--home", tmp_path / "data", model],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield reader.program("Cierzo")
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert errors == ""


def nameless(top: Thing) -> list[str]:
    """What can be used and is seen, but not called anything."""
    return [thing.identifier for thing in top.walk() if thing.role in USABLE and not thing.name]


def test_a_question_is_asked_and_its_answer_read_and_heard(session, program):
    _, reader = session
    found = {name: reader.wait(lambda n=name: program.find(n), name) for name in CHAT_PAGE}
    names = [thing.name for thing in found.values()]
    assert all(names)
    assert len(set(names)) == len(names)
    field, send = found["messageInput"], found["sendButton"]
    assert not send.is_enabled
    field.write(QUESTION)
    reader.wait(lambda: send.is_enabled, "something to send")
    send.press()
    reader.wait(lambda: field.words() == "", "an empty field")

    def said() -> list[str]:
        return [thing.words() for thing in found["transcript"].walk()]

    reader.wait(lambda: any(ANSWER in words for words in said()), "the answer")
    spoken = "\n".join(said())
    assert spoken.index(QUESTION) < spoken.index(ANSWER)
    reader.wait(lambda: reader.heard, "its end")
    assert len(reader.heard) == 1, "no token is announced by itself"
    assert nameless(program) == []


def test_the_other_pages_are_gone_to_and_everything_in_them_has_a_name(session, program):
    _, reader = session
    for button, page in (("modelsButton", "modelsPage"), ("settingsButton", "settingsPage")):
        reader.wait(lambda b=button: program.find(b), button).press()
        shown = reader.wait(lambda p=page: program.find(p), page)
        reader.wait(lambda s=shown: s.is_showing, page)
        assert shown.name
        assert nameless(program) == []
    tray = program.find("downloadTray")
    assert tray
    assert tray.name
