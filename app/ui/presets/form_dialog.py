"""A dialog with a few fields whose content may be refused."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.errors import PresetError
from app.domain.names import MOST_CHARACTERS
from app.ui.announce import announce
from app.ui.error_text import error_text
from app.ui.look.measures import measures
from app.ui.plain_text import PlainLabel

_EDGE_PX = 24


class FormDialog(QDialog):
    """Stays open while `save` raises a `PresetError`, and says it; deletes itself when closed.

    Attributes:
        body: Where the fields are put.
        save_button: Ends it.
    """

    def __init__(self, name: str, title: str, parent: QWidget, *, size: QSize) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._room = parent
        self._size = size
        self._problem = PlainLabel(kind="alarm", wraps=True)
        self._problem.setObjectName("formProblem")
        self._problem.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setObjectName("cancelButton")
        cancel.setProperty("kind", "outline")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.save_button = QPushButton(self.tr("Save"))
        self.save_button.setObjectName("saveButton")
        self.save_button.setProperty("kind", "primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch()
        foot.addWidget(cancel)
        foot.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(PlainLabel(title, kind="heading"))
        column.addLayout(self.body, 1)
        column.addWidget(self._problem)
        column.addLayout(foot)

    def save(self) -> None:
        """Take over what was written.

        Raises:
            PresetError: It cannot be taken.
        """
        raise NotImplementedError

    def accept(self) -> None:
        """Save and close, or say why not."""
        try:
            self.save()
        except PresetError as error:
            self.say(error)
            return
        super().accept()

    def say(self, error: Exception) -> None:
        """Say why it cannot be taken."""
        self._problem.setText(error_text(error))
        self._problem.show()
        announce(self, self._problem.text(), is_urgent=True)

    def showEvent(self, event: QShowEvent) -> None:
        """Fit into the window that it belongs to."""
        room = self._room.size() - QSize(_EDGE_PX, _EDGE_PX)
        wanted = measures().size_at_text_size(self._size)
        width_px = min(wanted.width(), room.width())
        # Words that wrap are as high as the width makes them.
        layout = self.layout()
        needed_px = layout.totalHeightForWidth(width_px) if layout else 0
        needed_px = max(self.sizeHint().height(), needed_px)
        self.resize(QSize(width_px, max(wanted.height(), needed_px)).boundedTo(room))
        super().showEvent(event)

    def name_field(self, name: str, text: str) -> QLineEdit:
        """Add a field for a name, chosen so that another one can be typed over it."""
        label = self.tr("Name")
        words = PlainLabel(label, kind="strong")
        field = QLineEdit(text)
        field.setObjectName(name)
        field.setProperty("kind", "number")
        field.setAccessibleName(label)
        field.setMaxLength(MOST_CHARACTERS)
        field.selectAll()
        field.textEdited.connect(self._problem.hide)
        words.setBuddy(field)
        self.body.addWidget(words)
        self.body.addWidget(field)
        field.setFocus()
        return field
