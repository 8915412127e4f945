"""A real window with everything that Cierzo is on the desktop beside it."""

import pathlib
from functools import cached_property

import msgspec
from PySide6.QtWidgets import QApplication, QWidget

from app.settings.model import Settings
from app.ui.desktop.presence import Presence
from app.ui.desktop.quick_question import QuickQuestion
from tests.helpers.desk import Desk


class FakeStore:
    """Settings that are kept in memory."""

    def __init__(self, **values: object) -> None:
        self.value = Settings(**values)
        self.writes = 0

    def change(self, **changes: object) -> None:
        self.value = msgspec.structs.replace(self.value, **changes)

    def write_soon(self) -> None:
        self.writes += 1


class PresenceDesk(Desk):
    """The desk of somebody who set it up so."""

    def __init__(self, qtbot, data: pathlib.Path, **settings: object) -> None:
        super().__init__(qtbot)
        self.settings = FakeStore(**settings)
        self.presence = Presence(
            self.window,
            data=data,
            settings=self.settings,
            engine=self.engine,
            chats=self.chats,
            person_acts=self.idle.person_acts,
        )
        self._elsewhere = QWidget()
        qtbot.addWidget(self._elsewhere)

    @cached_property
    def quick(self) -> QuickQuestion:
        """The small window; it is made when it is first wanted."""
        self.qtbot.addWidget(self.presence.quick)
        return self.presence.quick

    def leave(self) -> None:
        self.presence.close()
        super().leave()

    def look_elsewhere(self) -> None:
        """Another window is in front."""
        self._elsewhere.show()
        self._elsewhere.activateWindow()
        self.wait_for(lambda: QApplication.activeWindow() is self._elsewhere)

    def come_back(self) -> None:
        """This window is in front."""
        self.window.activateWindow()
        self.wait_for(self.window.isActiveWindow)

    def part(self, name: str) -> QWidget:
        """A part of the quick question."""
        found = self.quick.findChild(QWidget, name)
        assert found is not None, name
        return found
