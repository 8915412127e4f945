"""What Cierzo is, in front of the window."""

from enum import Enum, auto

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.distribution import Kind
from app.domain.version import VERSION
from app.services.about import AboutFacts
from app.ui.about.licences_page import THREAD, LicencesPage
from app.ui.about.program_page import ProgramPage
from app.ui.about.source import AboutSource
from app.ui.buttons import push_button
from app.ui.look.icons import Picture
from app.ui.look.measures import LARGE_PX, MEDIUM_PX, WIDE_PX, measures
from app.ui.markdown.background import background
from app.ui.markdown.reading_pane import ReadingPane
from app.ui.plain_text import PlainLabel
from app.ui.segments import Segments

_SIZE = QSize(880, 660)
_EDGE_PX = 24
_ICON_PX = 44
_COMMIT_CHARACTERS = 12


class AboutPart(Enum):
    """One page of it."""

    PROGRAM = auto()
    NEWS = auto()
    LICENCES = auto()


class AboutDialog(QDialog):
    """Three pages; deletes itself when it is closed."""

    def __init__(self, source: AboutSource, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle(self.tr("About Cierzo"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._room = parent
        self._version = PlainLabel(kind="muted", wraps=True)
        self._version.setObjectName("aboutVersion")
        self._parts = Segments(
            (
                (AboutPart.PROGRAM, self.tr("This copy")),
                (AboutPart.NEWS, self.tr("What is new")),
                (AboutPart.LICENCES, self.tr("Licences")),
            )
        )
        self._parts.setObjectName("aboutParts")
        self._parts.setAccessibleName(self.windowTitle())
        self._program = ProgramPage(source.places)
        self._news = ReadingPane("aboutNews", "aboutNewsText", self.tr("What is new"))
        self._licences = LicencesPage()
        self._pages = QStackedWidget()
        self._show_version("")
        self._arrange()
        self._parts.chosen.connect(self._go)
        background(THREAD).ask(source.read, self._show_facts, self)
        background(THREAD).ask(source.read_licences, self._licences.show_licences, self)

    def showEvent(self, event: QShowEvent) -> None:
        """Fit into the window that it belongs to."""
        room = self._room.size() - QSize(_EDGE_PX, _EDGE_PX)
        self.resize(measures().size_at_text_size(_SIZE).boundedTo(room))
        super().showEvent(event)

    @Slot(object)
    def _go(self, part: AboutPart) -> None:
        pages = {
            AboutPart.PROGRAM: self._program,
            AboutPart.NEWS: self._news,
            AboutPart.LICENCES: self._licences,
        }
        self._pages.setCurrentWidget(pages[part])

    def _show_facts(self, facts: AboutFacts) -> None:
        distribution = facts.distribution
        self._show_version(distribution.commit[:_COMMIT_CHARACTERS])
        self._program.show_facts(facts)
        self._news.show_text(facts.changes or self.tr("This copy does not say what is new."))
        self._licences.show_offer(
            distribution.source_offer_url, is_packaged=distribution.kind is not Kind.CHECKOUT
        )

    def _show_version(self, commit: str) -> None:
        words = self.tr("Version {version}")
        if commit:
            words = self.tr("Version {version}, built from {commit}")
        self._version.setText(words.format(version=VERSION, commit=commit))

    def _arrange(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(PlainLabel("Cierzo", kind="title"))
        names.addWidget(self._version)
        head = QHBoxLayout()
        head.setSpacing(MEDIUM_PX)
        head.addWidget(Picture("wind", _ICON_PX, QPalette.ColorRole.Highlight))
        head.addLayout(names, 1)
        for page in (self._program, self._news, self._licences):
            self._pages.addWidget(page)
        close = push_button("closeAboutButton", self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE_PX, LARGE_PX, WIDE_PX, LARGE_PX)
        column.setSpacing(MEDIUM_PX)
        column.addLayout(head)
        column.addWidget(self._parts, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self._pages, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignTrailing)
