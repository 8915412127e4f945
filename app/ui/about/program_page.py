"""What this copy is: what it promises, what a report needs, where the person's files lie."""

from collections.abc import Iterable

import PySide6
from PySide6.QtCore import Qt, Slot, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.services.about import AboutFacts
from app.ui.about.place_row import PlaceRow
from app.ui.about.source import Place
from app.ui.about.words import kind_words
from app.ui.announce import announce
from app.ui.buttons import push_button
from app.ui.look.measures import LARGE_PX, MEDIUM_PX, SMALL_PX
from app.ui.plain_text import PlainLabel


class ProgramPage(QScrollArea):
    """Parts below one another."""

    def __init__(self, places: Iterable[Place]) -> None:
        super().__init__()
        self.setObjectName("aboutProgram")
        self.setAccessibleName(self.tr("This copy"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._kind = PlainLabel(kind="muted", wraps=True)
        self._kind.setObjectName("aboutKind")
        self._details = PlainLabel(wraps=True)
        self._details.setObjectName("aboutDetails")
        selectable = Qt.TextInteractionFlag
        self._details.setTextInteractionFlags(
            selectable.TextSelectableByMouse | selectable.TextSelectableByKeyboard
        )
        self._details.setAccessibleName(self.tr("Details for a report of a problem"))
        self._copy = push_button("copyDetailsButton", self.tr("Copy details"))
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(self._copy_details)
        self._arrange(places)

    def show_facts(self, facts: AboutFacts) -> None:
        """Show what was found."""
        self._kind.setText(kind_words(facts.distribution.kind))
        screen = QGuiApplication.platformName()
        qt = f"Qt {qVersion()}, PySide6 {PySide6.__version__}, {screen}"
        self._details.setText(f"{facts.details}\n{qt}")
        self._copy.setEnabled(True)

    def _arrange(self, places: Iterable[Place]) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        # Beside the scroll bar.
        before_px, after_px = (MEDIUM_PX, 0) if self.isRightToLeft() else (0, MEDIUM_PX)
        column.setContentsMargins(before_px, 0, after_px, 0)
        column.setSpacing(SMALL_PX)
        promise = self.tr("Chat with open models on your own PC. Nothing you write leaves it.")
        column.addWidget(PlainLabel(promise, wraps=True))
        column.addWidget(self._kind)
        column.addSpacing(LARGE_PX)
        column.addWidget(PlainLabel(self.tr("Where your files lie"), kind="heading", wraps=True))
        for place in places:
            column.addWidget(PlaceRow(place))
        stays = self.tr("Uninstalling Cierzo leaves these folders as they are.")
        column.addWidget(PlainLabel(stays, kind="muted", wraps=True))
        column.addSpacing(LARGE_PX)
        report = self.tr("For a report of a problem")
        column.addWidget(PlainLabel(report, kind="heading", wraps=True))
        column.addWidget(self._details)
        column.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignLeading)
        column.addStretch(1)
        self._copy.setEnabled(False)
        self.setWidget(inside)

    @Slot()
    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self._details.text())
        self._copy.setText(self.tr("Copied"))
        announce(self, self._copy.text())
