"""Qt's application object, with the names that systems know ours by."""

import ctypes
import sys

from PySide6.QtWidgets import QApplication, QMessageBox

from app.domain.errors import WindowSilent
from app.domain.version import VERSION
from app.ui.error_text import error_text

# Of the shortcut that setup makes (packaging/release/windows_installer.py): Windows groups windows
# under the shortcut that has the same, and shows its name and icon on notifications.
APP_USER_MODEL_ID = "Cierzo.Cierzo"


def make_application() -> QApplication:
    """Make it; there is one in a process."""
    if sys.platform == "win32":
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(APP_USER_MODEL_ID)
    application = QApplication(["cierzo"])
    application.setApplicationName("Cierzo")
    application.setApplicationVersion(VERSION)
    application.setDesktopFileName("cierzo")
    return application


def say_silent(error: WindowSilent) -> int:
    """Say it where it can be seen, with and without a terminal, and return the exit code."""
    sys.stderr.write(f"error: {error}\n")
    sys.stderr.flush()
    application = make_application()
    box = QMessageBox(QMessageBox.Icon.Warning, "Cierzo", error_text(error))
    box.setObjectName("windowSilentBox")
    box.finished.connect(application.quit)
    box.open()
    application.exec()
    return 3
