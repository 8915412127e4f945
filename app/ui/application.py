"""Qt's application object, with the names that systems know ours by."""

import sys

from PySide6.QtWidgets import QApplication, QMessageBox

from app.domain.errors import AppError
from app.domain.version import VERSION
from app.ui.error_text import error_text


def make_application() -> QApplication:
    """Make it; there is one in a process."""
    application = QApplication(["cierzo"])
    application.setApplicationName("Cierzo")
    application.setApplicationVersion(VERSION)
    application.setDesktopFileName("cierzo")
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
