"""A licence that has to be accepted before something is fetched."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.ui.buttons import push_button
from app.ui.plain_text import PlainLabel, harmless

_WIDTH_PX, _HEIGHT_PX = 640, 520


class LicenceDialog(QDialog):
    """The whole text, and the two answers to it; Escape is no."""

    def __init__(self, licence: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("licenceDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("NVIDIA's licence"))
        self.resize(_WIDTH_PX, _HEIGHT_PX)
        words = self.tr(
            "The pack holds libraries of NVIDIA's, which have a licence of their own. Nothing is "
            "fetched before you accept it."
        )
        text = QPlainTextEdit()
        text.setObjectName("licenceText")
        text.setAccessibleName(self.windowTitle())
        text.setReadOnly(True)
        text.setPlainText(harmless(licence))
        accept = push_button("acceptLicenceButton", self.tr("Accept and install"), "primary")
        refuse = push_button("refuseLicenceButton", self.tr("Do not install"))
        accept.clicked.connect(self.accept)
        refuse.clicked.connect(self.reject)
        answers = QHBoxLayout()
        answers.addStretch()
        answers.addWidget(refuse)
        answers.addWidget(accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        column.addWidget(PlainLabel(words, wraps=True))
        column.addWidget(text, 1)
        column.addLayout(answers)
        text.setFocus()
