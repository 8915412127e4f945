"""A model that was found on this PC and may be added."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.domain.library import Found
from app.ui.catalogue_text import catalogue_text
from app.ui.library.tick_box import TickBox
from app.ui.library.words import breakable, short_path
from app.ui.plain_text import ElidedLabel, PlainLabel, tooltip
from app.ui.quantities import format_bytes


class FoundRow(QFrame):
    """A check box and what is known of the model.

    Attributes:
        found: What it stands for.
        box: Whether the person wants it.

    Signals:
        changed: It was chosen or left out.
    """

    changed = Signal()

    def __init__(self, found: Found, *, is_chosen: bool) -> None:
        super().__init__()
        self.setObjectName("foundRow")
        self.found = found
        self.box = TickBox()
        self.box.setObjectName("foundBox")
        self.box.setChecked(is_chosen)
        self.box.toggled.connect(self.changed)
        facts = " · ".join(fact for fact in self._facts() if fact)
        self.box.setAccessibleName(found.name)
        self.box.setAccessibleDescription(f"{facts}. {catalogue_text(found.warning)}".strip())
        self.setToolTip(tooltip(short_path(found.files[0])))
        name = ElidedLabel(found.name, kind="strong")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(name)
        words.addWidget(PlainLabel(breakable(facts), kind="small", wraps=True))
        if found.warning:
            words.addWidget(PlainLabel(catalogue_text(found.warning), kind="alarm", wraps=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self.box)
        row.addLayout(words, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The words choose it too."""
        if self.rect().contains(event.position().toPoint()):
            self.box.toggle()

    def _facts(self) -> list[str]:
        known = self.tr("recognised as {model}")
        return [
            format_bytes(self.found.size_bytes),
            self.found.app,
            self.found.build,
            known.format(model=self.found.model_id) if self.found.model_id else "",
            "" if self.found.app else short_path(self.found.files[0].parent),
        ]
