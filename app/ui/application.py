"""Qt's application object, with the names that systems know ours by."""

import ctypes
import pathlib
import sys

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QMessageBox

from app.domain.errors import AppError
from app.domain.version import VERSION
from app.ui.error_text import error_text
from app.ui.look.app_icon import app_icon

# Of the shortcut that setup makes (packaging/release/windows_installer.py): Windows groups windows
# under the shortcut that has the same, and shows its name and icon on notifications.
APP_USER_MODEL_ID = "Cierzo.Cierzo"


class Application(QApplication):
    """Hears which files macOS wants opened: there they do not come on the command line.

    Signals:
        file_opened: A `pathlib.Path`; at a start by double-click it comes with the first events.
    """

    file_opened = Signal(object)

    def event(self, event: QEvent) -> bool:
        """See what is sent to the application itself; nothing of its widgets comes by here."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.file_opened.emit(pathlib.Path(event.file()))
            return True
        return super().event(event)


def make_application() -> Application:
    """Make it; there is one in a process."""
    if sys.platform == "win32":
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(APP_USER_MODEL_ID)
    application = Application(["cierzo"])
    application.setApplicationName("Cierzo")
    application.setApplicationVersion(VERSION)
    application.setDesktopFileName("cierzo")
    application.setWindowIcon(app_icon())
    return application


def say_refused(error: AppError) -> int:
    """Say it where it can be seen, with and without a terminal, and return the exit code."""
    sys.stderr.write(f"error: {error}\n")
    sys.stderr.flush()
    application = QApplication.instance() or make_application()
    box = QMessageBox(QMessageBox.Icon.Warning, "Cierzo", error_text(error))
    box.setObjectName("refusedBox")
    box.finished.connect(application.quit)
    box.open()
    application.exec()
    return 3
