"""The application object itself, in a process of its own: there is one in each."""

import os
import subprocess
import sys

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
