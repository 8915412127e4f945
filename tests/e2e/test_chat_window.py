"""Chats that last, in the real window with the real engine and the real store."""

import pathlib
import subprocess
import sys

from PySide6.QtCore import Qt

from app.domain.attachments import DocumentAttachment
from app.domain.kept_chat import MessageState
from app.engine.protocol import Loaded
from tests.helpers.kills import kill_window
from tests.helpers.person import person

__all__ = ["person"]


def test_a_chat_goes_on_after_a_restart(person):
    me = person()
    me.ask("Hi")
    me.wait_for_answer()
    answer = me.answers()[0]
    me.program.close()
    again = person()
    again.wait(lambda: answer in again.words())
    again.ask_shortly("And again, hi")
    chat = again.program.chats.chats[0]
    assert [m.text for m in chat.messages][:2] == ["Hi", answer]
    assert len(chat.messages) == 4


def test_a_draft_and_its_document_survive_a_restart(person, tmp_path):
    notes = tmp_path / "notes.md"
    notes.write_text("# The wind\n\nIt blows.", encoding="utf-8")
    me = person()
    me.find("messageInput").setPlainText("What do my notes say")
    me.window._page.drafting.attaching._take_files([str(notes)])
    me.wait(lambda: me.window._page.composer._are_attachments_ready)
    notes.unlink()
    me.program.close()
    again = person()
    again.wait(lambda: again.find("messageInput").toPlainText() == "What do my notes say")
    again.wait(lambda: again.find("sendButton").isEnabled())
    again.click("sendButton")
    again.wait(lambda: again.answers() not in ([], [""]))
    again.click("stopButton")
    again.wait_for_answer()
    (question, _) = again.program.chats.chats[0].messages
    (document,) = question.attachments
    assert isinstance(document, DocumentAttachment)
    assert document.pages[0].text == "# The wind\n\nIt blows."
    assert pathlib.Path(document.source.path).read_bytes().startswith(b"# The wind")


def test_what_was_on_the_screen_survives_a_kill(person, tmp_path):
    kill = kill_window(tmp_path / "data", seed=5)
    assert kill.faults == ()
    me = person()
    chat = me.program.chats.chats[0]
    me.wait(lambda: chat.is_loaded)
    states = {m.state for m in chat.messages}
    assert not states & {MessageState.QUEUED, MessageState.WORKING}


def test_reading_goes_on_from_a_snapshot_after_a_restart(person):
    me = person()
    me.ask_shortly("Tell me about the wind in two sentences, please, if you can.")
    me.program.close()
    again = person()
    again.wait(lambda: again.answers() != [])
    again.ask_shortly("More")
    usage = again.program.chats.chats[0].messages[-1].usage
    assert isinstance(again.program.engine.state.loaded, Loaded)
    assert usage.reused_tokens > 20


def test_a_second_window_keeps_its_hands_off(person, tmp_path):
    me = person()
    me.ask("Hi")
    me.wait_for_answer()
    pixels = tmp_path / "data" / "cache" / "pictures" / "attached.rgb"
    pixels.parent.mkdir(parents=True, exist_ok=True)
    pixels.write_bytes(b"of the first window")
    code = (
        "import sys, pathlib\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from PySide6.QtCore import QTimer\n"
        "from app.program import Program\n"
        "from app.settings.folders import folders_for\n"
        "app = QApplication(['cierzo'])\n"
        "program = Program(app, folders_for(pathlib.Path(sys.argv[1])), None)\n"
        "def look():\n"
        "    if not program.library.is_open:\n"
        "        QTimer.singleShot(20, look)\n"
        "        return\n"
        "    print(type(program.library.problem).__name__, flush=True)\n"
        "    program.close()\n"
        "    app.quit()\n"
        "QTimer.singleShot(0, look)\n"
        "app.exec()\n"
    )
    second = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "data"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert second.stdout.strip() == "ChatsInUse"
    assert pixels.exists()
    me.ask_shortly("Still here?")
    assert len(me.answers()) == 2


def test_pixels_that_a_crash_left_are_deleted(person, tmp_path):
    pixels = tmp_path / "data" / "cache" / "pictures" / "attached.rgb"
    pixels.parent.mkdir(parents=True)
    pixels.write_bytes(b"of an earlier run")
    me = person()
    me.wait(lambda: not pixels.exists())


def test_a_private_chat_leaves_nothing(person, tmp_path, qtbot):
    me = person()
    qtbot.keyClick(
        me.window,
        Qt.Key.Key_N,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    me.ask_shortly("Tell me about Zaragossaquux")
    me.program.close()
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file():
            assert b"ossaquux" not in path.read_bytes(), path
