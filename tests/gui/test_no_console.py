"""What ends the program before there is a window is seen on a PC without a terminal, too."""

import sys
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from app.main import run
from app.ui import application
from app.ui.application import APP_USER_MODEL_ID, make_application


def boxes() -> list[QMessageBox]:
    return [box for box in QApplication.topLevelWidgets() if box.objectName() == "noWindowBox"]


def test_a_box_says_what_nobody_can_read(qtbot, monkeypatch, capsys, tmp_path):
    said = []

    def read() -> None:
        for box in boxes():
            said.append(box.text())
            box.close()

    monkeypatch.setattr(sys, "__stderr__", None)
    QTimer.singleShot(0, read)
    assert run(["--home", str(tmp_path), str(tmp_path / "missing.gguf")]) == 3
    (text,) = said
    assert "missing.gguf" in text


def test_a_terminal_says_it_alone(qtbot, capsys, tmp_path):
    assert run(["--home", str(tmp_path), str(tmp_path / "missing.gguf")]) == 3
    assert "missing.gguf" in capsys.readouterr().err
    assert not boxes()


def test_windows_hears_the_name_before_there_is_an_application(monkeypatch):
    heard = []
    shell = SimpleNamespace(SetCurrentProcessExplicitAppUserModelID=heard.append)
    windows = SimpleNamespace(windll=SimpleNamespace(shell32=shell))
    monkeypatch.setattr(application, "ctypes", windows)
    monkeypatch.setattr(application, "sys", SimpleNamespace(platform="win32"))

    def no_more(_arguments: list[str]) -> None:
        assert heard == [APP_USER_MODEL_ID]
        raise InterruptedError

    monkeypatch.setattr(application, "QApplication", no_more)
    with pytest.raises(InterruptedError):
        make_application()
