"""A button with a menu that is made when it is first wanted: there may be hundreds of them."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QMenu, QToolButton


class MenuButton(QToolButton):
    """Opens its menu when it is pressed."""

    def __init__(self, name: str, label: str, make_menu: Callable[[QToolButton], QMenu]) -> None:
        """Make it; `make_menu` gets the button, which owns the menu."""
        super().__init__()
        self.setObjectName(name)
        self.setToolTip(label)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._make_menu = make_menu
        self._made: QMenu | None = None
        self.clicked.connect(self._open)

    def filled_menu(self) -> QMenu:
        """The menu as it would be shown now."""
        if self._made is None:
            self._made = self._make_menu(self)
        return self._made

    @Slot()
    def _open(self) -> None:
        menu = self.filled_menu()
        corner = self.mapToGlobal(self.rect().bottomLeft())
        menu.popup(corner)
