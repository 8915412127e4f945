"""A window that shows the list of installed models, on a library that is made up."""

from PySide6.QtWidgets import QMainWindow, QWidget

from app.ui.library.library_list import LibraryList
from tests.helpers.fake_library import FakeLibrary


class Shelf:
    """A window that shows nothing but the list."""

    def __init__(self, qtbot, library: FakeLibrary) -> None:
        self.qtbot = qtbot
        self.library = library
        self.list = LibraryList(library)
        library.on_change = self.list.show_library
        self.window = QMainWindow()
        self.window.setCentralWidget(self.list)
        self.window.resize(700, 640)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow, timeout=5000)

    def seen(self, name: str) -> list[QWidget]:
        return [w for w in self.window.findChildren(QWidget, name) if w.isVisible()]

    def one(self, name: str) -> QWidget:
        (found,) = self.seen(name)
        return found

    def rows(self) -> list[str]:
        rows = sorted(self.seen("libraryRow"), key=lambda row: row.y())
        return [row.accessibleName() for row in rows]

    def row(self, name: str) -> QWidget:
        (found,) = [row for row in self.seen("libraryRow") if name in row.accessibleName()]
        return found

    def part(self, row: str, name: str) -> QWidget:
        return self.row(row).findChild(QWidget, name)

    def text(self, row: str, name: str) -> str:
        return self.part(row, name).text().replace("\u200b", "")

    def actions(self, row: str) -> dict[str, object]:
        menu = self.part(row, "libraryMenuButton").menu()
        return {action.text(): action for action in menu.actions() if action.text()}

    def press(self, name: str) -> None:
        button = self.one(name)
        assert button.isEnabled()
        button.click()

    def add(self) -> "Shelf":
        """Open the dialog."""
        self.press("addModelsButton")
        return self

    def names_found(self) -> list[str]:
        rows = sorted(self.seen("foundBox"), key=lambda box: box.parentWidget().y())
        return [box.accessibleName() for box in rows]

    def choose(self, name: str) -> None:
        (box,) = [box for box in self.seen("foundBox") if box.accessibleName() == name]
        box.click()
