"""What an empty chat shows instead of messages; the composer below works all the while."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.domain.model_file import ModelFile
from app.ui.look.icons import Picture
from app.ui.plain_text import PlainLabel

_LOGO_PX = 44


class Welcome(QWidget):
    """A headline, the promise, and an honest word about the starter model.

    Signals:
        open_model_requested: The person wants a model file of their own.
    """

    open_model_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        logo = Picture("wind", _LOGO_PX, QPalette.ColorRole.Highlight)
        title = PlainLabel(self.tr("What would you like to know?"), kind="title", wraps=True)
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        promise = PlainLabel(
            self.tr("Everything stays on this PC. Nothing you write is sent anywhere."),
            kind="muted",
            wraps=True,
        )
        promise.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._private = self._private_note()
        self._note = self._toy_note()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(logo, 0, Qt.AlignmentFlag.AlignHCenter)
        for space, part in ((16, title), (8, promise), (0, self._private), (32, self._note)):
            column.addSpacing(space)
            column.addWidget(part)

    def show_private(self, *, is_private: bool) -> None:
        """Say that nothing of the chat is kept."""
        self._private.setVisible(is_private)

    def show_model(self, model: ModelFile) -> None:
        """Warn about a toy, and about nothing else."""
        self._note.setVisible(model.is_toy)
        self._words.setText(
            self.tr(
                "You are talking to {name}, a small toy model to try Cierzo with. "
                "It often gets things wrong."
            ).format(name=model.name)
        )

    def _private_note(self) -> QWidget:
        note = QWidget()
        note.setObjectName("privateNote")
        row = QHBoxLayout(note)
        row.setContentsMargins(0, 12, 0, 0)
        row.setSpacing(8)
        words = PlainLabel(self.tr("Private chat: nothing of it touches the disk."), kind="strong")
        row.addStretch()
        row.addWidget(Picture("private", 18, QPalette.ColorRole.Highlight))
        row.addWidget(words)
        row.addStretch()
        note.hide()
        return note

    def _toy_note(self) -> QFrame:
        note = QFrame()
        note.setObjectName("toyNote")
        self._words = PlainLabel(wraps=True)
        button = QPushButton(self.tr("Open a model file…"))
        button.setObjectName("openModelButton")
        button.setProperty("kind", "outline")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self.open_model_requested)
        row = QHBoxLayout(note)
        row.setContentsMargins(20, 16, 20, 16)
        row.setSpacing(16)
        row.addWidget(self._words, 1)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return note
