"""Asks for the name of a new preset."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.library.tick_box import TickBox
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
        self._default = TickBox()
        self._default.setObjectName("presetForNewBox")
        self._default.setChecked(is_default)
        self.body.addWidget(_Tick(self._default, self.tr("Begin new chats with it")))
        self.body.addStretch()

    def save(self) -> None:
        """Make the preset.

        Raises:
            PresetError: The name is missing or taken.
        """
        self._save(self._name.text(), self._default.isChecked())


class _Tick(QWidget):
    """A box with words, which tick it too."""

    def __init__(self, box: TickBox, label: str) -> None:
        super().__init__()
        self._box = box
        box.setAccessibleName(label)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(box)
        row.addWidget(PlainLabel(label))
        row.addStretch()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick it."""
        self._box.toggle()
        event.accept()
