"""The application object itself, in a process of its own: there is one in each."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from app.ui import application
from app.ui.application import APP_USER_MODEL_ID, make_application

CODE = """
import pathlib
import sys
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from app.ui.application import make_application

application = make_application()
opened = []
application.file_opened.connect(opened.append)
application.sendEvent(application, QFileOpenEvent(sys.argv[1]))
application.sendEvent(application, QFileOpenEvent(QUrl("https://a.example/model.gguf")))
assert opened == [pathlib.Path(sys.argv[1])], opened
"""


def test_a_file_that_the_system_hands_over_is_heard(tmp_path):
    """As Finder does for a double-click; an address is no file."""
    path = tmp_path / "Modell 家.gguf"
    command = [sys.executable, "-c", CODE, str(path)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_windows_hears_the_name_before_there_is_an_application(monkeypatch):
    heard = []
    shell = SimpleNamespace(SetCurrentProcessExplicitAppUserModelID=heard.append)
    windows = SimpleNamespace(windll=SimpleNamespace(shell32=shell))
    monkeypatch.setattr(application, "ctypes", windows)
    monkeypatch.setattr(application, "sys", SimpleNamespace(platform="win32"))

    def no_more(_arguments: list[str]) -> None:
        assert heard == [APP_USER_MODEL_ID]
        raise InterruptedError

    monkeypatch.setattr(application, "Application", no_more)
    with pytest.raises(InterruptedError):
        make_application()
