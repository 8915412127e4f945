"""The real window on the real engine: what a person does and sees."""

import os
import pathlib
import signal
import subprocess
import sys

import psutil
import pytest
from PySide6.QtWidgets import QLabel

from app.services.engine_service import EnginePhase
from tests.helpers.person import person
from tests.helpers.tiny_model import write_tiny_llama

__all__ = ["person"]


def test_type_send_stop_and_send_again(person):
    me = person()
    assert "toy" in me.words()
    me.ask("Hi")
    me.wait_for_answer()
    assert me.answers()[0].startswith("Hello")
    assert me.answers()[0] in me.words()
    assert me.find("contextGauge").isEnabled()

    me.ask("Tell me a very long story about the sea.")
    me.wait(lambda: len(me.answers()) == 2 and len(me.answers()[1]) > 20)
    me.click("stopButton")
    me.wait_for_answer()
    assert me.states()[-1] == "stopped"
    assert me.answers()[-1] in me.words(), "the partial answer stays"

    me.ask("Hi")
    me.wait(lambda: len(me.answers()) == 3 and me.answers()[2] != "")


@pytest.mark.usefixtures("expected_log")
def test_the_engine_dies_and_the_next_question_works(person):
    me = person()
    me.ask("Tell me a very long story about the sea.")
    me.wait(lambda: len(me.answers()) == 1 and len(me.answers()[0]) > 20)
    os.kill(me.program.engine.pid, signal.SIGKILL)
    me.wait_for_answer()
    assert me.states() == ["done", "interrupted"]
    banner = me.find("errorBanner")
    assert banner.isVisible()
    assert any("stopped unexpectedly" in label.text() for label in banner.findChildren(QLabel))
    assert me.window.isVisible()
    me.ask("Hi")
    me.wait(lambda: len(me.answers()) == 2 and me.answers()[1] != "")
    assert not banner.isVisible()
    me.click("stopButton")  # after half a story the toy may go on for long
    me.wait_for_answer()


def test_another_chat_while_one_is_answered(person):
    me = person()
    me.ask("Tell me a very long story about the sea.")
    me.wait(lambda: len(me.answers()) == 1 and me.answers()[0] != "")
    story = me.program.chats.chats[0]
    me.click("newChatButton")
    me.ask("Hi")
    assert me.states() == ["queued"]
    grown = len(story.messages[1].text)
    me.wait(lambda: len(story.messages[1].text) > grown)
    me.program.chats.stop(story.chat_id)
    me.wait(lambda: len(me.answers()) == 1 and me.answers()[0] != "")
    assert story.messages[1].state.value == "stopped"


def test_reading_a_long_prompt_is_shown_and_can_be_stopped(person):
    me = person()
    me.find("messageInput").setPlainText("The wind blows over the plain. " * 400)
    me.click("sendButton")
    me.wait(lambda: "Reading" in me.words() and "tokens" in me.words())
    me.click("stopButton")
    me.wait_for_answer()
    assert me.states() == ["unanswered"]


def test_another_model_from_a_file_is_remembered(person, tmp_path, qtbot):
    path = write_tiny_llama(tmp_path / "tiny.gguf")
    me = person(path)
    me.ask("Hi")
    me.wait_for_answer()
    assert me.program.engine.state.loaded.name == "Tiny"
    me.program.close()
    again = person()
    assert again.program.engine.state.model.path == path


@pytest.mark.usefixtures("expected_log")
def test_a_bad_file_is_a_sentence_and_another_choice_helps(person, tmp_path):
    path = tmp_path / "bad.gguf"
    path.write_text("no model")
    me = person(path)
    me.ask("Hi")
    me.wait(lambda: me.find("errorBanner").isVisible())
    assert me.program.engine.state.phase is EnginePhase.FAILED
    assert me.states() == ["unanswered"]


def start_program(home: pathlib.Path, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "app", "--home", str(home), *map(str, arguments)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_killed_window_leaves_no_worker_behind(tmp_path, starter):
    """The window is killed while its worker computes; the worker sees the end of its stdin."""
    code = (
        "import sys, app.main, app.program as m\n"
        "from PySide6.QtCore import QTimer\n"
        "from app.engine.client import engine_client\n"
        "show = m.build_window\n"
        "def build(**parts):\n"
        "    chats = parts['chats']\n"
        "    window = show(**parts)\n"
        "    def tell():\n"
        "        pid = parts['engine'].pid\n"
        "        ready = pid and chats.chats[0].messages[-1].text\n"
        "        print(pid, flush=True) if ready else QTimer.singleShot(20, tell)\n"
        "    chats.ask(chats.chats[0].chat_id, 'Tell a long story.')\n"
        "    QTimer.singleShot(20, tell)\n"
        "    return window\n"
        "m.build_window = build\n"
        f"sys.exit(app.main.run(['--home', {str(tmp_path / 'h')!r}]))\n"
    )
    window = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with window:
        worker = psutil.Process(int(window.stdout.readline()))
        window.kill()
        window.wait(10)
    _, alive = psutil.wait_procs([worker], timeout=10)
    assert not alive


def test_a_wrong_option_is_a_usage_error(tmp_path):
    window = start_program(tmp_path, "--log", "loud")
    _, errors = window.communicate(timeout=30)
    assert window.returncode == 2
    assert "loud" in errors
