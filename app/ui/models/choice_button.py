"""A button that says what was chosen, and a menu of the choices behind it."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QActionGroup, QPalette
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton

from app.ui.look.icons import Picture
from app.ui.plain_text import PlainLabel


class ChoiceButton(QToolButton):
    """One of a list.

    Signals:
        chosen: The value that the person took.
    """

    chosen = Signal(object)

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "choice")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._label = label
        self._choices: Sequence[tuple[object, str]] = ()
        self._value: object = None
        self._words = PlainLabel()
        menu = QMenu(self)
        menu.setAccessibleName(label)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 8, 6)
        self._row.setSpacing(8)
        self._row.addWidget(self._words)
        self._row.addWidget(Picture("chevron-down", 16, QPalette.ColorRole.PlaceholderText))

    def show_choices(self, choices: Sequence[tuple[object, str]], value: object) -> None:
        """Offer these, of which `value` holds now; tells nobody."""
        self._choices, self._value = choices, value
        words = next((words for choice, words in choices if choice == value), "")
        if words != self._words.text():
            self._words.setText(words)
            self.setAccessibleName(f"{self._label}: {words}")
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as its parts."""
        return self._row.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()

    @Slot()
    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        group = QActionGroup(menu)
        for value, words in self._choices:
            action = group.addAction(words)
            action.setCheckable(True)
            action.setChecked(value == self._value)
            action.triggered.connect(lambda _, value=value: self.chosen.emit(value))
            menu.addAction(action)
