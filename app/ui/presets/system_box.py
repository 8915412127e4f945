"""The system prompt, for people: how the model should answer."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.chat.status_words import count_words
from app.ui.plain_text import PlainLabel
from app.ui.text_field import TextField


class SystemBox(QWidget):
    """Label, what it takes, and the field.

    Attributes:
        field: Where it is written.

    Signals:
        written: The person left the field with another text.
    """

    written = Signal(str)

    def __init__(self, name: str, *, lines: int) -> None:
        super().__init__()
        label = self.tr("How the model should answer")
        self.field = TextField(name, label, lines=lines)
        self.field.setPlaceholderText(
            self.tr("For example: “Answer in short sentences and explain every foreign word.”")
        )
        self._tokens = PlainLabel(kind="small")
        self._tokens.setObjectName(f"{name}Tokens")
        words = PlainLabel(label, kind="strong")
        words.setBuddy(self.field)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(words)
        head.addStretch()
        head.addWidget(self._tokens)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.field, 1)
        self.field.written.connect(self.written)
        # The count is of what was taken over.
        self.field.textChanged.connect(self._tokens.clear)

    def show_tokens(self, tokens: int) -> None:
        """Say what it takes of the context, unless it is being written."""
        if not (self.field.hasFocus() and self.field.document().isModified()):
            self._tokens.setText(count_words(tokens) if tokens else "")
