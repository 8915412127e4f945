"""How the window presents itself to the system."""

from types import SimpleNamespace

import pytest

from app.ui import application
from app.ui.application import APP_USER_MODEL_ID, make_application


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
