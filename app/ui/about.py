"""What Cierzo is, in a box."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget


def show_about(window: QWidget) -> None:
    """Say name, version and promise, above that window."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(_tr("About Cierzo"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    version = QGuiApplication.applicationVersion()
    box.setText(_tr("Cierzo {version}").format(version=version).strip())
    box.setInformativeText(
        _tr("Chat with open models on your own PC. Nothing you write leaves it.")
    )
    box.open()


def _tr(text: str) -> str:
    return QCoreApplication.translate("about", text)
