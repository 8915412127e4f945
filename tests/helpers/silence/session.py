"""A person's session with the real window, from its start to Quit, in a process of its own.

`python -m tests.helpers.silence.session HOME FILES WITH_IDLE` starts the program as its command
does and says on stdout how each step ended, a line of JSON each: [step, outcome]. What takes a time
or has a random name is no part of an outcome, so that two sessions can be compared.
"""

import json
import os
import pathlib
import sys
import time
import traceback
from collections.abc import Callable

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QWidget

from app import main, program
from app.exchange.writer_protocol import ExportFormat
from app.ui.chat.page_links import Page
from app.ui.first_picture import FirstPicture
from tests.helpers.day import ANSWER, ask_about_a_picture, find_it_from_another_chat
from tests.helpers.person import PATIENCE_MS, Person

# Under strace everything takes some times as long.
_PATIENCE_S = 3 * PATIENCE_MS / 1000
_TURN_MS = 20
_READ_IT = "Read this."
# Said in a private chat, and nowhere else.
SECRET = "zephyrine"

Step = Callable[["Guest"], object]


class _Hands:
    """What of pytest-qt's a `Person` needs."""

    keyClicks = staticmethod(QTest.keyClicks)  # noqa: N815
    keyClick = staticmethod(QTest.keyClick)  # noqa: N815
    mouseClick = staticmethod(QTest.mouseClick)  # noqa: N815

    def waitUntil(self, condition: Callable[[], bool], timeout: int) -> None:  # noqa: ARG002, N802
        """Let the window work until it holds; patience is our own."""
        deadline_s = time.monotonic() + _PATIENCE_S
        while not condition():
            if time.monotonic() > deadline_s:
                raise TimeoutError
            QTest.qWait(_TURN_MS)


class Guest(Person):
    """Has a folder for files that come in and go out."""

    def __init__(self, made: program.Program, home: pathlib.Path, files: pathlib.Path) -> None:
        super().__init__(_Hands(), made)
        self.home = home
        self.files = files

    def act(self, label: str) -> None:
        """Choose from the main menu."""
        (action,) = [a for a in self.window.actions() if a.text() == label]
        action.trigger()

    def choose(self, place: pathlib.Path) -> None:
        """Answer the dialog for files."""
        (dialog,) = self.window.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(place))
        dialog.reject()

    def told(self, name: str) -> str:
        """Wait until a label says something."""

        def words() -> str:
            return "".join(each.text() for each in self.window.findChildren(QLabel, name))

        self.wait(words)
        return words()


def start(me: Guest) -> object:
    me.wait(lambda: me.program.library.is_open)
    me.wait(lambda: me.seen(f"{Page.MODELS.value}Button"))
    return QGuiApplication.platformName()


def ask_the_toy(me: Guest) -> object:
    """The starter model says whatever it says; this is about its being asked."""
    me.ask_shortly("Hi")
    return len(me.answers())


def choose_a_model(me: Guest) -> object:
    me.window.make_pages()
    me.go_to_models()
    me.search_models("tiny")
    me.press("useButton", me.card("Tiny"))
    return "used"


def think_about_a_picture(me: Guest) -> object:
    ask_about_a_picture(me, me.files)
    return _without_speed(me.words())


def search(me: Guest) -> object:
    find_it_from_another_chat(me)
    return _without_speed(me.words())


def export(me: Guest) -> object:
    found = {}
    for kind in ExportFormat:
        me.act("Export chats…")
        me.press("allChatsChoice")
        me.press(f"{kind.value}Choice")
        me.press("exportButton")
        me.choose(me.files / f"out.{kind}")
        found[kind.value] = me.told("exportOutcome")
        me.press("exportCloseButton")
        me.wait(lambda: not me.window.findChildren(QWidget, "exportDialog"))
    return found


def read_a_document(me: Guest) -> object:
    """The PDF that was made just now."""
    pasted = QMimeData()
    pasted.setUrls([QUrl.fromLocalFile(str(me.files / f"out.{ExportFormat.PDF}"))])
    me.press("newChatButton")
    field = me.find("messageInput")
    field.insertFromMimeData(pasted)
    me.qtbot.keyClicks(field, _READ_IT)
    me.wait(lambda: me.find("sendButton").isEnabled())
    me.click("sendButton")
    me.wait(lambda: me.answers()[:1] == [ANSWER])
    me.wait_for_answer()
    question = me.program.chats.chats[0].messages[0]
    return [len(question.attachments), me.answers()]


def take_back_in(me: Guest) -> object:
    me.act("Import chats…")
    me.press("importFileButton")
    me.choose(me.files / f"out.{ExportFormat.JSON}")
    told = me.told("importRemark")  # that they are here already
    me.press("importCloseButton")
    return told


def ask_privately(me: Guest) -> object:
    me.press("newPrivateChatButton")
    me.ask(SECRET)
    me.wait(lambda: me.answers() == [ANSWER])
    me.wait_for_answer()
    return [me.program.chats.chats[0].is_private, SECRET in me.words()]


def change_settings(me: Guest) -> object:
    me.press(f"{Page.SETTINGS.value}Button")
    (theme,) = me.seen("themeSetting")
    assert isinstance(theme, QComboBox)
    theme.setCurrentIndex(theme.findData("dark"))
    theme.activated.emit(theme.currentIndex())
    me.wait(lambda: me.program._settings.value.theme == "dark")
    return [me.program._settings.value.theme, bool(me.told("storageSummary"))]


def idle(me: Guest) -> object:
    """After a minute in which nobody does anything the state of the last chat is written."""
    folder = me.home / "cache" / "snapshots"

    def kept() -> dict[pathlib.Path, int]:
        return {path: path.stat().st_mtime_ns for path in folder.rglob("*.kv")}

    before = kept()
    me.wait(lambda: kept() != before)
    return "wrote what the model has read"


STEPS: tuple[Step, ...] = (
    *(start, ask_the_toy, choose_a_model, think_about_a_picture, search, export),
    *(read_a_document, take_back_in, ask_privately, change_settings, idle),
)


def _run(home: pathlib.Path, files: pathlib.Path, *, with_idle: bool) -> int:
    made: list[program.Program] = []

    class Known(program.Program):
        """The same, known to the person."""

        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)
            made.append(self)

    program.Program = Known

    def go() -> None:
        try:
            me = Guest(made[0], home, files)
            for step in STEPS:
                if step is not idle or with_idle:
                    _say(step.__name__, step(me))
            me.act("Quit")
        except BaseException:  # noqa: BLE001 - whatever it is: the parent waits
            traceback.print_exc()
            os._exit(1)

    def watch(application: QApplication) -> None:
        # Queued: the steps have event loops of their own.
        usable = FirstPicture(application).usable
        usable.connect(go, Qt.ConnectionType.QueuedConnection)

    return main.run(["--home", str(home)], watch=watch)


def _without_speed(words: str) -> list[str]:
    return [line for line in words.splitlines() if "tokens/s" not in line]


def _say(step: str, outcome: object) -> None:
    os.write(1, json.dumps([step.replace("_", " "), outcome]).encode() + b"\n")


if __name__ == "__main__":
    raise SystemExit(
        _run(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), with_idle=sys.argv[3] == "idle")
    )
