"""Asks for the name of a new preset."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from app.ui.choices import YesNo
from app.ui.plain_text import PlainLabel
from app.ui.presets.form_dialog import FormDialog

_SIZE = QSize(420, 0)


class SavePresetDialog(FormDialog):
    """A name, what is saved under it, and whether new chats begin with it."""

    def __init__(
        self,
        parent: QWidget,
        *,
        name: str,
        line: str,
        is_default: bool,
        save: Callable[[str, bool], None],
    ) -> None:
        """Ask for it.

        Args:
            parent: The window.
            name: A suggestion.
            line: What is saved.
            is_default: Whether new chats are to begin with it, as a suggestion.
            save: Gets the name and that; raises `PresetError`.
        """
        super().__init__("savePresetDialog", self.tr("Save as preset"), parent, size=_SIZE)
        self._save = save
        self._name = self.name_field("presetNameField", name)
        self.body.addSpacing(2)
        self.body.addWidget(PlainLabel(line, kind="muted", wraps=True))
        self.body.addSpacing(4)
        label = self.tr("Begin new chats with it")
        self._default = YesNo("presetForNewBox", label, is_on=is_default)
        self.body.addWidget(self._default)
        self.body.addStretch()

    def save(self) -> None:
        """Make the preset.

        Raises:
            PresetError: The name is missing or taken.
        """
        self._save(self._name.text(), self._default.box.isChecked())
