"""Small widgets in rows, as words in a paragraph."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.flow import flow
from app.ui.plain_text import PlainLabel, tooltip

_MOST_CHARACTERS = 44
_OTHER_SIZES = (QEvent.Type.LayoutRequest, QEvent.Type.FontChange, QEvent.Type.StyleChange)


class FlowRow(QWidget):
    """Takes as many rows as its width makes necessary; hidden members take no room."""

    def __init__(self, gap_px: int = 6) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._gap_px = gap_px
        self._members: list[QWidget] = []
        # What the members want, which layouts ask for again and again in one turn.
        self._wanted: list[QSize] = []

    def show_members(self, members: Sequence[QWidget]) -> None:
        """Take these in place of those before."""
        for old in self._members:
            old.hide()
            old.deleteLater()
        self._members = list(members)
        for member in members:
            was_hidden = member.isHidden() and member.testAttribute(
                Qt.WidgetAttribute.WA_WState_ExplicitShowHide
            )
            member.setParent(self)
            member.setVisible(not was_hidden)
        self.arrange()

    def arrange(self) -> None:
        """Place them anew: a text changed, or one was shown or hidden."""
        self._wanted = []
        places, _ = flow(self._sizes(self.width()), self.width(), self._gap_px)
        heights: dict[int, int] = {}
        for place in places:
            heights[place.y()] = max(place.height(), heights.get(place.y(), 0))
        for member, place in zip(self._shown(), places, strict=True):
            member.setGeometry(place.translated(0, (heights[place.y()] - place.height()) // 2))
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """It wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """What the rows take."""
        return flow(self._sizes(width), width, self._gap_px)[1].height()

    def sizeHint(self) -> QSize:
        """All in one row."""
        widths = [size.width() + self._gap_px for size in self._sizes(1 << 16)]
        return QSize(sum(widths), self.heightForWidth(max(1, self.width())))

    def minimumSizeHint(self) -> QSize:
        """One below the other."""
        return QSize(1, self.heightForWidth(max(1, self.width())))

    def event(self, event: QEvent) -> bool:
        """Place them anew when one of them takes another size."""
        if event.type() in _OTHER_SIZES:
            self.arrange()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place them anew."""
        super().resizeEvent(event)
        self.arrange()

    def _sizes(self, width: int) -> list[QSize]:
        if not self._wanted:
            for member in self._members:
                member.ensurePolished()
            self._wanted = [member.sizeHint() for member in self._shown()]
        return [size.boundedTo(QSize(width, 1 << 16)) for size in self._wanted]

    def _shown(self) -> list[QWidget]:
        return [member for member in self._members if not member.isHidden()]


def chip(text: str, *, hint: str = "") -> PlainLabel:
    """A short fact; `hint` explains it."""
    label = PlainLabel(text, kind="chip")
    if len(text) > _MOST_CHARACTERS:
        label.setText(f"{text[: _MOST_CHARACTERS - 1].rstrip()}…")
        hint = f"{text}\n{hint}" if hint else text
    label.setIndent(0)  # the padding is the stylesheet's
    label.setAccessibleName(text)
    label.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    if hint:
        label.setToolTip(tooltip(hint))
        label.setAccessibleDescription(hint)
    return label
