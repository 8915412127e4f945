"""One sentence above a list, with a button where something can be done about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.ui.announce import announce
from app.ui.icon_button import IconButton
from app.ui.look.icons import Picture
from app.ui.plain_text import PlainLabel
from app.ui.turning_line import TurningLine

_ICON_PX = 18
_NARROW_PX = 420
_DISMISS_PX = 26


class Note(QFrame):
    """Says something, or is not there.

    Signals:
        acted: Its button was pressed.
    """

    acted = Signal()

    def __init__(
        self, name: str, *, action: str = "", is_alarm: bool = False, can_leave: bool = False
    ) -> None:
        """Be hidden; with a button it can only be put away where it `can_leave`."""
        super().__init__()
        self.setObjectName("errorBanner" if is_alarm else "noticeBar")
        self.setAccessibleName(self.tr("Error") if is_alarm else self.tr("Notice"))
        self._words = PlainLabel(wraps=True)
        self._words.setObjectName(name)
        self._action = QPushButton(action)
        self._action.setObjectName(f"{name}Button")
        self._action.setProperty("kind", "link")
        self._action.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._action.setVisible(bool(action))
        self._action.clicked.connect(self.acted)
        self._dismiss = IconButton(
            f"{name}Dismiss", "close", self.tr("Dismiss"), side_px=_DISMISS_PX, icon_px=16
        )
        self._dismiss.setVisible(can_leave or not action)
        self._dismiss.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        colour = QPalette.ColorRole.BrightText if is_alarm else QPalette.ColorRole.Highlight
        row.addWidget(Picture("alert" if is_alarm else "info", _ICON_PX, colour))
        said = self._said = TurningLine(_NARROW_PX, gap_px=10)
        said.addWidget(self._words, 1)
        said.addWidget(self._action, 0, Qt.AlignmentFlag.AlignLeading)
        row.addLayout(said, 1)
        row.addWidget(self._dismiss)
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the button below the words where there is little room beside them."""
        super().resizeEvent(event)
        self._said.fit(self.width())

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """In the order of the keyboard."""
        return (self._action, self._dismiss)

    def say(self, words: str) -> None:
        """Show it, or nothing; what was put away stays so until something else is said."""
        if words == self._words.text():
            return
        self._words.setText(words)
        self.setVisible(bool(words))
        if words:
            announce(self, words)
