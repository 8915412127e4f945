"""A square button with a picture."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QToolButton

from app.ui.look.icons import IconFollower
from app.ui.look.measures import measures


class IconButton(QToolButton):
    """Grows with the text as its picture does; its label is its tooltip and its accessible name."""

    def __init__(
        self,
        name: str,
        icon: str,
        label: str = "",
        *,
        side_px: int = 36,
        icon_px: int = 20,
        role: QPalette.ColorRole = QPalette.ColorRole.PlaceholderText,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setToolTip(label)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._side_px = side_px
        self._icon_px = icon_px
        measures().changed.connect(self._grow)  # before the picture, which takes the room there is
        self._grow()
        self._picture = IconFollower(self, icon, role, icon_px)

    def show_icon(self, name: str) -> None:
        """Take another picture."""
        self._picture.show(name)

    @Slot()
    def _grow(self) -> None:
        side_px = self._side_px + measures().at_text_size(self._icon_px) - self._icon_px
        self.setFixedSize(side_px, side_px)
