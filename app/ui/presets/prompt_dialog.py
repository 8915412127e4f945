"""Writes a saved prompt."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from app.ui.plain_text import PlainLabel
from app.ui.presets.form_dialog import FormDialog
from app.ui.text_field import TextField

_SIZE = QSize(520, 420)
_LINES = 5


class PromptDialog(FormDialog):
    """Its name and its words."""

    def __init__(
        self,
        parent: QWidget,
        *,
        title: str,
        name: str,
        text: str,
        save: Callable[[str, str], None],
    ) -> None:
        """Show what there is.

        Args:
            parent: The window.
            title: What is done.
            name: Of the prompt, or a suggestion.
            text: Its words.
            save: Gets name and words; raises `PresetError`.
        """
        super().__init__("promptDialog", title, parent, size=_SIZE)
        self._save = save
        self._name = self.name_field("promptNameField", name)
        label = self.tr("Prompt")
        self._text = TextField("promptTextField", label, lines=_LINES)
        self._text.setMinimumHeight(self._text.room_px())
        self._text.show_text(text)
        self._text.refused.connect(self.say)
        words = PlainLabel(label, kind="strong")
        words.setBuddy(self._text)
        self.body.addSpacing(6)
        self.body.addWidget(words)
        self.body.addWidget(self._text, 1)

    def save(self) -> None:
        """Keep it.

        Raises:
            PresetError: It has no name or no words, or the name is taken.
        """
        self._save(self._name.text(), self._text.toPlainText())
