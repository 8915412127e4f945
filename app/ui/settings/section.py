"""A part of the settings page: a title, and what belongs to it."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.domain.search_words import SearchWords
from app.ui.look.measures import LARGE_PX, MEDIUM_PX, WIDE_PX, measures
from app.ui.plain_text import PlainLabel
from app.ui.settings.keyboard_section import KeyboardSection
from app.ui.settings.setting_row import SettingRow

_NARROW_PX = 360
_ROWS_PX = 18  # between two settings


class Section(QFrame):
    """Rows of settings, and views that are more than a list of values.

    Attributes:
        rows: The settings in it.
    """

    def __init__(
        self, title: str, rows: tuple[SettingRow, ...], views: tuple[QWidget, ...], also: str = ""
    ) -> None:
        """Put them below one another; `also` are other words to look for the views by."""
        super().__init__()
        self.setObjectName("settingsSection")
        self.setAccessibleName(title)
        self.rows = rows
        self._title, self._also, self._views = title, also, views
        self._column = QVBoxLayout(self)
        self._column.addWidget(PlainLabel(title, kind="heading"))
        for part in (*rows, *views):
            self._column.addWidget(part)
        self._space()
        measures().changed.connect(self._space)

    def filter(self, searched: SearchWords | None) -> bool:
        """Leave what is looked for, or everything for None; whether that is anything."""
        is_whole = searched is None or searched.are_in(self._title)
        found = False
        for row in self.rows:
            is_meant = is_whole or _is_in(searched, f"{self._title} {row.words}")
            row.setVisible(is_meant)
            found = found or is_meant
        for view in self._views:
            if isinstance(view, KeyboardSection):
                is_meant = view.filter(searched, title=self._title)
            else:
                is_meant = is_whole or _is_in(searched, self._words_of(view))
            view.setVisible(is_meant)
            found = found or is_meant
        self.setVisible(found)
        return found

    def _words_of(self, view: QWidget) -> str:
        """All that it says, and what its parts are called."""
        said = [label.text() for label in view.findChildren(QLabel)]
        called = [part.accessibleName() for part in view.findChildren(QWidget)]
        return " ".join((self._title, self._also, *said, *called))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave less room around where there is little."""
        super().resizeEvent(event)
        self._space()

    @Slot()
    def _space(self) -> None:
        pad = measures().padding
        side_px = MEDIUM_PX if self.width() < _NARROW_PX else WIDE_PX
        self._column.setContentsMargins(side_px, pad(LARGE_PX), side_px, pad(_ROWS_PX))
        self._column.setSpacing(pad(_ROWS_PX) if self.rows else pad(MEDIUM_PX))


def _is_in(searched: SearchWords | None, text: str) -> bool:
    return searched is None or searched.are_in(text)
