"""The sliders, with the name of the chat's preset where there is room for it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QToolButton

from app.ui.look.icons import IconFollower
from app.ui.plain_text import tooltip

_SIDE_PX = 36
_MOST_PX = 190


class SettingsButton(QToolButton):
    """An icon; a name beside it when the chat is answered in a way of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("answerSettingsButton")
        self.setFixedHeight(_SIDE_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(self, "sliders", QPalette.ColorRole.ButtonText)
        self._preset = ""
        self._has_room = False
        self.show_preset("", "")

    def show_preset(self, name: str, words: str) -> None:
        """Say which preset it is; `words` say whether it was changed. Empty: none in particular."""
        self._preset = name
        said = self.tr("Answer settings")
        if words:
            said = self.tr("Answer settings: {preset}").format(preset=words)
        self.setAccessibleName(said)
        self.setToolTip(tooltip(said))
        self._show()

    def show_room(self, *, has_room: bool) -> None:
        """Whether the row has room for the name."""
        if has_room != self._has_room:
            self._has_room = has_room
            self._show()

    def name_px(self) -> int:
        """What the name takes beside the square; 0 where there is none."""
        if not self._preset:
            return 0
        words = self.fontMetrics().horizontalAdvance(self._preset)
        return min(words + 12, _MOST_PX - _SIDE_PX)

    def sizeHint(self) -> QSize:
        """A square without a name."""
        if not self.text():
            return QSize(_SIDE_PX, _SIDE_PX)
        return super().sizeHint().boundedTo(QSize(_MOST_PX, _SIDE_PX))

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()

    def _show(self) -> None:
        is_shown = self._has_room and bool(self._preset)
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if is_shown else style.ToolButtonIconOnly
        )
        room = _MOST_PX - _SIDE_PX - 12
        elided = self.fontMetrics().elidedText(self._preset, Qt.TextElideMode.ElideRight, room)
        self.setText(elided.replace("&", "&&") if is_shown else "")
        self.updateGeometry()
