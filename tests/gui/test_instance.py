"""The first window hears of a second start, and of nothing else."""

import json
import os
import pathlib
import stat
import tempfile

import pytest
from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalSocket

from app.services.window_lock import WindowLock
from app.ui.instance import caller, claim, door, summons
from app.ui.instance.caller import Reply, call
from app.ui.instance.door import Door
from app.ui.instance.summons import ANSWER, MOST_BYTES, Summons, address, written


@pytest.fixture
def home(tmp_path, monkeypatch):
    with tempfile.TemporaryDirectory(prefix="run") as runtime:  # short, as the system's
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        yield tmp_path / "data"


@pytest.fixture
def front(qtbot, home):
    """A door, and what was heard at it."""
    owner = QObject()
    made = Door(address(home), owner)
    made.heard = []
    made.called.connect(made.heard.append)
    yield made
    made.close()
    owner.deleteLater()


def knock(qtbot, home, sent: bytes) -> bytes:
    """Say that at the door and stay until it is shut; what came back."""
    guest = QLocalSocket()
    guest.connectToServer(address(home))
    assert guest.waitForConnected(2000)
    guest.write(sent)
    qtbot.waitUntil(lambda: guest.state() is QLocalSocket.LocalSocketState.UnconnectedState)
    return guest.readAll().data()


def test_a_second_start_is_heard_with_its_file(qtbot, home, front):
    model = b"/models/\xff mine.gguf"
    assert knock(qtbot, home, written(Summons(model=model))) == ANSWER
    (heard,) = front.heard
    assert os.fsencode(heard.model_path) == model


@pytest.mark.parametrize(
    "sent",
    [
        b"\n",
        b"hello\n",
        b"[]\n",
        b'{"model": 7}\n',
        b'{"model": "no base64!"}\n',
        written(Summons(model=b"models/mine.gguf")),
        written(Summons(model=b"/models/\0.gguf")),
        b'{"is_quick": "yes"}\n',
        json.dumps({"activation_token": "x" * 300}).encode() + b"\n",
        json.dumps({"activation_token": "a\nb"}).encode() + b"\n",
        json.dumps({"version": "9" * 33}).encode() + b"\n",
        json.dumps({"version": "9\u202e"}).encode() + b"\n",
        b"\xff\xfe\n",
        b"x" * MOST_BYTES,
        b'{"model": "' + b"x" * 10 * MOST_BYTES + b'"}\n',
    ],
)
def test_garbage_is_not_heard_and_the_next_one_is(qtbot, home, front, sent):
    assert knock(qtbot, home, sent) == b""
    assert front.heard == []
    assert knock(qtbot, home, written(Summons())) == ANSWER
    assert front.heard == [Summons()]


def test_who_says_nothing_is_sent_away(qtbot, home, monkeypatch):
    monkeypatch.setattr(door, "_PATIENCE_MS", 20)
    owner = QObject()
    front = Door(address(home), owner)
    assert knock(qtbot, home, b"") == b""
    front.close()


@pytest.mark.skipif(os.name == "nt", reason="a pipe is no file")
def test_only_this_user_can_knock(home, front):
    assert not stat.S_IMODE(pathlib.Path(address(home)).stat().st_mode) & 0o077


@pytest.mark.skipif(os.name == "nt", reason="a pipe is no file")
def test_what_a_killed_window_left_is_taken_over(qtbot, home):
    pathlib.Path(address(home)).touch()
    assert call(address(home), None) is Reply.NOBODY
    owner = QObject()
    front = Door(address(home), owner)
    assert front.is_open
    assert knock(qtbot, home, written(Summons())) == ANSWER
    front.close()


def test_homes_do_not_meet(home, tmp_path):
    assert address(home) != address(tmp_path / "other")
    assert address(home) == address(home / ".." / "data")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps its pipes apart itself")
def test_a_folder_that_others_can_write_to_is_not_trusted(home, monkeypatch):
    pathlib.Path(os.environ["XDG_RUNTIME_DIR"]).chmod(0o777)
    assert not pathlib.Path(address(home)).is_absolute()
    monkeypatch.setattr(summons.os, "getuid", lambda: 12345)
    assert call(address(home), None) is Reply.NOBODY


@pytest.mark.skipif(os.name == "nt", reason="a pipe is no file")
def test_a_long_path_holds_no_socket(home, tmp_path, monkeypatch):
    deep = tmp_path / ("x" * 80)
    deep.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    assert not pathlib.Path(address(home)).is_absolute()


def test_a_door_that_cannot_be_opened_is_logged(home, expected_log):
    owner = QObject()
    assert not Door("/nowhere/" + "x" * 300, owner).is_open
    assert "not heard" in expected_log.text


def test_a_window_that_hangs_is_one_sentence(home, front, monkeypatch):
    """Nobody turns the event loop of the first one while the second one waits."""
    monkeypatch.setattr(caller, "_PATIENCE_MS", 50)
    held = WindowLock(home)
    assert held.take()
    with pytest.raises(claim.WindowSilent, match="open already"):
        claim.claim(home, None)
    held.release()


def test_a_lock_without_a_window_is_not_waited_for_endlessly(home, monkeypatch):
    monkeypatch.setattr(claim, "_MOST_S", 0.1)
    held = WindowLock(home)
    assert held.take()
    with pytest.raises(claim.WindowSilent):
        claim.claim(home, None)
    held.release()


def test_a_window_that_is_about_to_end_is_waited_for(home, monkeypatch):
    held = WindowLock(home)
    assert held.take()
    monkeypatch.setattr(caller, "call", lambda *_, **__: held.release() or Reply.NOBODY)
    mine = claim.claim(home, None)
    assert mine is not None
    mine.release()


def test_a_folder_that_cannot_be_written_needs_no_lock(tmp_path):
    (tmp_path / "data").write_text("no folder")
    assert WindowLock(tmp_path / "data").take()
