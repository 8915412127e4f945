"""How much of what the model can keep in mind the open chat takes."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QVBoxLayout

from app.engine.protocol import Counted
from app.ui.plain_text import PlainLabel
from app.ui.popover import Popover, Table
from app.ui.quantities import format_count, listed

_SIDE_PX = 36
_RING_PX = 17
_PEN_PX = 3
_FOCUS_RADIUS_PX = 8
_FULL_TURN = 360 * 16
_NEARLY_FULL = 0.9
_OPENING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class ContextGauge(QProgressBar):
    """A ring; a progress bar to screen readers. Its parts are in its tooltip and behind a press."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("contextGauge")
        self.setAccessibleName(self.tr("Context used"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setTextVisible(False)
        self._panel = Popover("contextPanel", self.tr("What the context holds"), self)
        self._headline = PlainLabel()
        self._headline.setObjectName("contextHeadline")
        self._table = Table()
        column = QVBoxLayout(self._panel)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self._headline)
        column.addWidget(self._table)
        self.show_nothing()

    def show_nothing(self) -> None:
        """There is no number yet."""
        self.setRange(0, 1)
        self.setValue(0)
        self.setEnabled(False)
        words = self.tr("Shows how full the context is as soon as the model is loaded.")
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self._panel.close_panel()

    def show_usage(self, used_tokens: int, context_tokens: int) -> None:
        """Show the size of the chat as of its last answer."""
        self._show(used_tokens, context_tokens, [])

    def show_counted(self, counted: Counted, context_tokens: int) -> None:
        """Show what the chat would take if the draft was sent."""
        free = max(0, context_tokens - counted.total_tokens)
        parts = [
            (self.tr("System"), counted.system_tokens),
            (self.tr("History"), counted.history_tokens),
            (self.tr("Thoughts"), counted.thought_tokens),
            (self.tr("Documents"), counted.document_tokens),
            (self.tr("Pictures"), counted.image_tokens),
            (self.tr("Draft"), counted.draft_tokens),
            (self.tr("Free"), free),
        ]
        self._show(
            counted.total_tokens,
            context_tokens,
            [(name, format_count(tokens)) for name, tokens in parts],
        )

    def _show(self, used_tokens: int, context_tokens: int, rows: list[tuple[str, str]]) -> None:
        self.setRange(0, context_tokens)
        self.setValue(min(used_tokens, context_tokens))
        self.setEnabled(True)
        headline = self.tr("{used} of {total} tokens used ({percent} %)").format(
            used=format_count(used_tokens),
            total=format_count(context_tokens),
            percent=round(100 * used_tokens / context_tokens),
        )
        lines = [headline, *(f"{name}: {value}" for name, value in rows)]
        self.setToolTip("\n".join(lines))
        self.setAccessibleDescription(listed(lines))
        self._headline.setText(headline)
        self._table.show_rows(rows)
        self._table.setVisible(bool(rows))

    def sizeHint(self) -> QSize:
        """As large as the buttons beside it."""
        return QSize(_SIDE_PX, _SIDE_PX)

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the parts."""
        event.accept()
        self._panel.toggle_at(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the parts."""
        if event.key() in _OPENING_KEYS:
            self._panel.toggle_at(self)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track and the part that is used, from twelve o'clock."""
        share = self.value() / self.maximum()
        role = QPalette.ColorRole
        track_role = role.Mid if self.isEnabled() else role.Light
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(role.Highlight), 2))
            inside = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(inside, _FOCUS_RADIUS_PX, _FOCUS_RADIUS_PX)
        side = float(_RING_PX)
        ring = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        track, used = QPen(self.palette().color(track_role), _PEN_PX), QPen()
        painter.setPen(track)
        painter.drawEllipse(ring)
        if share:
            used.setColor(
                self.palette().color(role.BrightText if share > _NEARLY_FULL else role.Highlight)
            )
            used.setWidth(_PEN_PX)
            used.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(used)
            painter.drawArc(ring, _FULL_TURN // 4, -max(1, round(share * _FULL_TURN)))
