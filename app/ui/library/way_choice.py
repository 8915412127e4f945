"""How what was found comes into the library."""

from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_bytes

_INDENT_PX = 28


class Way(Enum):
    """What is done with the files."""

    ADOPT = "adopt"
    COPY = "copy"
    MOVE = "move"


class WayChoice(QWidget):
    """Three ways, each with half a sentence; using files where they are comes first.

    Signals:
        changed: Another one was chosen.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._buttons: dict[Way, QRadioButton] = {}
        self._words: dict[Way, PlainLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        labels = {
            Way.ADOPT: self.tr("Use them where they are"),
            Way.COPY: self.tr("Copy them to where downloads go"),
            Way.MOVE: self.tr("Move them to where downloads go"),
        }
        for way, label in labels.items():
            button = self._buttons[way] = QRadioButton(label)
            button.setObjectName(f"{way.value}Way")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            words = self._words[way] = PlainLabel(kind="small", wraps=True)
            words.setContentsMargins(_INDENT_PX, 0, 0, 6)
            self._group.addButton(button)
            column.addWidget(button)
            column.addWidget(words)
        self._buttons[Way.ADOPT].setChecked(True)
        self._group.buttonToggled.connect(lambda _, is_on: self.changed.emit() if is_on else None)
        self.show_chosen(size_bytes=0, has_foreign=False)

    @property
    def way(self) -> Way:
        """The one that is chosen."""
        return next(way for way, button in self._buttons.items() if button.isChecked())

    def show_chosen(self, *, size_bytes: int, has_foreign: bool) -> None:
        """Say what each way means for the models that are chosen.

        Args:
            size_bytes: Of all of them.
            has_foreign: Another program keeps one of them, which must not lose it.
        """
        copy = self.tr("takes as much room again, and does not depend on anybody")
        if size_bytes:
            copy = self.tr("takes {size} more, and does not depend on anybody").format(
                size=format_bytes(size_bytes)
            )
        move = self.tr("nothing is left at the old place")
        if has_foreign:
            move = self.tr("not for what another program keeps, which would miss it")
        adopt = self.tr("takes no room; gone when they are deleted there")
        for way, words in ((Way.ADOPT, adopt), (Way.COPY, copy), (Way.MOVE, move)):
            self._words[way].setText(words)
            self._buttons[way].setAccessibleDescription(words)
        if has_foreign and self.way is Way.MOVE:
            self._buttons[Way.ADOPT].setChecked(True)
        self._buttons[Way.MOVE].setEnabled(not has_foreign)
