"""What can be done by key, as a list to read."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.search_words import SearchWords
from app.ui.look.measures import LARGE_PX, SMALL_PX, TIGHT_PX
from app.ui.plain_text import PlainLabel
from app.ui.shortcuts import Group, groups
from app.ui.turning_line import TurningLine

_NARROW_PX = 320


class ShortcutList(QWidget):
    """Groups below one another; each row says what it does and the keys that do it."""

    def __init__(self, *, sends_with_ctrl: bool = False) -> None:
        super().__init__()
        self.setObjectName("shortcutList")
        self._groups: list[_GroupView] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(LARGE_PX)
        self.show_keys(sends_with_ctrl=sends_with_ctrl)

    @property
    def words(self) -> str:
        """What can be looked for."""
        return " ".join(row.words for group in self._groups for row in group.rows)

    def show_keys(self, *, sends_with_ctrl: bool) -> None:
        """Show what holds now."""
        for old in self._groups:
            old.hide()
            old.deleteLater()
        self._groups = [_GroupView(g) for g in groups(sends_with_ctrl=sends_with_ctrl)]
        for group in self._groups:
            self._column.addWidget(group)

    def filter(self, searched: SearchWords | None, *, but: str = "") -> int:
        """Leave what is looked for, or everything for None.

        Args:
            searched: The words.
            but: What stands above, and counts as said in every row.

        Returns:
            How many rows are left.
        """
        count = 0
        for group in self._groups:
            for row in group.rows:
                is_meant = searched is None or searched.are_in(f"{but} {group.title} {row.words}")
                row.setVisible(is_meant)
                count += is_meant
            group.setVisible(any(not row.isHidden() for row in group.rows))
        return count


class _GroupView(QWidget):
    """Keys that work in the same place."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        self.title = group.title
        self.rows = [_Row(title, keys) for _, title, keys in group.entries]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TIGHT_PX)
        column.addWidget(PlainLabel(group.title, kind="speaker"))
        for row in self.rows:
            column.addWidget(row)


class _Row(QWidget):
    """What it does, and its keys as they are printed on a keyboard."""

    def __init__(self, title: str, keys: tuple[str, ...]) -> None:
        super().__init__()
        written = list(dict.fromkeys(_written(key) for key in keys))
        self.words = f"{title} {' '.join(written)}"
        self.setAccessibleName(f"{title}: {', '.join(written)}")
        self._caps = TurningLine(_NARROW_PX, gap_px=SMALL_PX, narrow_gap_px=2)
        for key in written:
            cap = PlainLabel(key, kind="key")
            cap.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self._caps.addWidget(cap, 0, Qt.AlignmentFlag.AlignTrailing)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL_PX)
        row.addWidget(PlainLabel(title, wraps=True), 1)
        row.addLayout(self._caps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put several keys below one another where there is little room."""
        super().resizeEvent(event)
        self._caps.fit(self.width())


def _written(key: str) -> str:
    """As it is printed on the keyboard: nobody's says “Return” beside an “Enter”."""
    native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return native.replace("Return", "Enter")
